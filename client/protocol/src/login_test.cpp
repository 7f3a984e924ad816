#include "stoklab/protocol/login.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::HasSubstr;

TEST(Login, IsPrintedAsTheDeviceExpectsIt) {
  EXPECT_EQ(printRequest(challengeRequest()),
            R"({"method":"do","user_management":{"get_encrypt_info":null}})");
  EXPECT_EQ(printRequest(loginRequest(
                "admin", {.password = "a+/=", .encryptType = "2", .passwdType = "md5"})),
            R"({"method":"do","login":{"username":"admin","password":"a%2B%2F%3D",)"
            R"("passwdType":"md5","encrypt_type":"2"}})");
  EXPECT_THAT(
      printRequest(loginRequest("a", {.password = "p", .encryptType = "2", .keyType = "1"})),
      HasSubstr(R"("keyType":"1")"));
  EXPECT_EQ(
      printRequest(loginRequest("a", {.password = "p", .encryptType = "3", .md5EncryptType = "1"})),
      R"({"method":"do","login":{"username":"a","password":"p","encrypt_type":"3",)"
      R"("md5_encrypt_type":"1"}})");
}

TEST(Login, GrantsATokenAndAGroup) {
  const auto admission =
      parseAdmission(*parseReply(R"({"error_code":0,"stok":"9c0ffee1","user_group":"root"})"));
  ASSERT_THAT(admission, IsOk());
  EXPECT_EQ(admission->token.text(), "9c0ffee1");
  EXPECT_EQ(admission->userGroup, "root");
}

TEST(Login, IsMalformedWithoutAUsableToken) {
  for (const char* text :
       {R"({"error_code":0})", R"({"error_code":0,"stok":""})", R"({"error_code":0,"stok":1})"})
    EXPECT_THAT(parseAdmission(*parseReply(text)), FailsWith(ErrorKind::malformed)) << text;
}

TEST(LoginError, SaysHowManyAttemptsAreLeft) {
  const auto error = loginError(
      *parseReply(R"({"error_code":-40401,"data":{"code":-40401,"time":9,"max_time":10}})"));
  EXPECT_EQ(error.kind, ErrorKind::refused);
  EXPECT_EQ(error.deviceCode, -40401);
  EXPECT_THAT(error.detail, HasSubstr("9 of 10 attempts left"));
}

TEST(LoginError, KnowsALockWhereverItStands) {
  for (const char* text : {R"({"error_code":-40404,"data":{"sec_left":1799}})",
                           R"({"error_code":-40401,"data":{"code":-40404,"sec_left":1799}})",
                           R"({"error_code":-40404,"sec_left":1799})"}) {
    SCOPED_TRACE(text);
    const auto error = loginError(*parseReply(text));
    EXPECT_EQ(error.kind, ErrorKind::locked);
    EXPECT_EQ(error.deviceCode, -40404);
    EXPECT_EQ(error.retryAfter, std::chrono::seconds(1799));
  }
  const auto forGood = loginError(*parseReply(R"({"error_code":-40401,"data":{"code":-40408}})"));
  EXPECT_EQ(forGood.kind, ErrorKind::locked);
  EXPECT_EQ(forGood.retryAfter, std::nullopt);
}

TEST(LoginError, PassesOtherCodesOn) {
  EXPECT_EQ(loginError(*parseReply(R"({"error_code":-40401,"data":{"code":-40410}})")).deviceCode,
            -40410);
  EXPECT_EQ(loginError(*parseReply(R"({"error_code":-40406})")).deviceCode, -40406);
}

}  // namespace stoklab::protocol
