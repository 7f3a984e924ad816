#include "stoklab/emulator/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/test_device.h"
#include "replay/test_trace.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {

using fixtures::Exchange;
using fixtures::Trace;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

namespace {

constexpr std::string_view kGetLdc = R"({"method":"get","image":{"name":"switch"}})";
constexpr std::string_view kChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

std::string ldc(std::string_view value) {
  return R"({"image":{"switch":{"ldc":")" + std::string(value) + R"("}},"error_code":0})";
}

// A replay on a clock that stands still, and a client of it.
class Played {
 public:
  explicit Played(Trace trace, ReplayOptions options = {},
                  Account account = {.admission = Admission::anybody}) {
    options.say = [this](const std::string& message) { said.push_back(message); };
    const auto shared = std::make_shared<const Trace>(std::move(trace));
    auto device = std::make_unique<Device>(
        std::make_shared<const fixtures::Profile>(withTraceHabits(testProfile(), *shared)),
        DeviceOptions{.account = std::move(account), .rebootTime = 0ms}, testLoginKey(),
        Environment{.clock = clock, .random = random});
    replay = std::make_unique<Replay>(shared, std::move(device), std::move(options));
  }

  HttpReply post(std::string_view target, std::string_view body) {
    return replay->handle({.method = "POST", .target = target, .body = body}, peer);
  }

  HttpReply login(std::string_view password = "whatever") {
    const auto body = protocol::parseJson(post("/", kChallenge).body);
    const auto challenge = protocol::parseChallenge(*body->find("data"));
    const auto prepared = protocol::preparePassword(password, *challenge);
    return post("/", printRequest(protocol::loginRequest("admin", *prepared)));
  }

  // "/stok=<token>/ds"
  std::string open() {
    const auto reply = protocol::parseReply(login().body);
    return protocol::parseAdmission(*reply)->token.commandPath();
  }

  ManualClock clock{Clock::Time(1782300000s)};
  SeededRandom random{1};
  Peer peer{.address = "127.0.0.1"};
  std::vector<std::string> said;
  std::unique_ptr<Replay> replay;
};

}  // namespace

TEST(Replay, AnswersFromTheTraceAfterARealLogin) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on")}));
  const std::string path = played.open();
  EXPECT_EQ(played.post(path, kGetLdc).body, ldc("on"));
  EXPECT_EQ(played.post(path, R"({"image":{"name":["swit%63h"]},"method":"get"})").body, ldc("on"));
  EXPECT_THAT(played.said, IsEmpty());
}

TEST(Replay, GivesChallengeAndLoginTheFormOfTheRecording) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on")}));
  const HttpReply first = played.post("/", kChallenge);
  EXPECT_EQ(first.status, 401);
  EXPECT_THAT(
      first.body,
      AllOf(testing::StartsWith(R"({"data":{"nonce":")"),
            testing::EndsWith(R"(","encrypt_type":["2"],"code":-40407},"error_code":-40401})"),
            Not(HasSubstr("{nonce}")), Not(HasSubstr("{key}"))));
  EXPECT_NE(played.post("/", kChallenge).body, first.body) << "a nonce is new each time";
  EXPECT_THAT(
      played.login().body,
      testing::MatchesRegex(R"(\{"user_group":"root","stok":"[0-9a-f]+","error_code":0\})"));
}

TEST(Replay, LetsOnlyARightLoginIn) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on")}), {},
                {.username = "admin", .password = "right"});
  EXPECT_EQ(at(played.login("wrong"), {"error_code"}), protocol::Json(-40401));
  EXPECT_EQ(at(played.login("right"), {"error_code"}), protocol::Json(0));
}

TEST(Replay, WantsALiveNonceWhateverThePassword) {
  Played played(traceOf({challenge(), login("s1")}));
  const auto madeUp = protocol::preparePassword(
      "x", {.encryptTypes = {"2"}, .key = testLoginKey().publicSpkiBase64(), .nonce = "madeup00"});
  const auto reply = played.post("/", printRequest(protocol::loginRequest("admin", *madeUp)));
  EXPECT_NE(at(reply, {"error_code"}), protocol::Json(0));
}

