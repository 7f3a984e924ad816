// What a session does with a token: requests, dead tokens, lost answers, logout. Logging in has a
// file of its own (session_login_test.cpp).
#include "stoklab/client/session.h"

#include "stoklab/client/https_transport.h"
#include "stoklab/client/testing/fake_transport.h"
#include "stoklab/client/testing/scripted_server.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using protocol::printJson;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeTransport;
using ::testing::HasSubstr;
using testing::jsonAnswer;
using ::testing::Not;
using testing::Peer;
using testing::ScriptedServer;

namespace {

constexpr const char* kOk = R"({"error_code":0})";
constexpr const char* kSwitch =
    R"({"image":{"switch":{"night_vision_mode":"inf_night_vision","new%20field":"a%20b"}},"error_code":0})";
constexpr const char* kChallenge =
    R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["1"],"key":"AA","nonce":"x","passwdType":"md5"}})";
constexpr const char* kAdmission = R"({"error_code":0,"stok":"second"})";
constexpr const char* kDead = R"({"error_code":-40401,"data":{"code":-40407}})";

const Credentials kCredentials{.password = "TestPass123"};

const Error kCertainlyNot{.kind = ErrorKind::transport, .execution = Execution::didNotRun};
const Error kPerhaps{.kind = ErrorKind::transport, .execution = Execution::mayHaveRun};

// A session that is logged in, with the token "first", and its transport.
struct LoggedIn {
  FakeTransport transport;
  Session session{transport, kCredentials};
  LoggedIn() { session.adoptToken(*protocol::SessionToken::parse("first")); }
};

}  // namespace

TEST(Session, LogsInWhenItMustAndCarriesTheToken) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(kAdmission);
  transport.answer(kSwitch);
  transport.answer(kSwitch);
  Session session(transport, kCredentials);
  EXPECT_THAT(session.get("image", "switch"), IsOk());
  EXPECT_THAT(session.get("image", "switch"), IsOk());
  EXPECT_THAT(transport.paths(), ElementsAre("/", "/", "/stok=second/ds", "/stok=second/ds"));
  EXPECT_EQ(session.loginsSent(), 1);
}

TEST(Session, KeepsUnknownFieldsInOrder) {
  LoggedIn on;
  on.transport.answer(
      R"({"image":{"switch":{"z":"1","a":{"y":[1,"%5b"]},"m":null}},"error_code":0})");
  const auto fields = on.session.get("image", "switch");
  ASSERT_THAT(fields, IsOk());
  EXPECT_EQ(printJson(*fields), R"({"z":"1","a":{"y":[1,"["]},"m":null})");
}

TEST(Session, WritesEachMethodAsTheDeviceKnowsIt) {
  LoggedIn on;
  auto& [transport, session] = on;
  transport.answer(R"({"image":{"switch":{},"common":{}},"error_code":0})");
  for (int i = 0; i < 4; ++i) transport.answer(kOk);
  const Json fields = Json::object({{"label", "a b"}});
  EXPECT_THAT(session.get("image", std::vector<std::string>{"switch", "common"}), IsOk());
  EXPECT_THAT(session.set("OSD", "label_info_1", fields), IsOk());
  EXPECT_THAT(session.perform("msg_alarm", "manual_msg_alarm", Json::object({{"action", "start"}})),
              IsOk());
  EXPECT_THAT(session.add("user_management", "admin", "admin_2", fields), IsOk());
  EXPECT_THAT(session.remove("user_management", {"admin_2"}), IsOk());
  EXPECT_THAT(
      transport.bodies(),
      ElementsAre(
          R"({"method":"get","image":{"name":["switch","common"]}})",
          R"({"method":"set","OSD":{"label_info_1":{"label":"a%20b"}}})",
          R"({"method":"do","msg_alarm":{"manual_msg_alarm":{"action":"start"}}})",
          R"({"method":"add","user_management":{"table":"admin","name":"admin_2","para":{"label":"a%20b"}}})",
          R"({"method":"delete","user_management":{"name":["admin_2"]}})"));
}

TEST(Session, ReadsATableWhicheverWayTheDeviceListsIt) {
  for (const char* table :
       {R"([{"hd_info_1":{"status":"normal"}}])", R"({"hd_info_1":{"status":"normal"}})"}) {
    SCOPED_TRACE(table);
    LoggedIn on;
    on.transport.answer(R"({"harddisk_manage":{"hd_info":)" + std::string(table) +
                        R"(},"error_code":0})");
    const auto rows = on.session.getTable("harddisk_manage", "hd_info");
    ASSERT_THAT(rows, IsOk());
    EXPECT_EQ(printJson(*rows), R"({"hd_info_1":{"status":"normal"}})");
    EXPECT_EQ(on.transport.bodies()[0],
              R"({"method":"get","harddisk_manage":{"table":"hd_info"}})");
  }
}

TEST(Session, ReportsTheCodeOfARefusal) {
  LoggedIn on;
  on.transport.answer(R"({"error_code":-40106})");
  const auto refused = on.session.get("isp", "x");
  ASSERT_THAT(refused, FailsWith(ErrorKind::refused));
  EXPECT_EQ(refused.error().deviceCode, -40106);
  EXPECT_THAT(refused, FailsSaying(HasSubstr("-40106")));
}

TEST(Session, HandsOverARefusalAsItCameToWhoWantsTheReply) {
  LoggedIn on;
  on.transport.answer(R"({"error_code":-60311,"data":{"field":"x"}})");
  const auto reply = on.session.exchange(protocol::setSection("image", "switch", Json::object()));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->errorCode, -60311);
  EXPECT_EQ(*reply->data()->find("field")->string(), "x");
}

