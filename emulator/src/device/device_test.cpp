#include "stoklab/emulator/device.h"

#include <gmock/gmock.h>

#include "stoklab/protocol/testing/result_matchers.h"
#include "test_device.h"

namespace stoklab::emulator {

using namespace std::chrono_literals;
using protocol::Json;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Device, AnswersAChallengeWithHttp401) {
  TestDevice test;
  const auto reply =
      test.post("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})");
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body,
              StartsWith(R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["1","2"],)"
                         R"("key":"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ)"));
  EXPECT_THAT(reply.body,
              MatchesRegex(".*%3d\",\"nonce\":\"[0-9A-Za-z]+\",\"passwdType\":\"md5\"}}|"
                           ".*AQAB\",\"nonce\":\"[0-9A-Za-z]+\",\"passwdType\":\"md5\"}}"));
}

TEST(Device, GivesAFreshNonceWithEveryChallenge) {
  TestDevice test;
  EXPECT_NE(test.challenge().nonce, test.challenge().nonce);
}

TEST(Device, LetsTheRightPasswordIn) {
  TestDevice test;
  const auto reply = test.login("secret-1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              MatchesRegex(R"(\{"error_code":0,"stok":"[0-9A-Za-z]+","user_group":"root"\})"));
}

TEST(Device, AnswersAWrongPasswordWithTheAttemptsLeftAndAFreshChallenge) {
  TestDevice test;
  const auto reply = test.login("wrong");
  EXPECT_EQ(at(reply, {"error_code"}), Json(-40401));
  EXPECT_EQ(at(reply, {"data", "code"}), Json(-40401));
  EXPECT_EQ(at(reply, {"data", "time"}), Json(9));
  EXPECT_EQ(at(reply, {"data", "max_time"}), Json(10));
  EXPECT_THAT(protocol::parseChallenge(at(reply, {"data"})), protocol::IsOk());
}

TEST(Device, LocksAfterTooManyWrongPasswordsAndCountsDown) {
  TestDevice test;
  for (int i = 0; i < 10; ++i) test.login("wrong");
  auto reply = test.login("secret-1");
  EXPECT_EQ(at(reply, {"error_code"}), Json(-40404));
  EXPECT_EQ(at(reply, {"data", "code"}), Json(-40404));
  EXPECT_EQ(at(reply, {"data", "sec_left"}), Json(1800));

  test.clock.advance(600s);
  EXPECT_EQ(at(test.login("secret-1"), {"data", "sec_left"}), Json(1200));
  EXPECT_EQ(test.challenge().lockedFor, 1200s);

  test.clock.advance(1200s);
  EXPECT_EQ(test.login("secret-1").status, 200);
}

TEST(Device, ForgetsWrongPasswordsAfterARightOne) {
  TestDevice test;
  test.login("wrong");
  test.login("secret-1");
  EXPECT_EQ(at(test.login("wrong"), {"data", "time"}), Json(9));
}

TEST(Device, TakesTheNumberOfAttemptsFromItsOwnSettings) {
  TestDevice test;
  const auto path = test.open();
  test.post(path, R"({"method":"set","unusual_detection":{"login_error":{"max_num_err":"3"}}})");
  EXPECT_EQ(at(test.login("wrong"), {"data", "time"}), Json(2));
}

TEST(Device, RefusesAStaleNonceWithoutCountingIt) {
  TestDevice test;
  const auto prepared = protocol::preparePassword("secret-1", test.challenge());
  const auto body = printRequest(protocol::loginRequest("admin", *prepared));
  EXPECT_EQ(at(test.post("/", body), {"error_code"}), Json(0));
  const auto again = test.post("/", body);
  EXPECT_EQ(at(again, {"data", "code"}), Json(-40410));
  EXPECT_EQ(at(again, {"data", "time"}), Json());
  EXPECT_EQ(at(test.login("wrong"), {"data", "time"}), Json(9));
}

TEST(Device, LetsANonceExpire) {
  TestDevice test;
  const auto prepared = protocol::preparePassword("secret-1", test.challenge());
  test.clock.advance(24h);
  const auto reply = test.post("/", printRequest(protocol::loginRequest("admin", *prepared)));
  EXPECT_EQ(at(reply, {"data", "code"}), Json(-40410));
}

TEST(Device, AcceptsTheBareHashOfEncryptTypeOne) {
  TestDevice test;
  const auto reply =
      test.post("/", R"({"method":"do","login":{"username":"admin","password":")" +
                         protocol::hashPassword("secret-1") + R"(","encrypt_type":"1"}})");
  EXPECT_EQ(at(reply, {"error_code"}), Json(0));
}

