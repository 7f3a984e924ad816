#include "stoklab/protocol/crypto.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

namespace {
const RsaPrivateKey& testKey() {
  static const RsaPrivateKey kKey = RsaPrivateKey::generate(1024);
  return kKey;
}
}  // namespace

TEST(Crypto, HashesAsPublished) {
  EXPECT_EQ(md5UpperHex(""), "D41D8CD98F00B204E9800998ECF8427E");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2.
TEST(Crypto, AuthenticatesAsPublished) {
  const std::string mac = hmacSha256("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(base64Encode(mac), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  EXPECT_NE(hmacSha256("other", "what do ya want for nothing?"), mac);
}

TEST(Crypto, GivesRandomBytesOfTheCountAskedFor) {
  EXPECT_EQ(randomBytes(0), "");
  EXPECT_EQ(randomBytes(32).size(), 32U);
  EXPECT_NE(randomBytes(32), randomBytes(32));
}

TEST(Crypto, Base64ComesBack) {
  EXPECT_EQ(base64Encode("fooba"), "Zm9vYmE=");
  for (const std::string text : {"", "f", "fo", "foo", "\xff\xfe+/"}) {
    const auto back = base64Decode(base64Encode(text));
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(*back, text);
  }
}

TEST(Crypto, RefusesWhatIsNotBase64) {
  for (const char* text : {"A", "AB", "ABC", "A===", "AB=C", "AB C", "AB\n=", "====", "Zm9v!mE="}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(base64Decode(text), FailsWith(ErrorKind::malformed));
  }
}

TEST(RsaKey, HasTheShapeThatClientsHardCode) {
  const auto der = base64Decode(testKey().publicSpkiBase64());
  ASSERT_THAT(der, IsOk());
  EXPECT_EQ(der->size(), 162U);
  EXPECT_EQ(der->substr(159, 3), std::string("\x01\x00\x01", 3));
  EXPECT_EQ(testKey().publicSpkiBase64().substr(0, 9), "MIGfMA0GC");
}

TEST(RsaKey, DecryptsWhatItsPublicHalfEncrypted) {
  const auto key = RsaPublicKey::parse(testKey().publicSpkiBase64());
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->bits(), 1024U);
  const auto ciphertext = key->encrypt("text");
  ASSERT_THAT(ciphertext, IsOk());
  EXPECT_EQ(ciphertext->size(), 128U);
  const auto back = testKey().decrypt(*ciphertext);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(*back, "text");
}

TEST(RsaKey, RefusesCiphertextThatDoesNotFit) {
  EXPECT_THAT(testKey().decrypt(""), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(testKey().decrypt("short"), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(testKey().decrypt(std::string(129, 'x')), FailsWith(ErrorKind::malformed));
}

TEST(RsaKey, RefusesTextThatIsTooLong) {
  const auto key = RsaPublicKey::parse(testKey().publicSpkiBase64());
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(key->encrypt(std::string(117, 'x')), IsOk());
  EXPECT_THAT(key->encrypt(std::string(118, 'x')), FailsWith(ErrorKind::malformed));
}

TEST(RsaKey, ComesBackFromItsPem) {
  const auto key = RsaPrivateKey::parsePem(testKey().pem());
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->publicSpkiBase64(), testKey().publicSpkiBase64());
  EXPECT_THAT(RsaPrivateKey::parsePem("no PEM"), FailsWith(ErrorKind::malformed));
}

// Some devices send 161 bytes: the modulus lacks the zero byte that keeps it positive (C7).
TEST(RsaKey, ReadsTheMalformedKeyOf161Bytes) {
  std::string der = *base64Decode(testKey().publicSpkiBase64());
  ASSERT_EQ(der[28], '\0') << "the sign byte of the modulus";
  der.erase(28, 1);
  ASSERT_EQ(der.size(), 161U);
  const auto untouchedLengths = der;
  EXPECT_THAT(RsaPublicKey::parse(base64Encode(untouchedLengths)), FailsWith(ErrorKind::malformed));

  // The same with every length made to fit: outer, bit string, sequence and modulus.
  der[2] = static_cast<char>(der[2] - 1);
  der[20] = static_cast<char>(der[20] - 1);
  der[24] = static_cast<char>(der[24] - 1);
  der[27] = static_cast<char>(der[27] - 1);
  const auto key = RsaPublicKey::parse(base64Encode(der));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->form(), SpkiForm::withoutSignByte);
  EXPECT_EQ(key->bits(), 1024U);
  EXPECT_EQ(*testKey().decrypt(*key->encrypt("text")), "text");
  EXPECT_EQ(testKey().publicSpkiBase64(SpkiForm::withoutSignByte), base64Encode(der));
}

TEST(RsaKey, IsReadWithoutItsSignByteInAnySize) {
  for (const std::size_t bits : {512U, 2048U}) {
    SCOPED_TRACE(bits);
    const auto whole = RsaPrivateKey::generate(bits);
    const auto key = RsaPublicKey::parse(whole.publicSpkiBase64(SpkiForm::withoutSignByte));
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(key->form(), SpkiForm::withoutSignByte);
    EXPECT_EQ(*whole.decrypt(*key->encrypt("text")), "text");
    EXPECT_EQ(RsaPublicKey::parse(whole.publicSpkiBase64())->form(), SpkiForm::strict);
  }
}

// Bytes of a network: whatever stands there is read or refused, and what is read is the same key.
TEST(RsaKey, SurvivesAnyByteInItsPlace) {
  const std::string der = *base64Decode(testKey().publicSpkiBase64());
  for (std::size_t i = 0; i < der.size(); ++i) {
    for (const int value : {0x00, 0x01, 0x30, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xFF}) {
      std::string changed = der;
      changed[i] = static_cast<char>(value);
      const auto key = RsaPublicKey::parse(base64Encode(changed));
      if (!key || changed == der) continue;
      EXPECT_THAT(key->encrypt("text"), IsOk()) << i << ", " << value;
      EXPECT_GE(i, 28U) << "only the numbers themselves may be others";
    }
    EXPECT_THAT(RsaPublicKey::parse(base64Encode(der.substr(0, i))),
                FailsWith(ErrorKind::malformed));
  }
}

TEST(RsaKey, RefusesWhatIsNoKey) {
  const std::string der = *base64Decode(testKey().publicSpkiBase64());
  for (const std::string& bad :
       {std::string(), der.substr(0, 161), der + "x", std::string(162, '\0'), std::string("hello")})
    EXPECT_THAT(RsaPublicKey::parse(base64Encode(bad)), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(RsaPublicKey::parse("%%%"), FailsWith(ErrorKind::malformed));
}

TEST(Crypto, ComparesSecrets) {
  EXPECT_TRUE(sameSecret("abc", "abc"));
  EXPECT_FALSE(sameSecret("abc", "abd"));
  EXPECT_FALSE(sameSecret("abc", "ab"));
}

}  // namespace stoklab::protocol
