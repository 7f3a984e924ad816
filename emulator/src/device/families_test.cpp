// What tells families of devices from each other: how a password travels, how keys are written, and
// how answers look.
#include <gmock/gmock.h>

#include "stoklab/emulator/device.h"
#include "stoklab/protocol/testing/result_matchers.h"
#include "test_device.h"

namespace stoklab::emulator {

using namespace std::chrono_literals;
using protocol::Json;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const protocol::RsaPrivateKey& secondKey() {
  static const auto kKey = protocol::RsaPrivateKey::generate(2048);
  return kKey;
}

fixtures::Profile chineseProfile() {
  auto profile = testProfile();
  profile.authentication.passwdType.value.clear();
  profile.authentication.passwordTransform.value = fixtures::PasswordTransform::orgAuthPwd;
  return profile;
}

fixtures::Profile digestProfile() {
  auto profile = chineseProfile();
  profile.authentication.encryptTypes.value = {"3"};
  profile.authentication.md5EncryptType.value = "1";
  return profile;
}

std::string loginBody(const std::string& arguments) {
  return R"({"method":"do","login":{"username":"admin",)" + arguments + "}}";
}

}  // namespace

TEST(ChineseDevice, TakesTheOldTransformation) {
  TestDevice test(chineseProfile());
  EXPECT_EQ(test.challenge().passwdType, std::nullopt);
  EXPECT_EQ(at(test.login("secret-1"), {"error_code"}), Json(0));
  EXPECT_EQ(at(test.login("wrong"), {"error_code"}), Json(-40401));
}

// The value is the published one of P8.
TEST(ChineseDevice, TakesTheBareTextWithoutAType) {
  TestDevice test(chineseProfile(), "admin");
  EXPECT_EQ(at(test.post("/", loginBody(R"("password":"WaQ7xbhc9TefbwK")")), {"error_code"}),
            Json(0));
  EXPECT_EQ(at(test.post("/", loginBody(R"("password":"WaQ7xbhc9TefbwK","encrypt_type":"1")")),
               {"error_code"}),
            Json(0));
  EXPECT_EQ(at(test.post("/", loginBody(R"("password":"xHVQ3wiB9TefbwK")")), {"data", "time"}),
            Json(9));
}

TEST(ChineseDevice, DoesNotTakeAnMd5) {
  TestDevice test(chineseProfile());
  auto challenge = test.challenge();
  challenge.passwdType = "md5";
  const auto prepared = protocol::preparePassword("secret-1", challenge);
  const auto reply = test.post("/", printRequest(protocol::loginRequest("admin", *prepared)));
  EXPECT_EQ(at(reply, {"data", "time"}), Json(9));
}

TEST(ChineseDevice, TakesANewPassword) {
  TestDevice test(chineseProfile(), "password");
  const auto path = test.open("password");
  const auto change = [&](const std::string& oldOne, const std::string& newOne) {
    return at(test.post(path, R"({"method":"do","user_management":{"change_user_info":{)"
                              R"("secname":"root","username":"admin","old_passwd":")" +
                                  oldOne + R"(","passwd":")" + newOne + R"("}}})"),
              {"error_code"});
  };
  EXPECT_EQ(change("WaQ7xbhc9TefbwK", "WaQ7xbhc9TefbwK"), Json(-60506));
  EXPECT_EQ(change("xHVQ3wiB9TefbwK", "short"), Json(-40209));
  EXPECT_EQ(change("xHVQ3wiB9TefbwK", "WaQ7xbhc9TefbwK"), Json(0));
  EXPECT_EQ(at(test.login("admin"), {"error_code"}), Json(0));
}

TEST(ChineseDevice, AnswersAPageWithKeyAndNonce) {
  TestDevice test(chineseProfile());
  const auto page = test.send({.method = "GET", .target = "/pc/Content.htm"});
  const auto challenge = protocol::parseChallenge(at(page, {"data"}));
  ASSERT_THAT(challenge, protocol::IsOk());
  const auto prepared = protocol::preparePassword("secret-1", *challenge);
  ASSERT_THAT(prepared, protocol::IsOk());
  EXPECT_EQ(
      at(test.post("/", printRequest(protocol::loginRequest("admin", *prepared))), {"error_code"}),
      Json(0));
}

TEST(ChineseDevice, WritesItsKeyWithoutTheSignByte) {
  auto profile = chineseProfile();
  profile.authentication.keyForm.value = fixtures::KeyForm::spkiWithoutSignByte;
  TestDevice test(std::move(profile));
  EXPECT_EQ(protocol::base64Decode(test.challenge().key)->size(), 161U);
  EXPECT_EQ(at(test.login("secret-1"), {"error_code"}), Json(0));
}

TEST(DigestDevice, TakesTheMd5OfThePasswordAndItsNonce) {
  TestDevice test(digestProfile());
  EXPECT_EQ(test.challenge().md5EncryptType, "1");
  EXPECT_EQ(at(test.login("secret-1"), {"error_code"}), Json(0));
  EXPECT_EQ(at(test.login("wrong"), {"data", "time"}), Json(9));
}