TEST(Device, AcceptsThePasswordRawAndPartlyEncoded) {
  TestDevice test;
  const auto loginWith = [&](auto encode) {
    const auto prepared = protocol::preparePassword("secret-1", test.challenge());
    return test.post("/", R"({"login":{"username":"admin","password":")" +
                              encode(prepared->password) +
                              R"(","passwdType":"md5","encrypt_type":"2"},"method":"do"})");
  };
  const auto raw = [](std::string text) { return text; };
  const auto lower = [](const std::string& text) {
    return protocol::percentEncode(text, protocol::kDeviceAlphabet);
  };
  const auto onlyPadding = [](std::string text) {
    while (text.ends_with('=')) text.pop_back();
    return text + "%3D";
  };
  EXPECT_EQ(at(loginWith(raw), {"error_code"}), Json(0));
  EXPECT_EQ(at(loginWith(lower), {"error_code"}), Json(0));
  EXPECT_EQ(at(loginWith(onlyPadding), {"error_code"}), Json(0));
}

TEST(Device, RefusesALoginWithoutItsPartsButCountsNothing) {
  TestDevice test;
  const auto prepared = protocol::preparePassword("secret-1", test.challenge());
  for (const std::string arguments :
       {R"({"username":"admin","password":"x"})", R"({"username":"admin","encrypt_type":"2"})",
        R"({})", R"(null)", R"("null")", R"([])", R"({"password":"x","encrypt_type":"2"})"}) {
    SCOPED_TRACE(arguments);
    const auto reply = test.post("/", R"({"method":"do","login":)" + arguments + "}");
    EXPECT_EQ(at(reply, {"error_code"}), Json(-40401));
    EXPECT_THAT(protocol::parseChallenge(at(reply, {"data"})), protocol::IsOk());
  }
  EXPECT_EQ(at(test.login("wrong"), {"data", "time"}), Json(9));
}

TEST(Device, DoesNotTellAWrongNameFromAWrongPassword) {
  TestDevice test;
  const auto prepared = protocol::preparePassword("secret-1", test.challenge());
  const auto reply = test.post("/", printRequest(protocol::loginRequest("nobody", *prepared)));
  EXPECT_EQ(at(reply, {"data", "code"}), Json(-40401));
  EXPECT_EQ(at(reply, {"data", "time"}), Json(9));
}

TEST(Device, AnswersADeadTokenWithAFreshChallenge) {
  TestDevice test;
  const auto reply = test.post("/stok=0123/ds", R"({"method":"get","led":{"name":"config"}})");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(at(reply, {"error_code"}), Json(-40401));
  EXPECT_THAT(protocol::parseChallenge(at(reply, {"data"})), protocol::IsOk());
}

TEST(Device, AnswersEveryCallWithoutASessionWithAChallenge) {
  TestDevice test;
  for (const char* body : {R"({"method":"get","led":{"name":"config"}})",
                           R"({"method":"do","system":{"reboot":null}})"}) {
    const auto reply = test.post("/", body);
    EXPECT_EQ(at(reply, {"error_code"}), Json(-40401));
    EXPECT_THAT(protocol::parseChallenge(at(reply, {"data"})), protocol::IsOk());
  }
  const auto page = test.send({.method = "GET", .target = "/pc/Content.htm"});
  EXPECT_THAT(protocol::parseChallenge(at(page, {"data"})), protocol::IsOk());
}

TEST(Device, TakesTheTokenPercentEncoded) {
  TestDevice test;
  const auto path = test.open();
  std::string encoded = "/stok=";
  for (const char c : path.substr(6, path.size() - 9)) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    encoded += {'%', kHex[static_cast<unsigned char>(c) >> 4U],
                kHex[static_cast<unsigned char>(c) & 0xFU]};
  }
  const auto reply = test.post(encoded + "/ds", R"({"method":"get","led":{"name":"config"}})");
  EXPECT_EQ(at(reply, {"error_code"}), Json(0));
}

