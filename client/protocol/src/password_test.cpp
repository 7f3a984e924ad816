#include "stoklab/protocol/password.h"

#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::HasSubstr;

namespace {
const RsaPrivateKey& testKey() {
  static const RsaPrivateKey kKey = RsaPrivateKey::generate(1024);
  return kKey;
}
Challenge challengeWith(std::vector<std::string> types) {
  return {.encryptTypes = std::move(types),
          .key = testKey().publicSpkiBase64(),
          .nonce = "abcdefgh",
          .passwdType = "md5"};
}
}  // namespace

// The published values (P2, P3): one printed by the vendor, one from a script that ran vendor code.
TEST(Password, IsHashedWithTheSaltFirst) {
  EXPECT_EQ(hashPassword("aaaaaa"), "C6A173D4EC7FB10AC11B5E37C975D453");
  EXPECT_EQ(hashPassword("TestPass123"), "F8A44BD7A62BEC2512DE5EB295A68997");
}

// The published values of P8.
TEST(Password, IsTransformedAsTheChineseFamilyWantsIt) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"", "tyWcQbhc9TefbwK"},
      {"admin", "WaQ7xbhc9TefbwK"},
      {"password", "xHVQ3wiB9TefbwK"},
      {"long-password-1234567890", "4430UtxvyPU0wDKVkcMQfXq7"}};
  for (const auto& [password, text] : cases) {
    SCOPED_TRACE(password);
    EXPECT_EQ(transformPassword(PasswordTransform::orgAuthPwd, password), text);
  }
}

TEST(Password, IsTransformedWithoutTroubleWhateverItsBytes) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(transformPassword(PasswordTransform::orgAuthPwd, every).size(), 256U);
}

TEST(Password, IsBoundToTheNonce) {
  EXPECT_EQ(bindToNonce("F8A44BD7A62BEC2512DE5EB295A68997", "abcdefgh"),
            "F8A44BD7A62BEC2512DE5EB295A68997:abcdefgh");
}

TEST(Password, IsEncryptedWhereTheDeviceOffersIt) {
  const auto prepared = preparePassword("TestPass123", challengeWith({"1", "2"}));
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->encryptType, "2");
  EXPECT_EQ(prepared->passwdType, "md5");
  EXPECT_EQ(prepared->keyType, std::nullopt);
  EXPECT_EQ(prepared->password.size(), 172U);
  const auto plain = testKey().decrypt(*base64Decode(prepared->password));
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(*plain, "F8A44BD7A62BEC2512DE5EB295A68997:abcdefgh");
}

TEST(Password, IsOnlyHashedForTypeOne) {
  const auto prepared = preparePassword("TestPass123", challengeWith({"1"}));
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->encryptType, "1");
  EXPECT_EQ(prepared->password, "F8A44BD7A62BEC2512DE5EB295A68997");
}

TEST(Password, IsTransformedTheOldWayWhereTheChallengeNamesNone) {
  auto challenge = challengeWith({"1", "2"});
  challenge.passwdType.reset();
  challenge.key = testKey().publicSpkiBase64(SpkiForm::withoutSignByte);
  const auto prepared = preparePassword("admin", challenge);
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->passwdType, std::nullopt);
  EXPECT_EQ(*testKey().decrypt(*base64Decode(prepared->password)), "WaQ7xbhc9TefbwK:abcdefgh");

  challenge.encryptTypes = {"1"};
  EXPECT_EQ(preparePassword("admin", challenge)->password, "WaQ7xbhc9TefbwK");
}

// echo -n TestPass123:abcdefgh | md5sum
TEST(Password, IsDigestedWithTheNonceForTypeThree) {
  auto challenge = challengeWith({"1", "3"});
  challenge.passwdType.reset();
  challenge.md5EncryptType = "1";
  const auto prepared = preparePassword("TestPass123", challenge);
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->encryptType, "3");
  EXPECT_EQ(prepared->md5EncryptType, "1");
  EXPECT_EQ(prepared->passwdType, std::nullopt);
  EXPECT_EQ(prepared->password, "34813a7ba3724c4a90ba5c6890a9881f");
}

TEST(Password, IsEncryptedRatherThanDigested) {
  auto challenge = challengeWith({"3", "2"});
  challenge.md5EncryptType = "1";
  EXPECT_EQ(preparePassword("x", challenge)->encryptType, "2");
}

TEST(Password, UsesTheSecondKeyWhereThereIsOne) {
  const auto second = RsaPrivateKey::generate(2048);
  auto challenge = challengeWith({"1", "2"});
  challenge.key2 = second.publicSpkiBase64();
  const auto prepared = preparePassword("x", challenge);
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->keyType, "1");
  EXPECT_THAT(second.decrypt(*base64Decode(prepared->password)), IsOk());
}

TEST(Password, CannotBePreparedForAnUnknownTypeOrABrokenKey) {
  EXPECT_THAT(preparePassword("x", challengeWith({"3"})), FailsSaying(HasSubstr("encrypt type")));
  EXPECT_THAT(preparePassword("x", challengeWith({})), FailsSaying(HasSubstr("encrypt type")));
  auto strange = challengeWith({"2"});
  strange.passwdType = "sha256";
  EXPECT_THAT(preparePassword("x", strange), FailsSaying(HasSubstr("passwdType \"sha256\"")));
  auto challenge = challengeWith({"2"});
  challenge.key = "AAAA";
  EXPECT_THAT(preparePassword("x", challenge), FailsWith(ErrorKind::malformed));
}

}  // namespace stoklab::protocol