TEST(Replay, ShowsTheWebUiWhichSaysThatItIsAReplay) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "off")}));
  const auto get = [&](std::string_view target) {
    return played.replay->handle({.method = "GET", .target = target}, played.peer);
  };
  EXPECT_THAT(get("/").body, HasSubstr("/stoklab/app.js"));
  EXPECT_THAT(get("/stoklab/app.js").contentType, HasSubstr("text/javascript"));
  EXPECT_THAT(get("/stoklab/about.json").body, HasSubstr(R"("backend":"replayed")"));
  EXPECT_EQ(played.replay->report().misses, 0U);
}

TEST(Replay, AnswersNobodyWithoutASession) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on")}));
  const HttpReply stranger = played.post("/stok=0123456789abcdef/ds", kGetLdc);
  EXPECT_EQ(at(stranger, {"error_code"}), protocol::Json(-40401));
  EXPECT_NE(at(stranger, {"data", "nonce"}), protocol::Json());
  EXPECT_EQ(at(played.post("/", kGetLdc), {"error_code"}), protocol::Json(-40401));
}

TEST(Replay, LetsASessionExpireAndEnd) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on"),
                         command("s1", R"({"method":"do","system":{"logout":"null"}})")}));
  const std::string first = played.open();
  played.clock.advance(24h);
  EXPECT_EQ(at(played.post(first, kGetLdc), {"error_code"}), protocol::Json(-40401));
  const std::string second = played.open();
  EXPECT_EQ(played.post(second, R"({"method":"do","system":{"logout":null}})").body,
            R"({"error_code":0})");
  EXPECT_EQ(at(played.post(second, kGetLdc), {"error_code"}), protocol::Json(-40401));
}

TEST(Replay, GivesTheNthLoginTheNthSessionAndThenBeginsAgain) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "first"), getLdc("s1", "later"),
                         login("s2"), getLdc("s2", "second")}));
  std::vector<std::string> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(played.post(played.open(), kGetLdc).body);
  EXPECT_THAT(answers,
              ElementsAre(ldc("first"), ldc("second"), ldc("first"), ldc("second"), ldc("first")));
}

TEST(Replay, KeepsSessionsThatAreOpenAtOnceApart) {
  Played played(traceOf({login("s1"), getLdc("s1", "a"), getLdc("s1", "b")}));
  const std::string one = played.open(), two = played.open();
  EXPECT_EQ(played.post(one, kGetLdc).body, ldc("a"));
  EXPECT_EQ(played.post(two, kGetLdc).body, ldc("a"));
  EXPECT_EQ(played.post(one, kGetLdc).body, ldc("b"));
  EXPECT_EQ(played.post(two, kGetLdc).body, ldc("b"));
}

TEST(Replay, LooksInOtherSessionsForWhatItsOwnDoesNotHave) {
  const Exchange led = command("s1", R"({"method":"get","led":{"name":"config"}})",
                               R"({"led":{"config":{"enabled":"on"}},"error_code":0})");
  Played played(traceOf({login("s1"), led, login("s2"), getLdc("s2", "on")}));
  const std::string first = played.open(), second = played.open();
  EXPECT_EQ(played.post(second, printJson(led.request.body)).body, printJson(led.reply->body));
  EXPECT_EQ(played.post(first, kGetLdc).body, ldc("on"));
}

TEST(Replay, ShowsASetInTheReadsBehindIt) {
  Played played(traceOf({login("s1"), getLdc("s1", "off"), setLdc("s1", "on"), getLdc("s1", "on"),
                         setLdc("s1", "off"), getLdc("s1", "off")}));
  const std::string path = played.open();
  const auto set = [&](std::string_view value) {
    return played.post(path, printJson(setLdc("", value).request.body)).body;
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(played.post(path, kGetLdc).body, ldc("off"));
  EXPECT_EQ(set("on"), R"({"error_code":0})");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(played.post(path, kGetLdc).body, ldc("on"));
  EXPECT_EQ(set("off"), R"({"error_code":0})");
  EXPECT_EQ(played.post(path, kGetLdc).body, ldc("off"));
  EXPECT_EQ(set("on"), R"({"error_code":0})");
  EXPECT_EQ(played.post(path, kGetLdc).body, ldc("on"));
}

TEST(Replay, RepeatsRecordedErrorsAsTheyWere) {
  Exchange refused =
      command("s1", R"({"method":"get","snapshot":{"name":"x"}})", R"({"error_code":-40106})");
  refused.reply->status = 500;
  refused.reply->headers = {{"Content-Type", "text/plain"}, {"X-Odd", "1"}};
  Played played(traceOf({login("s1"), refused}));
  const HttpReply reply = played.post(played.open(), printJson(refused.request.body));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.contentType, "text/plain");
  EXPECT_THAT(reply.headers, ElementsAre(Pair("X-Odd", "1")));
  EXPECT_EQ(reply.body, R"({"error_code":-40106})");
}