TEST(Device, EndsASessionAfterHalfAnHourOfSilence) {
  TestDevice test;
  const auto path = test.open();
  const auto get = [&] { return test.post(path, R"({"method":"get","led":{"name":"config"}})"); };
  test.clock.advance(29min);
  EXPECT_EQ(get().status, 200);
  test.clock.advance(30min);
  EXPECT_EQ(get().status, 401);
}

TEST(Device, CountsAFixedLifeFromTheLogin) {
  auto profile = testProfile();
  profile.authentication.sessionExpiry.value = fixtures::SessionExpiry::fixed;
  TestDevice test(std::move(profile));
  const auto path = test.open();
  const auto get = [&] { return test.post(path, R"({"method":"get","led":{"name":"config"}})"); };
  test.clock.advance(29min);
  EXPECT_EQ(get().status, 200);
  test.clock.advance(2min);
  EXPECT_EQ(get().status, 401);
}

TEST(Device, LetsTheOldestSessionGoAndRefusesNobody) {
  auto profile = testProfile();
  profile.authentication.maxSessions.value = 2;
  TestDevice test(std::move(profile));
  const auto first = test.open();
  const auto second = test.open();
  const auto third = test.open();
  const char* get = R"({"method":"get","led":{"name":"config"}})";
  EXPECT_EQ(test.post(first, get).status, 401);
  EXPECT_EQ(test.post(second, get).status, 200);
  EXPECT_EQ(test.post(third, get).status, 200);
}

TEST(Device, EndsASessionAtLogout) {
  TestDevice test;
  const auto path = test.open();
  const auto other = test.open();
  EXPECT_EQ(test.post(path, R"({"method":"do","system":{"logout":"null"}})").body,
            R"({"error_code":0})");
  EXPECT_EQ(test.post(path, R"({"method":"get","led":{"name":"config"}})").status, 401);
  EXPECT_EQ(test.post(other, R"({"method":"get","led":{"name":"config"}})").status, 200);
}

TEST(Device, IsAwayForAWhileAfterAReboot) {
  TestDevice test;
  const auto path = test.open();
  const auto reply = test.post(path, R"({"method":"do","system":{"reboot":null}})");
  EXPECT_EQ(reply.body, R"({"error_code":0})");
  EXPECT_EQ(reply.afterwards, Afterwards::close);
  EXPECT_EQ(test.post("/", "{}").afterwards, Afterwards::drop);
  EXPECT_EQ(test.send({.method = "GET", .target = "/"}).afterwards, Afterwards::drop);
  test.clock.advance(10min);
  EXPECT_EQ(test.post(path, R"({"method":"get","led":{"name":"config"}})").status, 401);
  EXPECT_EQ(test.login("secret-1").status, 200);
}

TEST(Device, TakesANewPasswordAndEndsEverySession) {
  TestDevice test;
  const auto path = test.open();
  const auto change = [&](std::string_view oldPassword) {
    return test.post(path, R"({"method":"do","user_management":{"change_user_info":{)"
                           R"("secname":"root","username":"admin","old_passwd":")" +
                               protocol::hashPassword(oldPassword) + R"(","passwd":")" +
                               protocol::hashPassword("secret-2") + R"("}}})");
  };
  EXPECT_EQ(at(change("wrong"), {"error_code"}), Json(-60506));
  EXPECT_EQ(at(change("secret-1"), {"error_code"}), Json(0));
  EXPECT_EQ(test.post(path, R"({"method":"get","led":{"name":"config"}})").status, 401);
  EXPECT_EQ(test.login("secret-2").status, 200);
  EXPECT_NE(at(test.login("secret-1"), {"error_code"}), Json(0));
}

