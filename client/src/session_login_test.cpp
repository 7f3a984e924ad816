// How a session logs in, and above all when it does not: a device locks after a few wrong
// passwords, so the number of login requests is counted in every test here.
#include <algorithm>

#include "stoklab/client/session.h"
#include "stoklab/client/testing/fake_transport.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::Execution;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using testing::FakeTransport;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

namespace {

constexpr const char* kChallenge =
    R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["1"],"key":"AA%3d%3d","nonce":"lU3L7xDN","passwdType":"md5"}})";
constexpr const char* kAdmission = R"({"error_code":0,"stok":"9c0ffee1","user_group":"root"})";
constexpr const char* kWrongPassword =
    R"({"error_code":-40401,"data":{"code":-40401,"time":9,"max_time":10,"encrypt_type":["1"],"key":"AA%3d%3d","nonce":"x","passwdType":"md5"}})";

const Credentials kCredentials{.password = "TestPass123"};

std::size_t loginRequests(const FakeTransport& transport) {
  const auto bodies = transport.bodies();
  return static_cast<std::size_t>(std::count_if(bodies.begin(), bodies.end(), [](const auto& body) {
    return body.find("\"login\":") != std::string::npos;
  }));
}

}  // namespace

TEST(SessionLogin, TakesAChallengeAndPreparesThePassword) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(kAdmission);
  Session session(transport, kCredentials);
  const auto facts = session.login();
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->userGroup, "root");
  EXPECT_EQ(session.token()->text(), "9c0ffee1");
  EXPECT_EQ(session.loginsSent(), 1);
  EXPECT_THAT(transport.paths(), ElementsAre("/", "/"));
  EXPECT_THAT(
      transport.bodies(),
      ElementsAre(
          R"({"method":"do","user_management":{"get_encrypt_info":null}})",
          R"({"method":"do","login":{"username":"admin","password":"F8A44BD7A62BEC2512DE5EB295A68997","passwdType":"md5","encrypt_type":"1"}})"));
}

TEST(SessionLogin, EncryptsThePasswordAndPercentEncodesIt) {
  const auto key = protocol::RsaPrivateKey::generate(1024);
  Json data =
      Json::object({{"code", -40407}, {"key", key.publicSpkiBase64()}, {"nonce", "abcdefgh"}});
  data.set("passwdType", "md5");
  data.set("encrypt_type", Json::array({"1", "2"}));
  FakeTransport transport;
  transport.answer(
      protocol::printJson(Json::object({{"error_code", -40401}, {"data", std::move(data)}})), 401);
  transport.answer(kAdmission);
  Session session(transport, {.username = "op%1", .password = "TestPass123"});
  ASSERT_THAT(session.login(), IsOk());

  const auto sent = *protocol::parseJson(transport.bodies()[1]);
  EXPECT_EQ(*sent.at({"login", "username"})->string(), "op%251");
  EXPECT_EQ(*sent.at({"login", "encrypt_type"})->string(), "2");
  const auto& password = *sent.at({"login", "password"})->string();
  EXPECT_THAT(password, Not(::testing::ContainsRegex("[+/=]")));
  const auto ciphertext = protocol::base64Decode(protocol::percentDecode(password));
  ASSERT_THAT(ciphertext, IsOk());
  EXPECT_EQ(*key.decrypt(*ciphertext), "F8A44BD7A62BEC2512DE5EB295A68997:abcdefgh");
}

TEST(SessionLogin, ShowsTheChallengeWithoutLoggingIn) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  Session session(transport, {});
  const auto challenge = session.challenge();
  ASSERT_THAT(challenge, IsOk());
  EXPECT_EQ(challenge->nonce, "lU3L7xDN");
  EXPECT_EQ(challenge->key, "AA==");
  EXPECT_EQ(loginRequests(transport), 0U);
}

// Devices of the Chinese family are known by it alone (H10).
TEST(SessionLogin, TakesTheChallengeFromAPageWhereTheRequestIsUnknown) {
  for (const auto& [body, status] :
       std::vector<std::pair<const char*, int>>{{"<html>", 404},
                                                {"", 405},
                                                {R"({"error_code":-40106})", 200},
                                                {R"({"error_code":-40210})", 401}}) {
    SCOPED_TRACE(body);
    FakeTransport transport;
    transport.answer(body, status);
    transport.answer(kChallenge, 401);
    Session session(transport, {});
    const auto challenge = session.challenge();
    ASSERT_THAT(challenge, IsOk());
    EXPECT_EQ(challenge->nonce, "lU3L7xDN");
    EXPECT_EQ(transport.requests()[1].method, "GET");
    EXPECT_EQ(transport.requests()[1].body, "");
    EXPECT_THAT(transport.paths(), ElementsAre("/", "/pc/Content.htm"));
  }
}

TEST(SessionLogin, ReportsTheFirstAnswerIfThePageHasNoChallengeEither) {
  FakeTransport transport;
  transport.answer(R"({"error_code":-40106})", 200);
  transport.answer("<html>", 404);
  Session session(transport, kCredentials);
  EXPECT_THAT(session.login(), FailsSaying(HasSubstr("no key")));
  EXPECT_EQ(loginRequests(transport), 0U);
}