TEST(Replay, FillsARecordedChallengeWithALiveOne) {
  const Exchange expired = exchangeOf(
      "s1", fixtures::kTraceCommandPath, kGetLdc,
      R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["2"],"nonce":"{nonce}","key":"{key}"}})",
      401);
  Played played(traceOf({login("s1"), expired, login("s2"), getLdc("s2", "on")}));
  const HttpReply reply = played.post(played.open(), kGetLdc);
  EXPECT_EQ(reply.status, 401);
  const auto challenge = protocol::parseChallenge(at(reply, {"data"}));
  ASSERT_THAT(challenge, protocol::IsOk());
  EXPECT_EQ(challenge->key, testLoginKey().publicSpkiBase64());
  const auto prepared = protocol::preparePassword("x", *challenge);
  ASSERT_THAT(prepared, protocol::IsOk());
  EXPECT_EQ(at(played.post("/", printRequest(protocol::loginRequest("admin", *prepared))),
               {"error_code"}),
            protocol::Json(0));
}

TEST(Replay, FillsInTheTokenOfTheSession) {
  const Exchange upload = command("s1", R"({"method":"do","system":{"upload":{"id":1}}})",
                                  R"({"url":"..%2fstok%3d{stok}%2fadmin","error_code":0})");
  Played played(traceOf({login("s1"), upload}));
  const std::string path = played.open();
  const std::string token = path.substr(6, path.size() - 9);
  EXPECT_THAT(played.post(path, printJson(upload.request.body)).body, HasSubstr("%3d" + token));
}

TEST(Replay, DropsTheConnectionWhereTheDeviceDid) {
  Exchange lost = setLdc("s1", "on");
  lost.reply.reset();
  Played played(traceOf({login("s1"), lost}));
  EXPECT_EQ(played.post(played.open(), printJson(lost.request.body)).afterwards, Afterwards::drop);
}

TEST(Replay, AnswersWhatElseNeedsNoSession) {
  const Exchange log = exchangeOf("", "/", R"({"method":"do","query_auth_log":null})",
                                  R"({"curIP":"192.0.2.7","error_code":0})");
  Played played(traceOf({log}));
  EXPECT_EQ(played.post("/", R"({"query_auth_log":"null","method":"do"})").body,
            printJson(log.reply->body));
  EXPECT_EQ(at(played.post("/", R"({"method":"do","set_password":{"password":"x"}})"), {"curIP"}),
            protocol::Json())
      << "what was not recorded is answered by the device";
}

TEST(Replay, LeavesPagesToTheDevice) {
  Played played(traceOf({login("s1"), getLdc("s1", "on")}));
  const HttpReply page =
      played.replay->handle({.method = "GET", .target = "/"}, {.address = "127.0.0.1"});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.contentType, HasSubstr("text/html"));
}

TEST(Replay, TakesWhatIsMaskedInTheTraceForWhateverTheClientSays) {
  const Exchange named =
      command("s1", R"({"method":"set","system":{"sys":{"dev_alias":"name%201"}}})");
  const std::string_view live = R"({"method":"set","system":{"sys":{"dev_alias":"Our%20garage"}}})";
  Trace trace = traceOf({login("s1"), named});
  trace.redaction.policy = "structure-1";
  Played masked(trace);
  EXPECT_EQ(masked.post(masked.open(), live).body, R"({"error_code":0})");
  EXPECT_THAT(masked.said, IsEmpty());
  trace.redaction.policy = "none";
  Played made(trace);
  EXPECT_EQ(at(made.post(made.open(), live), {"error_code"}), protocol::Json(kReplayMissCode));
}