TEST(Session, RefusesAnAnswerThatIsNoReply) {
  for (const auto& [status, body] :
       {std::pair{404, "<html>"}, {200, ""}, {200, R"({"image":{}})"}, {500, kOk}}) {
    SCOPED_TRACE(body);
    LoggedIn on;
    on.transport.answer(body, status);
    const auto result = on.session.set("image", "switch", Json::object());
    EXPECT_THAT(result, FailsWith(ErrorKind::malformed));
    EXPECT_THAT(result, FailsSaying(HasSubstr(std::to_string(status))));
  }
}

TEST(Session, RefusesAReplyThatLacksWhatWasAskedFor) {
  LoggedIn on;
  for (int i = 0; i < 3; ++i) on.transport.answer(kOk);
  EXPECT_THAT(on.session.get("image", "switch"), FailsSaying(HasSubstr("image.switch")));
  EXPECT_THAT(on.session.get("image", std::vector<std::string>{"switch"}),
              FailsWith(ErrorKind::malformed));
  EXPECT_THAT(on.session.getTable("image", "switch"), FailsWith(ErrorKind::malformed));
}

TEST(Session, SendsARawBodyAsItIs) {
  LoggedIn on;
  on.transport.answer("{\"error_code\" : -40210}");
  const auto answer = on.session.sendRaw("{ \"x\": \"a b\"");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(*answer, "{\"error_code\" : -40210}");
  EXPECT_THAT(on.transport.bodies(), ElementsAre("{ \"x\": \"a b\""));
}

// Dead tokens

struct DeadToken {
  const char* name;
  int status;
  const char* body;
};
class SessionWithADeadToken : public ::testing::TestWithParam<DeadToken> {};

TEST_P(SessionWithADeadToken, LogsInOnceAndRepeatsTheRequestOnce) {
  LoggedIn on;
  on.transport.answer(GetParam().body, GetParam().status);
  on.transport.answer(kChallenge, 401);
  on.transport.answer(kAdmission);
  on.transport.answer(kOk);
  EXPECT_THAT(on.session.set("image", "switch", Json::object({{"flicker", "50hz"}})), IsOk());
  EXPECT_THAT(on.transport.paths(), ElementsAre("/stok=first/ds", "/", "/", "/stok=second/ds"));
  EXPECT_EQ(on.transport.bodies().front(), on.transport.bodies().back());
}

