#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {

using protocol::FailsSaying;
using protocol::IsOk;
using protocol::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr const char* kGet = R"({"method":"get","image":{"name":"switch"}})";
constexpr const char* kSet = R"({"method":"set","image":{"switch":{"flicker":"50hz"}}})";

// Always content.
class Content final : public Endpoint {
 public:
  explicit Content(int& asked) : asked_(asked) {}
  HttpReply handle(const HttpRequest&, const Peer&) override {
    ++asked_;
    return {.body = R"({"error_code":0})"};
  }

 private:
  int& asked_;
};

class Camera {
 public:
  explicit Camera(const std::string& faults, std::uint64_t seed = 0)
      : script(std::make_shared<FaultScript>(seed)) {
    add(faults);
    endpoint = makeScripted(std::make_unique<Content>(asked), script,
                            {.profile = std::make_shared<const fixtures::Profile>(
                                 *fixtures::builtInProfile(fixtures::kDefaultProfile))});
  }

  void add(const std::string& faults) {
    ASSERT_THAT(script->add(protocol::parseJson(faults).value()), IsOk());
  }

  HttpReply ask(std::string_view body = kGet, const Peer& peer = {.address = "127.0.0.1"}) {
    return endpoint->handle({.method = "POST", .target = "/stok=t/ds", .body = body}, peer);
  }
  // "-40109 0 0": the codes of so many answers.
  std::string codes(int requests, std::string_view body = kGet) {
    std::string text;
    for (int i = 0; i < requests; ++i) {
      const auto answer = protocol::parseJson(ask(body).body);
      text += (i == 0 ? "" : " ") + printJson(*answer->find("error_code"));
    }
    return text;
  }

  int asked = 0;
  std::shared_ptr<FaultScript> script;
  std::unique_ptr<Endpoint> endpoint;
};

}  // namespace

TEST(FaultScript, HappensOnceUnlessSaidOtherwise) {
  Camera camera(R"({"do":{"code":-40109}})");
  EXPECT_EQ(camera.codes(3), "-40109 0 0");
  EXPECT_EQ(camera.asked, 2);
}

TEST(FaultScript, SkipsAndRepeats) {
  EXPECT_EQ(Camera(R"({"skip":1,"times":2,"do":{"code":-1}})").codes(5), "0 -1 -1 0 0");
  EXPECT_EQ(Camera(R"({"times":"always","do":{"code":-1}})").codes(3), "-1 -1 -1");
}

TEST(FaultScript, UsesThoseThatMatchInOrder) {
  Camera camera(R"({"faults":[{"do":{"code":-1}},{"do":{"code":-2}},{"do":{"code":-3}}]})");
  EXPECT_EQ(camera.codes(4), "-1 -2 -3 0");
}

TEST(FaultScript, PassesOverThoseThatDoNotMatch) {
  Camera camera(R"({"faults":[{"when":{"method":"set"},"do":{"code":-1}},
                              {"when":{"module":"image","method":"get"},"do":{"code":-2}}]})");
  EXPECT_EQ(camera.codes(2), "-2 0");
  EXPECT_EQ(camera.codes(2, kSet), "-1 0");
}

TEST(FaultScript, KeepsAccounts) {
  Camera camera(R"({"faults":[{"name":"a","times":2,"do":{"code":-1}},
                              {"when":{"method":"set"},"do":{"code":-2}},
                              {"times":"always","do":{"code":-3}}]})");
  camera.codes(4);
  const auto facts = camera.script->facts();
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].name, "a");
  EXPECT_EQ(facts[0].met, 4U);
  EXPECT_EQ(facts[0].used, 2U);
  EXPECT_EQ(facts[0].left, 0U);
  EXPECT_EQ(facts[1].met, 0U);
  EXPECT_EQ(facts[1].left, 1U);
  EXPECT_EQ(facts[2].met, 4U);
  EXPECT_EQ(facts[2].used, 2U);
  EXPECT_EQ(facts[2].left, std::nullopt);
  EXPECT_EQ(printJson(facts[1].fault), R"({"when":{"method":"set"},"do":{"code":-2}})");
  const auto unused = camera.script->unused();
  ASSERT_EQ(unused.size(), 1U);
  EXPECT_EQ(unused[0].id, 2U);
}

