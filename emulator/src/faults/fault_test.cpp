#include "stoklab/emulator/fault.h"

#include <gmock/gmock.h>

#include <set>

#include "faults/around.h"

namespace stoklab::emulator {
namespace {

// Answers with what it was asked.
class Echo final : public Endpoint {
 public:
  HttpReply handle(const HttpRequest& request, const Peer&) override {
    return {.body = std::string(request.body)};
  }
};

TEST(Faults, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Fault& fault : faults()) names.insert(fault.name);
  EXPECT_EQ(names.size(), faults().size());
}

TEST(Faults, SayWhatIsWrongAndWhatItBreaks) {
  for (const Fault& fault : faults()) {
    SCOPED_TRACE(fault.name);
    EXPECT_TRUE(fault.sentence.ends_with('.'));
    EXPECT_FALSE(fault.breaks.empty());
    EXPECT_TRUE(fault.changeProfile != nullptr || fault.changeCertificate != nullptr ||
                fault.changeServer != nullptr || fault.lapse != nullptr || fault.wrap);
  }
}

TEST(Faults, AreFoundByName) {
  const Fault* fault = findFault("lock-seconds-grow");
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->name, "lock-seconds-grow");
  EXPECT_EQ(findFault("no-such-fault"), nullptr);
}

TEST(Faults, DecodeAValueTwice) {
  const auto endpoint = findFault("value-decoded-twice")->wrap(std::make_unique<Echo>());
  const HttpRequest set{.method = "POST",
                        .target = "/stok=0/ds",
                        .body = R"({"method":"set","OSD":{"label_info_1":{"text":"1%2525"}}})"};
  EXPECT_EQ(endpoint->handle(set, {}).body,
            R"({"method":"set","OSD":{"label_info_1":{"text":"1%25"}}})");
}

TEST(Faults, RememberNothingOfAnotherDevice) {
  const Fault& fault = *findFault("sessions-run-out");
  const HttpRequest login{
      .method = "POST", .target = "/", .body = R"({"error_code":0,"stok":"a"})"};
  const auto first = fault.wrap(std::make_unique<Echo>());
  for (int i = 0; i < 60; ++i) EXPECT_EQ(codeOf(first->handle(login, {})), 0);
  EXPECT_EQ(codeOf(first->handle(login, {})), -40406);
  const auto second = fault.wrap(std::make_unique<Echo>());
  EXPECT_EQ(codeOf(second->handle(login, {})), 0);
}

TEST(Faults, LetOnlyTheRequestWaitThatTheyAreAbout) {
  const auto endpoint = findFault("answer-slow")->wrap(std::make_unique<Echo>());
  const HttpRequest clock{.method = "POST",
                          .target = "/stok=0/ds",
                          .body = R"({"method":"get","system":{"name":"clock_status"}})"};
  EXPECT_EQ(endpoint->effortOf(clock), Effort::lengthy);
  EXPECT_EQ(endpoint->effortOf(withBody(clock, R"({"method":"get","image":{"name":"switch"}})")),
            Effort::light);
}

TEST(Faults, BindATokenToAConnectionUntilItIsRefusedElsewhere) {
  // Shows where a request went.
  class Target final : public Endpoint {
   public:
    HttpReply handle(const HttpRequest& request, const Peer&) override {
      return {.body = std::string(request.target)};
    }
  };
  const auto endpoint = findFault("token-bound-to-connection")->wrap(std::make_unique<Target>());
  const HttpRequest get{.method = "POST", .target = "/stok=0/ds"};
  const auto targetFrom = [&](int port) {
    return endpoint->handle(get, {.port = static_cast<std::uint16_t>(port)}).body;
  };
  for (const int port : {1, 2, 2}) EXPECT_EQ(targetFrom(port), "/stok=0/ds");
  EXPECT_EQ(targetFrom(3), "/stok=none/ds");
  EXPECT_EQ(targetFrom(4), "/stok=0/ds");
}

TEST(Faults, RememberANumberUntilATextIsWritten) {
  // Succeeds at every set, and always reads the same.
  class Speaker final : public Endpoint {
   public:
    HttpReply handle(const HttpRequest& request, const Peer&) override {
      return hasMethod(request, "set")
                 ? codeReply(0)
                 : jsonReply(R"({"audio_config":{"speaker":{"volume":"60"}},"error_code":0})");
    }
  };
  const auto endpoint = findFault("number-stays-number")->wrap(std::make_unique<Speaker>());
  const auto ask = [&](std::string_view body) {
    return endpoint->handle({.method = "POST", .target = "/stok=0/ds", .body = body}, {}).body;
  };
  constexpr std::string_view kGet = R"({"method":"get","audio_config":{"name":"speaker"}})";
  ask(R"({"method":"set","audio_config":{"speaker":{"volume":60}}})");
  EXPECT_EQ(ask(kGet), R"({"audio_config":{"speaker":{"volume":60}},"error_code":0})");
  ask(R"({"method":"set","audio_config":{"speaker":{"volume":"60"}}})");
  EXPECT_EQ(ask(kGet), R"({"audio_config":{"speaker":{"volume":"60"}},"error_code":0})");
}

TEST(Replaced, ReplacesEveryOccurrence) {
  EXPECT_EQ(replaced("a+b+", "+", "%20"), "a%20b%20");
  EXPECT_EQ(replaced("ab", "+", "-"), "ab");
}

}  // namespace
}  // namespace stoklab::emulator