TEST(DigestDevice, TakesEachNonceOnceAndOnlyItsOwn) {
  TestDevice test(digestProfile());
  const auto body = [](const std::string& nonce) {
    return loginBody(R"("password":")" + protocol::digestForNonce("secret-1", nonce) +
                     R"(","encrypt_type":"3","md5_encrypt_type":"1")");
  };
  const auto first = test.challenge().nonce;
  const auto late = test.challenge().nonce;
  EXPECT_EQ(at(test.post("/", body(first)), {"error_code"}), Json(0));
  EXPECT_NE(at(test.post("/", body(first)), {"error_code"}), Json(0));
  EXPECT_NE(at(test.post("/", body("abcdefgh")), {"error_code"}), Json(0));
  test.clock.advance(24h);
  EXPECT_NE(at(test.post("/", body(late)), {"error_code"}), Json(0));
}

TEST(DigestDevice, RefusesADigestThatDoesNotSayWhichItIs) {
  TestDevice test(digestProfile());
  const auto digest = protocol::digestForNonce("secret-1", test.challenge().nonce);
  for (const char* rest : {R"("encrypt_type":"3")", R"("encrypt_type":"3","md5_encrypt_type":"2")",
                           R"("encrypt_type":"2","md5_encrypt_type":"1")"}) {
    SCOPED_TRACE(rest);
    EXPECT_NE(
        at(test.post("/", loginBody(R"("password":")" + digest + "\"," + rest)), {"error_code"}),
        Json(0));
  }
}

TEST(DeviceWithASecondKey, TakesPasswordsForEitherKey) {
  TestDevice test(testProfile(), {.account = {.password = "secret-1"}},
                  {testLoginKey(), secondKey()});
  auto challenge = test.challenge();
  EXPECT_EQ(challenge.key2, secondKey().publicSpkiBase64());
  EXPECT_EQ(at(test.login("secret-1"), {"error_code"}), Json(0)) << "with key_2 and keyType 1";

  challenge.key2.reset();
  const auto prepared = protocol::preparePassword("secret-1", challenge);
  EXPECT_EQ(
      at(test.post("/", printRequest(protocol::loginRequest("admin", *prepared))), {"error_code"}),
      Json(0))
      << "with key";
}

TEST(DeviceWithASecondKey, CannotReadWhatIsForTheOtherKey) {
  TestDevice test(testProfile(), {.account = {.password = "secret-1"}},
                  {testLoginKey(), secondKey()});
  auto prepared = protocol::preparePassword("secret-1", test.challenge());
  prepared->keyType.reset();
  EXPECT_EQ(at(test.post("/", printRequest(protocol::loginRequest("admin", *prepared))),
               {"data", "time"}),
            Json(9));
}

TEST(DeviceWithMetaKeys, SaysHowItsSettingsLieInTheirFile) {
  auto profile = testProfile();
  profile.wire.metaKeys.value = true;
  TestDevice test(std::move(profile));
  const auto path = test.open();
  EXPECT_THAT(test.post(path, R"({"method":"get","led":{"name":"config"}})").body,
              HasSubstr(R"("config":{".name":"config",".type":"config",".anonymous":false,)"
                        R"("enabled":"on"})"));
  // Behind date, week and font.
  EXPECT_THAT(test.post(path, R"({"method":"get","OSD":{"table":"label_info"}})").body,
              HasSubstr(R"({"label_info_2":{".name":"label_info_2",".type":"label_info",)"
                        R"(".anonymous":false,".index":4,"enabled")"));
  EXPECT_THAT(test.post(path, R"({"method":"get","OSD":{"name":"label_info_2"}})").body,
              HasSubstr(R"(".index":4,"enabled")"));
  // What is made up when it is asked for lies in no file.
  EXPECT_THAT(test.post(path, R"({"method":"get","system":{"name":"clock_status"}})").body,
              Not(HasSubstr(".name")));
}

TEST(DeviceWithMetaKeys, TakesThemBackWithoutStoringThem) {
  auto profile = testProfile();
  profile.wire.metaKeys.value = true;
  TestDevice test(std::move(profile));
  const auto path = test.open();
  EXPECT_EQ(test.post(path, R"({"method":"set","led":{"config":{".name":"x",".type":"y",)"
                            R"(".anonymous":true,".index":9,"enabled":"off"}}})")
                .body,
            R"({"error_code":0})");
  EXPECT_THAT(
      test.post(path, R"({"method":"get","led":{"name":"config"}})").body,
      HasSubstr(R"({".name":"config",".type":"config",".anonymous":false,"enabled":"off"})"));
  // Without meta keys they are fields that nobody knows.
  TestDevice other;
  EXPECT_NE(at(other.post(other.open(), R"({"method":"set","led":{"config":{".name":"x"}}})"),
               {"error_code"}),
            Json(0));
}

TEST(DeviceWithObjectTables, GivesRowsByName) {
  auto profile = testProfile();
  profile.wire.tableForm.value = fixtures::TableForm::object;
  TestDevice test(std::move(profile));
  const auto path = test.open();
  EXPECT_THAT(test.post(path, R"({"method":"get","OSD":{"table":"label_info"}})").body,
              HasSubstr(R"("label_info":{"label_info_1":{"enabled")"));
  EXPECT_THAT(test.post(path, R"({"method":"get","user_management":{"table":"guest"}})").body,
              HasSubstr(R"("guest":{})"));
}

}  // namespace stoklab::emulator