TEST(ReplayMiss, NamesTheNearestEntryWithItsSidesTheRightWayRound) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "on")}));
  const HttpReply reply =
      played.post(played.open(), R"({"method":"get","image":{"name":"common"}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(at(reply, {"error_code"}), protocol::Json(kReplayMissCode));
  EXPECT_EQ(at(reply, {"stoklab", "missed"}), protocol::Json("the trace has no get image.common"));
  EXPECT_EQ(at(reply, {"stoklab", "nearest"}),
            protocol::Json("entry 3 (exchanges[2]): get image.switch"));
  EXPECT_EQ(printJson(at(reply, {"stoklab", "differences"})),
            R"([{"path":"image.name","request from the client":"\"common\"",)"
            R"("entry 3 in the trace":"\"switch\""}])");
  ASSERT_THAT(played.said, SizeIs(1));
  EXPECT_THAT(played.said[0],
              AllOf(HasSubstr("the trace has no get image.common\n"),
                    HasSubstr("nearest is entry 3 (exchanges[2]): get image.switch\n"),
                    HasSubstr(R"(image.name: request from the client "common", )"
                              R"(entry 3 in the trace "switch")"),
                    HasSubstr("--on-miss profile")));
}

TEST(ReplayMiss, SaysWhichSideHasNoSuchMember) {
  Played played(traceOf({login("s1"), setLdc("s1", "on")}));
  const std::string path = played.open();
  played.post(path, R"({"method":"set","image":{"switch":{"flicker":"50hz"}}})");
  ASSERT_THAT(played.said, SizeIs(1));
  EXPECT_THAT(
      played.said[0],
      AllOf(
          HasSubstr(
              R"(image.switch.flicker: request from the client "50hz", entry 2 in the trace has none)"),
          HasSubstr(
              R"(image.switch.ldc: request from the client has none, entry 2 in the trace "on")")));
}

TEST(ReplayMiss, IsSaidOnceButCountedEachTime) {
  Played played(traceOf({login("s1"), getLdc("s1", "on")}));
  const std::string path = played.open();
  for (int i = 0; i < 3; ++i) played.post(path, R"({"method":"get","image":{"name":"common"}})");
  played.post(path, R"({"method":"get","led":{"name":"config"}})");
  EXPECT_THAT(played.said, SizeIs(2));
  EXPECT_EQ(played.replay->report().misses, 4U);
}

TEST(ReplayMiss, HoldsNoSecretOfTheClient) {
  Played played(traceOf({login("s1"), getLdc("s1", "on")}));
  const std::string path = played.open();
  const HttpReply reply =
      played.post(path, R"({"method":"set","wifi":{"sta":{"psk_key":"hunter2"}}})");
  EXPECT_THAT(reply.body, Not(HasSubstr("hunter2")));
  ASSERT_THAT(played.said, SizeIs(1));
  EXPECT_THAT(played.said[0], Not(HasSubstr("hunter2")));
}

TEST(ReplayMiss, SurvivesWhatIsNoRequest) {
  Played played(traceOf({login("s1"), getLdc("s1", "on")}));
  const std::string path = played.open();
  for (const char* body : {"", "{", "[]", "7", "null", R"({"method":7})", R"({"method":"get"})",
                           R"({"method":"set","image":{"switch":[{"a":[[[]]]}]}})"})
    EXPECT_EQ(at(played.post(path, body), {"error_code"}), protocol::Json(kReplayMissCode)) << body;
  EXPECT_EQ(played.post(path, kGetLdc).body, ldc("on"));
}

TEST(ReplayMiss, CanBeAnsweredByTheProfileWhichHasFollowedTheChanges) {
  Played played(traceOf({login("s1"), setLdc("s1", "on")}), {.onMiss = OnMiss::profile});
  const std::string path = played.open();
  EXPECT_EQ(at(played.post(path, kGetLdc), {"image", "switch", "ldc"}), protocol::Json("off"));
  EXPECT_EQ(played.post(path, printJson(setLdc("", "on").request.body)).body,
            R"({"error_code":0})");
  EXPECT_EQ(at(played.post(path, kGetLdc), {"image", "switch", "ldc"}), protocol::Json("on"));
  EXPECT_THAT(played.said, ElementsAre(HasSubstr("the device of the profile has answered")));
}