TEST(SessionLogin, TransformsThePasswordTheOldWayWhereTheChallengeNamesNoKind) {
  FakeTransport transport;
  transport.answer(
      R"({"error_code":-40401,"data":{"code":-40410,"encrypt_type":["1"],"key":"AA","nonce":"x"}})");
  transport.answer(kAdmission);
  Session session(transport, {.password = "admin"});
  ASSERT_THAT(session.login(), IsOk());
  EXPECT_EQ(
      transport.bodies()[1],
      R"({"method":"do","login":{"username":"admin","password":"WaQ7xbhc9TefbwK","encrypt_type":"1"}})");
}

TEST(SessionLogin, IsSentOnceForAWrongPasswordAndNeverAgain) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(kWrongPassword, 401);
  Session session(transport, {.password = "NotTheOne"});
  const auto refused = session.get("image", "switch");
  ASSERT_THAT(refused, FailsWith(ErrorKind::refused));
  EXPECT_EQ(refused.error().deviceCode, -40401);
  EXPECT_THAT(refused,
              FailsSaying(AllOf(HasSubstr("9 of 10 attempts left"), Not(HasSubstr("NotTheOne")))));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(session.get("image", "switch"), FailsWith(ErrorKind::safety));
    EXPECT_THAT(session.login(), FailsWith(ErrorKind::safety));
    EXPECT_THAT(session.sendRaw("{}"), FailsWith(ErrorKind::safety));
  }
  EXPECT_EQ(transport.requests().size(), 2U);
  EXPECT_EQ(session.loginsSent(), 1);
}

TEST(SessionLogin, IsPossibleAgainWithOtherCredentials) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(kWrongPassword, 401);
  Session session(transport, {.password = "NotTheOne"});
  ASSERT_THAT(session.login(), FailsWith(ErrorKind::refused));
  session.setCredentials(kCredentials);
  transport.answer(kChallenge, 401);
  transport.answer(kAdmission);
  EXPECT_THAT(session.login(), IsOk());
  EXPECT_EQ(session.loginsSent(), 2);
}

TEST(SessionLogin, PrefersTheDeviceCodeThatTellsMore) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(R"({"error_code":-40401,"data":{"code":-60502}})", 401);
  Session session(transport, kCredentials);
  const auto refused = session.login();
  ASSERT_THAT(refused, FailsWith(ErrorKind::refused));
  EXPECT_EQ(refused.error().deviceCode, -60502);
}

TEST(SessionLogin, ReportsALockWithTheSecondsLeft) {
  for (const char* locked : {R"({"error_code":-40401,"data":{"code":-40404,"sec_left":1799}})",
                             R"({"error_code":-40404,"data":{"sec_left":1799}})"}) {
    SCOPED_TRACE(locked);
    FakeTransport transport;
    transport.answer(kChallenge, 401);
    transport.answer(locked, 401);
    Session session(transport, kCredentials);
    const auto result = session.login();
    ASSERT_THAT(result, FailsWith(ErrorKind::locked));
    EXPECT_EQ(result.error().retryAfter, 1799s);
    EXPECT_EQ(result.error().deviceCode, -40404);
    EXPECT_THAT(session.login(), FailsWith(ErrorKind::safety));
    EXPECT_EQ(session.loginsSent(), 1);
  }
}

TEST(SessionLogin, IsNotSentIfTheChallengeSaysThatTheDeviceIsLocked) {
  for (
      const char* challenge :
      {R"({"error_code":-40401,"data":{"code":-40404,"sec_left":60}})",
       R"({"error_code":-40404,"data":{"sec_left":60}})",
       R"({"error_code":-40401,"data":{"code":-40404,"sec_left":60,"encrypt_type":["1"],"key":"AA","nonce":"x","passwdType":"md5"}})",
       R"({"error_code":-40401,"data":{"code":-40407,"sec_left":60,"encrypt_type":["1"],"key":"AA","nonce":"x","passwdType":"md5"}})"}) {
    SCOPED_TRACE(challenge);
    FakeTransport transport;
    transport.answer(challenge, 401);
    Session session(transport, kCredentials);
    const auto result = session.login();
    ASSERT_THAT(result, FailsWith(ErrorKind::locked));
    EXPECT_EQ(result.error().retryAfter, 60s);
    EXPECT_EQ(loginRequests(transport), 0U);
  }
}

TEST(SessionLogin, IsNotSentToADeviceThatIsLockedForGoodOrHasNoPassword) {
  for (const auto& [code, kind] :
       {std::pair{-40408, ErrorKind::locked}, {-40405, ErrorKind::refused}}) {
    for (const char* more : {"", R"(,"encrypt_type":["1"],"key":"AA","nonce":"x")"}) {
      SCOPED_TRACE(std::to_string(code) + more);
      FakeTransport transport;
      transport.answer(R"({"error_code":-40401,"data":{"code":)" + std::to_string(code) + more +
                       "}}");
      Session session(transport, kCredentials);
      const auto result = session.login();
      ASSERT_THAT(result, FailsWith(kind));
      EXPECT_EQ(result.error().deviceCode, code);
      EXPECT_EQ(loginRequests(transport), 0U);
    }
  }
}