TEST(FaultScript, CountsAsUnusedWhatHasHappenedTooSeldom) {
  Camera camera(R"({"faults":[{"times":3,"do":{"code":-1}},
                              {"times":"always","when":{"kind":"login"},"do":{"code":-2}}]})");
  camera.codes(2);
  EXPECT_EQ(camera.script->unused().size(), 2U);
  camera.codes(1);
  EXPECT_EQ(camera.script->unused().size(), 1U);
}

TEST(FaultScript, NamesTheFaultInTheAnswer) {
  Camera camera(R"({"faults":[{"name":"busy once","do":{"code":-1}},{"do":{"code":-1}}]})");
  EXPECT_EQ(camera.ask().fault, "busy once");
  EXPECT_EQ(camera.ask().fault, "fault 2");
  EXPECT_EQ(camera.ask().fault, "");
}

TEST(FaultScript, TakesNothingOfAScriptThatIsPartlyWrong) {
  Camera camera(R"({"faults":[]})");
  EXPECT_THAT(camera.script->add(
                  *protocol::parseJson(R"({"faults":[{"do":{"code":-1}},{"do":{"code":0}}]})")),
              FailsSaying(HasSubstr("faults[1].do.code")));
  EXPECT_THAT(camera.script->facts(), IsEmpty());
}

TEST(FaultScript, GivesEachAnIdThatIsNeverUsedAgain) {
  FaultScript script;
  const auto one = *protocol::parseJson(R"({"do":{"code":-1}})");
  EXPECT_THAT(script.add(one).value(), ElementsAre(1U));
  EXPECT_TRUE(script.remove(1));
  EXPECT_FALSE(script.remove(1));
  EXPECT_THAT(script.add(one).value(), ElementsAre(2U));
  script.clear();
  EXPECT_THAT(script.add(one).value(), ElementsAre(3U));
  script.reset();
  EXPECT_THAT(script.add(one).value(), ElementsAre(4U));
}

TEST(FaultScript, HappensToTheRequestOfTheConnectionThatIsNamed) {
  Camera camera(R"({"when":{"connection":2,"request":3},"do":{"code":-1}})");
  Peer first{.address = "127.0.0.1"}, second{.address = "127.0.0.1"};
  EXPECT_EQ(camera.script->onConnection(first), std::nullopt);
  EXPECT_EQ(camera.script->onConnection(second), std::nullopt);
  first.request = second.request = 3;
  EXPECT_EQ(camera.ask(kGet, first).fault, "");
  EXPECT_EQ(camera.ask(kGet, second).fault, "fault 1");
}

TEST(FaultScript, HappensToTheClientThatIsNamed) {
  Camera camera(R"({"when":{"client":"127.0.0.2"},"do":{"code":-1}})");
  EXPECT_EQ(camera.ask(kGet, {.address = "127.0.0.1"}).fault, "");
  EXPECT_EQ(camera.ask(kGet, {.address = "127.0.0.2"}).fault, "fault 1");
}

TEST(FaultScript, HappensToConnectionsByTheirNumber) {
  FaultScript script;
  ASSERT_THAT(script.add(*protocol::parseJson(
                  R"({"faults":[{"when":{"connection":2},"do":{"reset":"before_reading"}},
                                {"skip":2,"do":{"alert":"unknown_ca"}}]})")),
              IsOk());
  Peer peer{.address = "127.0.0.1"};
  EXPECT_FALSE(script.onConnection(peer));
  EXPECT_EQ(script.onConnection(peer).value().kind, ConnectionFault::Kind::reset);
  const auto third = script.onConnection(peer);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->kind, ConnectionFault::Kind::alert);
  EXPECT_EQ(third->alert, 48);
  EXPECT_FALSE(script.onConnection(peer));
  EXPECT_THAT(script.unused(), IsEmpty());
}

TEST(FaultScript, CountsConnectionsAnewAfterAReset) {
  FaultScript script;
  Peer before{.address = "127.0.0.1"}, after = before;
  script.onConnection(before);
  script.reset();
  ASSERT_THAT(script.add(*protocol::parseJson(
                  R"({"when":{"connection":1},"do":{"handshake_stall":true}})")),
              IsOk());
  EXPECT_EQ(script.onConnection(after).value().kind, ConnectionFault::Kind::handshakeStall);
  EXPECT_NE(before.connection, after.connection);
}