TEST(Device, ServesAPageAtItsRoot) {
  TestDevice test;
  const auto reply = test.send({.method = "GET", .target = "/"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.contentType, StartsWith("text/html"));
  EXPECT_THAT(reply.body, HasSubstr("<html"));
}

TEST(Device, ServesTheProfilesOwnPageInsteadIfThereIsOne) {
  auto profile = testProfile();
  profile.actions.indexPage.emplace().value = "<html>mine</html>";
  TestDevice test(std::move(profile));
  EXPECT_EQ(test.send({.method = "GET", .target = "/"}).body, "<html>mine</html>");
  EXPECT_EQ(test.send({.method = "GET", .target = "/stoklab/app.js"}).status, 404);
}

TEST(Device, ServesTheFilesOfItsPageAndNothingElseBesideThem) {
  TestDevice test;
  EXPECT_THAT(test.send({.method = "GET", .target = "/stoklab/app.js"}).contentType,
              StartsWith("text/javascript"));
  EXPECT_EQ(test.send({.method = "HEAD", .target = "/stoklab/app.js"}).status, 200);
  EXPECT_EQ(test.send({.method = "GET", .target = "/stoklab/nothing.js"}).status, 404);
  EXPECT_EQ(test.post("/stoklab/app.js", "{}").status, 405);
}

TEST(Device, AnswersEveryBadRequestAsTheProfileSays) {
  TestDevice test;
  const auto path = test.open();
  const std::vector<std::pair<std::string, std::string_view>> cases = {
      {"", "body_empty"},
      {"no json", "body_not_json"},
      {std::string(100, '[') + std::string(100, ']'), "json_too_deep"},
      {"[]", "body_not_object"},
      {"{}", "method_missing"},
      {R"({"method":1,"led":{}})", "method_not_string"},
      {R"({"method":"put","led":{}})", "method_unknown"},
      {R"({"method":"get"})", "module_missing"},
      {R"({"method":"get","nope":{"name":"x"}})", "module_unknown"},
      {R"({"method":"get","led":"config"})", "module_not_object"},
      {R"({"method":"get","led":{}})", "argument_missing"},
      {R"({"method":"get","led":{"name":7}})", "section_argument_wrong"},
      {R"({"method":"get","led":{"name":"nope"}})", "section_unknown"},
      {R"({"method":"get","led":{"name":["config","nope"]}})", "name_list_partly_unknown"},
      {R"({"method":"get","led":{"table":"config"}})", "section_unknown"},
      {R"({"method":"set","led":{"nope":{"a":"b"}}})", "section_unknown"},
      {R"({"method":"set","led":{"config":"on"}})", "section_argument_wrong"},
      {R"({"method":"set","led":{"config":{}}})", "argument_missing"},
      {R"({"method":"set","led":{"config":{"nope":"on"}}})", "field_unknown"},
      {R"({"method":"set","led":{"config":{"enabled":"purple"}}})", "value_not_allowed"},
      {R"({"method":"set","led":{"config":{"enabled":null}}})", "value_wrong_type"},
      {R"({"method":"set","function":{"module_spec":{"led":"0"}}})", "field_read_only"},
      {R"({"method":"do","led":{"blink":null}})", "action_unknown"},
      {R"({"method":"do","msg_alarm":{"manual_msg_alarm":{}}})", "argument_missing"},
      {R"({"method":"delete","firewall":{"name":["nope"]}})", "row_unknown"},
      {R"({"method":"add","firewall":{"table":"blacklist","name":"blacklist_1","para":{}}})",
       "row_exists"},
  };
  for (const auto& [body, kind] : cases) {
    SCOPED_TRACE(body.substr(0, 80));
    const auto& row = test.device.profile().badRequests.find(kind)->second.value;
    const auto reply = test.post(path, body);
    EXPECT_EQ(reply.status, row.status);
    EXPECT_EQ(at(reply, {"error_code"}), Json(row.errorCode)) << kind;
  }
  EXPECT_EQ(test.send({.method = "GET", .target = "/snapshot.jpg"}).status, 404);
  EXPECT_EQ(test.send({.method = "PUT", .target = "/"}).status, 405);
}

TEST(Device, TakesEffortForALoginOnly) {
  const TestDevice test;
  EXPECT_EQ(test.device.effortOf(
                {.method = "POST", .target = "/", .body = R"({"method":"do","login":{}})"}),
            Effort::heavy);
  EXPECT_EQ(test.device.effortOf(
                {.method = "POST", .target = "/stok=x/ds", .body = R"({"method":"get","led":{}})"}),
            Effort::light);
}

}  // namespace stoklab::emulator