TEST(SessionLogin, StopsByItselfBeforeTheLastAttemptIsUsed) {
  const auto challengeWith = [](int attempts) {
    return R"({"error_code":-40401,"data":{"code":-40407,"time":)" + std::to_string(attempts) +
           R"(,"max_time":10,"encrypt_type":["1"],"key":"AA","nonce":"x","passwdType":"md5"}})";
  };
  const struct {
    int attemptsLeft;
    LoginGuard guard;
    bool sends;
  } cases[] = {{2, {}, true},
               {1, {}, false},
               {1, {.minAttemptsLeft = 1}, true},
               {4, {.minAttemptsLeft = 5}, false},
               {0, {.minAttemptsLeft = 0}, true}};
  for (const auto& each : cases) {
    SCOPED_TRACE(each.attemptsLeft);
    FakeTransport transport;
    transport.answer(challengeWith(each.attemptsLeft), 401);
    transport.answer(kAdmission);
    Session session(transport, kCredentials, each.guard);
    const auto result = session.login();
    EXPECT_EQ(result.has_value(), each.sends);
    EXPECT_EQ(loginRequests(transport), each.sends ? 1U : 0U);
    if (each.sends) continue;
    EXPECT_THAT(result, FailsWith(ErrorKind::safety));
    EXPECT_THAT(result, FailsSaying(AllOf(HasSubstr(std::to_string(each.attemptsLeft)),
                                          HasSubstr("LoginGuard::minAttemptsLeft"))));
  }
}

// The only refusal after which a login is repeated: it says nothing about the password.
TEST(SessionLogin, IsRepeatedOnceIfTheNonceWasOutdated) {
  const char* const outdated = R"({"error_code":-40401,"data":{"code":-40410}})";
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(outdated, 401);
  transport.answer(kChallenge, 401);
  transport.answer(kAdmission);
  Session lucky(transport, kCredentials);
  EXPECT_THAT(lucky.login(), IsOk());
  EXPECT_EQ(lucky.loginsSent(), 2);

  for (int i = 0; i < 2; ++i) {
    transport.answer(kChallenge, 401);
    transport.answer(outdated, 401);
  }
  Session unlucky(transport, kCredentials);
  EXPECT_THAT(unlucky.login(), FailsWith(ErrorKind::refused));
  EXPECT_THAT(unlucky.login(), FailsWith(ErrorKind::safety));
  EXPECT_EQ(unlucky.loginsSent(), 2);
}

TEST(SessionLogin, CountsEveryOtherAnswerAsARefusal) {
  for (const char* answer :
       {"<html>Unauthorized</html>", "", "[]", R"({"error_code":0})", R"({"stok":"9c0ffee1"})",
        R"({"error_code":0,"stok":""})", R"({"error_code":-40406})"}) {
    SCOPED_TRACE(answer);
    FakeTransport transport;
    transport.answer(kChallenge, 401);
    transport.answer(answer);
    Session session(transport, kCredentials);
    EXPECT_FALSE(session.login().has_value());
    EXPECT_FALSE(session.token().has_value());
    EXPECT_THAT(session.login(), FailsWith(ErrorKind::safety));
    EXPECT_EQ(session.loginsSent(), 1);
  }
}

TEST(SessionLogin, IsNotRepeatedWhenItsAnswerWasLost) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.fail({.kind = ErrorKind::transport, .execution = Execution::mayHaveRun}, true);
  Session session(transport, kCredentials);
  EXPECT_THAT(session.login(), FailsWith(ErrorKind::transport));
  EXPECT_EQ(loginRequests(transport), 1U);
}

TEST(SessionLogin, DoesNotSendAPasswordThatItCannotPrepare) {
  for (
      const char* challenge :
      {R"({"error_code":-40401,"data":{"encrypt_type":["3"],"key":"AA","nonce":"x","passwdType":"md5"}})",
       R"({"error_code":-40401,"data":{"encrypt_type":["2"],"key":"AA","nonce":"x","passwdType":"md5"}})",
       R"({"error_code":-40401,"data":{}})", R"({"error_code":0})", "<html>"}) {
    SCOPED_TRACE(challenge);
    FakeTransport transport;
    transport.answer(challenge, 401);
    Session session(transport, kCredentials);
    EXPECT_THAT(session.login(), FailsWith(ErrorKind::malformed));
    EXPECT_EQ(transport.requests().size(), 1U);
  }
}

TEST(SessionLogin, ReplacesATokenThatThereIs) {
  FakeTransport transport;
  transport.answer(kChallenge, 401);
  transport.answer(R"({"error_code":0,"stok":"second"})");
  Session session(transport, kCredentials);
  session.adoptToken(*protocol::SessionToken::parse("first"));
  const auto facts = session.login();
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->userGroup, std::nullopt);
  EXPECT_EQ(session.token()->text(), "second");
}

}  // namespace stoklab::client