TEST(ReplayMiss, CanBeAnsweredByTheNearestEntry) {
  Played played(traceOf({login("s1"), getLdc("s1", "on")}), {.onMiss = OnMiss::nearest});
  const std::string path = played.open();
  EXPECT_EQ(played.post(path, R"({"method":"get","image":{"name":"common"}})").body, ldc("on"));
  EXPECT_THAT(played.said, ElementsAre(HasSubstr("the answer of the nearest entry")));
  EXPECT_EQ(played.replay->report().misses, 1U);
}

TEST(ReplayMiss, IsWhatATraceWithoutAnswersConsistsOf) {
  Exchange asked = getLdc("s1", "on");
  asked.reply.reset();
  for (const OnMiss onMiss : {OnMiss::error, OnMiss::nearest}) {
    Played played(traceOf({asked}), {.onMiss = onMiss});
    const HttpReply reply = played.post(played.open(), kGetLdc);
    EXPECT_EQ(at(reply, {"error_code"}), protocol::Json(kReplayMissCode));
    EXPECT_EQ(at(reply, {"stoklab", "missed"}),
              protocol::Json("the trace has get image.switch, but its answer was not recorded"));
  }
}

TEST(ReplayMiss, IsAnAnswerWithoutItsBody) {
  Exchange emptied = getLdc("s1", "on");
  emptied.reply->body = {};
  emptied.reply->bodyNote = "the export was made without content";
  Played played(traceOf({login("s1"), emptied}));
  EXPECT_EQ(at(played.post(played.open(), kGetLdc), {"stoklab", "missed"}),
            protocol::Json(
                "the trace has get image.switch, but the body of its answer was not recorded"));
}

TEST(ReplayReport, NamesWhatNobodyHasAskedFor) {
  Played played(traceOf({challenge(), login("s1"), getLdc("s1", "off"), setLdc("s1", "on"),
                         getLdc("s1", "on"), login("s2")}));
  EXPECT_THAT(played.replay->report().unused, SizeIs(6));
  const std::string path = played.open();
  played.post(path, kGetLdc);
  EXPECT_THAT(played.replay->report().unused, ElementsAre(3, 4, 5));
  played.post(path, printJson(setLdc("", "on").request.body));
  played.post(path, kGetLdc);
  played.open();
  const ReplayReport report = played.replay->report();
  EXPECT_THAT(report.unused, IsEmpty());
  EXPECT_EQ(report.exchanges, 6U);
  EXPECT_EQ(report.misses, 0U);
}

TEST(ReplayTiming, IsNoneUnlessAskedFor) {
  Exchange slow = getLdc("s1", "on");
  slow.duration = 400ms;
  for (const auto& [speed, delay] :
       {std::pair{0.0, 0ms}, {1.0, 400ms}, {10.0, 40ms}, {0.5, 800ms}, {0.0001, 60'000ms}}) {
    SCOPED_TRACE(speed);
    Played played(traceOf({login("s1"), slow}), {.speed = speed});
    EXPECT_EQ(played.post(played.open(), kGetLdc).delay, delay);
  }
}

TEST(ReplayTiming, HoldsForLoginsAndLostAnswersToo) {
  Exchange lost = setLdc("s1", "on"), entry = login("s1");
  lost.reply.reset();
  lost.duration = 300ms;
  entry.duration = 200ms;
  Played played(traceOf({challenge(), entry, lost}), {.speed = 1});
  const HttpReply reply = played.login();
  EXPECT_EQ(reply.delay, 200ms);
  const auto path =
      protocol::parseAdmission(*protocol::parseReply(reply.body))->token.commandPath();
  const HttpReply dropped = played.post(path, printJson(lost.request.body));
  EXPECT_EQ(dropped.delay, 300ms);
  EXPECT_EQ(dropped.afterwards, Afterwards::drop);
}

}  // namespace stoklab::emulator