INSTANTIATE_TEST_SUITE_P(All, SessionWithADeadToken,
                         ::testing::Values(DeadToken{"Status401", 401, kDead},
                                           DeadToken{"Status401WithoutJson", 401, "<html>"},
                                           DeadToken{"Code40401", 200, kDead},
                                           DeadToken{"Code40403", 200, R"({"error_code":-40403})"},
                                           DeadToken{"Code40415", 200, R"({"error_code":-40415})"}),
                         [](const auto& each) { return each.param.name; });

TEST(Session, DoesNotLogInAgainIfAFreshTokenIsDeadToo) {
  LoggedIn on;
  on.transport.answer(kDead, 401);
  on.transport.answer(kChallenge, 401);
  on.transport.answer(kAdmission);
  on.transport.answer(kDead, 401);
  const auto result = on.session.get("image", "switch");
  ASSERT_THAT(result, FailsWith(ErrorKind::refused));
  EXPECT_EQ(result.error().deviceCode, -40401);
  EXPECT_EQ(on.session.loginsSent(), 1);
}

TEST(Session, StopsWhenTheLoginForADeadTokenIsRefused) {
  LoggedIn on;
  on.transport.answer(kDead, 401);
  on.transport.answer(kChallenge, 401);
  on.transport.answer(R"({"error_code":-40401,"data":{"code":-40401,"time":4}})", 401);
  EXPECT_THAT(on.session.get("image", "switch"), FailsWith(ErrorKind::refused));
  EXPECT_THAT(on.session.get("image", "switch"), FailsWith(ErrorKind::safety));
  EXPECT_EQ(on.session.loginsSent(), 1);
  EXPECT_TRUE(on.transport.allAnswersUsed());
}

TEST(Session, TakesOtherRefusalsForWhatTheyAre) {
  LoggedIn on;
  on.transport.answer(R"({"error_code":-60507,"data":{"code":-40401}})");
  EXPECT_THAT(on.session.get("image", "switch"), FailsWith(ErrorKind::refused));
  EXPECT_EQ(on.session.loginsSent(), 0);
}

// Lost answers

TEST(Session, ReadsAgainWhenAKeptConnectionDied) {
  for (const Error& error : {kCertainlyNot, kPerhaps}) {
    LoggedIn on;
    on.transport.fail(error, true);
    on.transport.answer(kSwitch);
    EXPECT_THAT(on.session.get("image", "switch"), IsOk());

    on.transport.fail(error, true);
    on.transport.answer(kChallenge, 401);
    EXPECT_THAT(on.session.challenge(), IsOk());

    on.transport.fail(error, true);
    on.transport.answer(kSwitch);
    EXPECT_THAT(on.session.sendRaw(R"({"method":"get","image":{"name":"switch"}})"), IsOk());
  }
}

TEST(Session, ReadsAgainOnlyOnce) {
  LoggedIn on;
  on.transport.fail(kPerhaps, true);
  on.transport.fail(kPerhaps, true);
  EXPECT_THAT(on.session.get("image", "switch"), FailsWith(ErrorKind::transport));
  EXPECT_EQ(on.transport.requests().size(), 2U);
}

TEST(Session, NeverRepeatsAChangeThatMayHaveBeenMade) {
  const Json fields = Json::object({{"flicker", "50hz"}});
  const std::vector<std::function<Result<void>(Session&)>> changes = {
      [&](Session& s) { return s.set("image", "switch", fields); },
      [&](Session& s) { return s.add("user_management", "admin", "admin_2", fields); },
      [&](Session& s) { return s.remove("user_management", {"admin_2"}); },
      [&](Session& s) -> Result<void> { return s.perform("system", "reboot").error(); },
      [&](Session& s) -> Result<void> { return s.sendRaw(R"({"method":"set"})").error(); },
      [&](Session& s) -> Result<void> { return s.sendRaw("no json").error(); }};
  for (const auto& change : changes) {
    LoggedIn on;
    on.transport.fail(kPerhaps, true);
    const auto result = change(on.session);
    ASSERT_THAT(result, FailsWith(ErrorKind::transport));
    EXPECT_EQ(result.error().execution, Execution::mayHaveRun);
    EXPECT_EQ(on.transport.requests().size(), 1U);
  }
}

