#include "stoklab/protocol/challenge.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {
Json dataOf(const char* text) { return *parseJson(text); }
}  // namespace

TEST(Challenge, IsReadAsTheDeviceSendsIt) {
  const auto challenge = parseChallenge(
      dataOf(R"({"code":-40407,"encrypt_type":["1","2"],"key":"AB%2bC%2fD%3d","nonce":"lU3L7xDN",)"
             R"("passwdType":"md5"})"));
  ASSERT_THAT(challenge, IsOk());
  EXPECT_EQ(challenge->code, -40407);
  EXPECT_THAT(challenge->encryptTypes, ElementsAre("1", "2"));
  EXPECT_EQ(challenge->key, "AB+C/D=");
  EXPECT_EQ(challenge->nonce, "lU3L7xDN");
  EXPECT_EQ(challenge->passwdType, "md5");
  EXPECT_EQ(challenge->key2, std::nullopt);
  EXPECT_EQ(challenge->attemptsLeft, std::nullopt);
}

TEST(Challenge, CarriesTheStateOfTheLockout) {
  const auto challenge = parseChallenge(
      dataOf(R"({"code":-40404,"key":"A","nonce":"n","time":0,"max_time":"10","sec_left":1799})"));
  ASSERT_THAT(challenge, IsOk());
  EXPECT_EQ(challenge->attemptsLeft, 0);
  EXPECT_EQ(challenge->maxAttempts, 10);
  EXPECT_EQ(challenge->lockedFor, std::chrono::seconds(1799));
}

TEST(Challenge, ComesBackFromItsOwnPrint) {
  const Challenge challenge{.code = -40401,
                            .encryptTypes = {"1", "2"},
                            .key = "A+/=",
                            .key2 = "B",
                            .nonce = "12345678",
                            .md5EncryptType = "1",
                            .passwdType = "md5",
                            .attemptsLeft = 9,
                            .maxAttempts = 10,
                            .lockedFor = std::chrono::seconds(5)};
  const auto back = parseChallenge(toJson(challenge));
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(toJson(*back), toJson(challenge));
  EXPECT_EQ(back->key2, "B");
  EXPECT_EQ(back->md5EncryptType, "1");
}

TEST(Challenge, NamesTheKindOfMd5AsTextOrAsNumber) {
  for (const char* value : {"\"1\"", "1", "\"%31\""}) {
    SCOPED_TRACE(value);
    const auto challenge = parseChallenge(dataOf(
        (R"({"key":"A","nonce":"n","md5_encrypt_type":)" + std::string(value) + "}").c_str()));
    ASSERT_THAT(challenge, IsOk());
    EXPECT_EQ(challenge->md5EncryptType, "1");
  }
}

TEST(Challenge, SaysWhatIsMissing) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"[]", "array"},
      {R"({"nonce":"n"})", "key"},
      {R"({"key":"A"})", "nonce"},
      {R"({"key":1,"nonce":"n"})", "key"},
      {R"({"key":"A","nonce":"a:b"})", "':'"},
      {R"({"key":"A","nonce":"n","encrypt_type":"2"})", "encrypt_type"},
      {R"({"key":"A","nonce":"n","encrypt_type":[2]})", "encrypt_type"}};
  for (const auto& [text, part] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseChallenge(dataOf(text)), FailsSaying(HasSubstr(part)));
  }
}

}  // namespace stoklab::protocol
