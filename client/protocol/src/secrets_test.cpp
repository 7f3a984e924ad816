#include "stoklab/protocol/secrets.h"

#include <algorithm>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

TEST(Redact, HidesEverySecretFieldAtAnyDepth) {
  const auto value = parseJson(
      R"({"stok":"t0ken","a":[{"password":"p"},{"login":{"passwd":"q","username":"admin"}}]})");
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(
      printJson(redact(*value)),
      R"({"stok":"***","a":[{"password":"***"},{"login":{"passwd":"***","username":"admin"}}]})");
}

TEST(Redact, HidesWholeStructuresUnderASecretName) {
  EXPECT_EQ(printJson(redact(Json::object({{"key", Json::array({"a", 1})}}))), R"({"key":"***"})");
}

TEST(Redact, ShowsThatThereIsNoSecret) {
  const Json value = Json::object({{"password", ""}, {"nonce", nullptr}});
  EXPECT_EQ(redact(value), value);
}

TEST(Redact, ShowsOnlyTheLengthOfWhatIsNotJson) {
  EXPECT_EQ(redactBody("password=secret"), "(15 bytes that are not JSON)");
  EXPECT_EQ(redactBody("\"secret\""), "(8 bytes that are not JSON)");
  EXPECT_EQ(redactBody(R"({"stok":"x"})"), R"({"stok":"***"})");
}

TEST(SecretFields, AreSorted) {
  const auto fields = secretFields();
  EXPECT_TRUE(std::is_sorted(fields.begin(), fields.end()));
  EXPECT_TRUE(isSecretField("ciphertext"));
  EXPECT_FALSE(isSecretField("username"));
}

}  // namespace stoklab::protocol