TEST(Session, RepeatsAChangeThatCertainlyWasNotMadeOnceIfAKeptConnectionDied) {
  LoggedIn on;
  on.transport.fail(kCertainlyNot, true);
  on.transport.answer(kOk);
  EXPECT_THAT(on.session.set("image", "switch", Json::object()), IsOk());
}

TEST(Session, RepeatsNothingThatFailedOnANewConnection) {
  for (const Error& error : {kCertainlyNot, kPerhaps}) {
    LoggedIn on;
    on.transport.fail(error);
    EXPECT_THAT(on.session.get("image", "switch"), FailsWith(ErrorKind::transport));
    EXPECT_EQ(on.transport.requests().size(), 1U);
  }
}

// Logout

TEST(Session, EndsOnTheDeviceAtLogout) {
  LoggedIn on;
  on.transport.answer(kOk);
  EXPECT_THAT(on.session.logout(), IsOk());
  EXPECT_FALSE(on.session.token().has_value());
  EXPECT_THAT(on.transport.paths(), ElementsAre("/stok=first/ds"));
  EXPECT_THAT(on.transport.bodies(), ElementsAre(R"({"method":"do","system":{"logout":"null"}})"));
  EXPECT_THAT(on.session.logout(), IsOk());
  EXPECT_EQ(on.transport.requests().size(), 1U);
}

TEST(Session, ThatTheDeviceHasForgottenIsLoggedOutWithoutALogin) {
  LoggedIn on;
  on.transport.answer(kDead, 401);
  EXPECT_THAT(on.session.logout(), IsOk());
  EXPECT_FALSE(on.session.token().has_value());
  EXPECT_EQ(on.session.loginsSent(), 0);
}

TEST(Session, KeepsItsTokenWhenNobodyAnsweredTheLogout) {
  LoggedIn on;
  on.transport.fail(kPerhaps);
  EXPECT_THAT(on.session.logout(), FailsWith(ErrorKind::transport));
  EXPECT_TRUE(on.session.token().has_value());
}

// Over TLS

TEST(Session, GoesFromChallengeToLogoutOverTls) {
  ScriptedServer server(testing::answerInTurn(
      {jsonAnswer(kChallenge, 401), jsonAnswer(kAdmission), jsonAnswer(kSwitch), jsonAnswer(kOk)}));
  HttpsTransport transport({.port = server.port()});
  Session session(transport, kCredentials);
  const auto fields = session.get("image", "switch");
  ASSERT_THAT(fields, IsOk());
  EXPECT_EQ(*fields->find("new%20field")->string(), "a b");
  EXPECT_THAT(session.logout(), IsOk());
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_EQ(transport.connectionsOpened(), 1U);
}

TEST(Session, ReadsAgainOverTlsWhereASetIsLeftAlone) {
  // Every second request on a connection is read and never answered.
  const auto script = [](Peer& peer) {
    if (peer.readRequest()) peer.write(jsonAnswer(kSwitch));
    peer.readRequest();
  };
  ScriptedServer server(script);
  HttpsTransport transport({.port = server.port()});
  Session session(transport, kCredentials);
  session.adoptToken(*protocol::SessionToken::parse("9c0ffee1"));
  EXPECT_THAT(session.get("image", "switch"), IsOk());
  EXPECT_THAT(session.get("image", "switch"), IsOk());
  EXPECT_EQ(server.requests().size(), 3U);

  const auto result = session.set("image", "switch", Json::object({{"flicker", "50hz"}}));
  ASSERT_THAT(result, FailsWith(ErrorKind::transport));
  EXPECT_EQ(result.error().execution, Execution::mayHaveRun);
  EXPECT_THAT(result, FailsSaying(Not(HasSubstr("9c0ffee1"))));
  server.waitForClosed(2);
  EXPECT_EQ(server.requests().size(), 4U);
}

}  // namespace stoklab::client