TEST(FaultScript, ShowsACertificateOfItsOwnAndMakesItOnce) {
  FaultScript one, other;
  const auto expired = *protocol::parseJson(R"({"do":{"certificate":"expired"}})");
  ASSERT_THAT(one.add(expired), IsOk());
  ASSERT_THAT(other.add(expired), IsOk());
  Peer peer;
  const auto shown = one.onConnection(peer).value();
  EXPECT_THAT(shown.identity->certificatePem, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(shown.identity, other.onConnection(peer).value().identity);
}

TEST(FaultScript, IsTheSameForTheSameSeed) {
  const std::string half = R"({"times":"always","probability":0.5,"do":{"code":-1}})";
  const std::string seeded = R"({"seed":5,"faults":[)" + half + "]}";
  const std::string first = Camera(seeded).codes(64);
  EXPECT_EQ(first, Camera(seeded, 99).codes(64));
  EXPECT_EQ(Camera(half, 5).codes(64), Camera(half, 5).codes(64));
  EXPECT_NE(Camera(half, 5).codes(64), Camera(half, 6).codes(64));
  EXPECT_THAT(first, HasSubstr("-1"));
  EXPECT_THAT(first, HasSubstr("0"));
}

TEST(FaultScript, IsTheSameAgainAfterAReset) {
  const std::string half = R"({"times":"always","probability":0.5,"do":{"code":-1}})";
  Camera camera(half);
  const std::string first = camera.codes(64);
  camera.script->reset();
  camera.add(half);
  EXPECT_EQ(camera.codes(64), first);
}

TEST(FaultScript, GivesEachFaultChanceOfItsOwn) {
  const std::string half = R"({"times":"always","probability":0.5,"do":{"code":-1}})";
  Camera camera(half);
  const std::string first = camera.codes(64);
  camera.script->clear();
  camera.add(half);
  EXPECT_NE(camera.codes(64), first);
}

TEST(FaultScript, HappensAboutAsOftenAsItIsProbable) {
  Camera camera(R"({"times":"always","probability":0.1,"do":{"code":-1}})");
  camera.codes(2000);
  EXPECT_NEAR(static_cast<double>(camera.script->facts()[0].used), 200, 60);
}

TEST(FaultScript, SpoilsAnswersOfRequestsThatAreCarriedOut) {
  Camera camera(R"({"faults":[{"do":{"truncate_body":5}},{"do":{"wrong_length":3}},
      {"do":{"no_body":true}},{"do":{"garbage":9}},{"do":{"bytes_per_second":7}},
      {"do":{"reset":"after_reading"}},{"do":{"cut_after":4}},{"do":{"stall":true}},
      {"do":{"delay_ms":70}}]})");
  const auto cut = camera.ask();
  EXPECT_EQ(cut.body, "{\"err");
  EXPECT_EQ(cut.statedLength, 16U);
  EXPECT_EQ(cut.afterwards, Afterwards::close);
  const auto wrong = camera.ask();
  EXPECT_EQ(wrong.body.size(), 16U);
  EXPECT_EQ(wrong.statedLength, 19U);
  EXPECT_EQ(camera.ask().body, "");
  const auto garbage = camera.ask();
  ASSERT_EQ(garbage.wireFault->instead->size(), 9U);
  EXPECT_GE(static_cast<unsigned char>(garbage.wireFault->instead->front()), 0x80);
  EXPECT_EQ(camera.ask().wireFault->bytesPerSecond, 7U);
  const auto reset = camera.ask();
  EXPECT_TRUE(reset.wireFault->reset);
  EXPECT_EQ(reset.wireFault->cutAfter, 0U);
  EXPECT_EQ(camera.ask().wireFault->cutAfter, 4U);
  EXPECT_TRUE(camera.ask().wireFault->stall);
  EXPECT_EQ(camera.ask().delay, std::chrono::milliseconds(70));
  EXPECT_EQ(camera.asked, 9);
}

TEST(FaultScript, DelaysWhatElseItDoes) {
  Camera camera(R"({"do":{"delay_ms":20,"status":503,"body":"later"}})");
  const auto reply = camera.ask();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "later");
  EXPECT_EQ(reply.delay, std::chrono::milliseconds(20));
  EXPECT_EQ(camera.asked, 0);
}

}  // namespace stoklab::emulator
