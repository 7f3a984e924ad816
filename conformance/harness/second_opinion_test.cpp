#include "harness/second_opinion.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace stoklab::conformance {
namespace {

using testing::Eq;
using testing::HasSubstr;
using testing::Not;

// A key pair made for this run, and what a device would send of it.
class KeyPair {
 public:
  KeyPair() : key_(EVP_RSA_gen(1024), &EVP_PKEY_free) {}

  std::string der() const {
    unsigned char* out = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &out);
    std::string text(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    return text;
  }
  std::string wireKey() const { return percentEncode(toBase64(der()), false); }

  std::string decrypt(const std::string& cipher, int padding = RSA_PKCS1_PADDING) const {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key_.get(), nullptr), &EVP_PKEY_CTX_free);
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), padding);
    std::string out(128, '\0');
    std::size_t size = out.size();
    const int done =
        EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                         reinterpret_cast<const unsigned char*>(cipher.data()), cipher.size());
    return done == 1 ? out.substr(0, size) : "(cannot be decrypted)";
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

const KeyPair& keyPair() {
  static const KeyPair pair;
  return pair;
}

std::string passwordIn(const std::string& body) {
  const std::string start = "\"password\":\"";
  const std::size_t at = body.find(start) + start.size();
  return body.substr(at, body.find('"', at) - at);
}

TEST(PasswordHash, IsTheOneOfTheVendorsDocument) {
  EXPECT_EQ(passwordHash("aaaaaa"), "C6A173D4EC7FB10AC11B5E37C975D453");
}

TEST(PasswordHash, IsTheOneOfTheRecordersClient) {
  EXPECT_EQ(passwordHash("TestPass123"), "F8A44BD7A62BEC2512DE5EB295A68997");
}

TEST(PasswordHash, DiffersWithTheSaltLast) {
  EXPECT_EQ(passwordHash("aaaaaa", HashForm::saltLastUpper), "3DFFE7607AEF85CF7C5743EDD3A4A011");
}

TEST(PasswordHash, CanBeLowerCase) {
  EXPECT_EQ(passwordHash("aaaaaa", HashForm::saltFirstLower), "c6a173d4ec7fb10ac11b5e37c975d453");
}

TEST(OrgAuthPassword, IsTheOneOfPublishedPairs) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"", "tyWcQbhc9TefbwK"},
      {"admin", "WaQ7xbhc9TefbwK"},
      {"password", "xHVQ3wiB9TefbwK"},
      {"long-password-1234567890", "4430UtxvyPU0wDKVkcMQfXq7"}};
  for (const auto& [password, text] : kPairs) EXPECT_EQ(orgAuthPassword(password), text);
}

TEST(WithSignByte, MakesAKeyReadableThatLacksIt) {
  const std::string whole = *fromBase64(percentDecode(keyPair().wireKey()));
  ASSERT_EQ(whole.size(), 162U);
  std::string lacking = whole;
  for (const std::size_t length : {2U, 20U, 24U, 27U}) --lacking[length];
  lacking.erase(28, 1);
  EXPECT_EQ(withSignByte(lacking), whole);
  EXPECT_EQ(withSignByte(whole), whole);
  EXPECT_EQ(withSignByte("no key"), "no key");
}

TEST(Sha256, IsTheOneOfTheStandard) {
  EXPECT_EQ(hex(sha256("abc"), false),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64, GoesThereAndBack) {
  EXPECT_EQ(toBase64("light"), "bGlnaHQ=");
  EXPECT_EQ(fromBase64("bGlnaHQ="), "light");
  EXPECT_EQ(fromBase64("AP8="), std::string("\0\xff", 2));
}

TEST(Base64, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "abc", "ab*=", "====", "a===", "ab c"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(fromBase64(text), std::nullopt);
  }
}

TEST(Percent, DecodesBothCases) { EXPECT_EQ(percentDecode("a%2Bb%2bc"), "a+b+c"); }

TEST(Percent, LeavesAPlusAndBrokenSequences) {
  EXPECT_EQ(percentDecode("a+b 100% %zz %4"), "a+b 100% %zz %4");
}

TEST(Percent, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percentEncode("aZ9-_.~ +/=", false), "aZ9-_.~%20%2b%2f%3d");
  EXPECT_EQ(percentEncode("+", true), "%2B");
  EXPECT_EQ(percentEncodeAll("a1"), "%61%31");
}

TEST(DeviceEncoding, IsLowerCaseAndComplete) {
  EXPECT_TRUE(isDeviceEncoded("VIGI%20C350%2b1.0-_~*"));
  for (const char* text : {"two words", "%2B", "100%", "%2", "a+b", "a/b", "caf\xc3\xa9", "[1]"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(isDeviceEncoded(text));
  }
}

TEST(KeyShape, IsReadFromTheDer) {
  const auto shape = keyShape(keyPair().der());
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->derBytes, 162U);
  EXPECT_EQ(shape->bits, 1024);
  EXPECT_EQ(shape->exponent, 65537UL);
}

TEST(KeyShape, IsEmptyForWhatIsNoKey) { EXPECT_EQ(keyShape("no key at all").has_value(), false); }

TEST(LoginBody, HoldsTheEncryptedHashAndNonce) {
  const auto body =
      loginBody({.username = "admin", .password = "TestPass123"}, keyPair().wireKey(), "abcdefgh");
  ASSERT_TRUE(body);
  const std::string wire = passwordIn(*body);
  EXPECT_THAT(wire, Not(HasSubstr("+")));
  EXPECT_THAT(wire, Not(HasSubstr("/")));
  const auto cipher = fromBase64(percentDecode(wire));
  ASSERT_TRUE(cipher);
  EXPECT_EQ(keyPair().decrypt(*cipher), "F8A44BD7A62BEC2512DE5EB295A68997:abcdefgh");
}

TEST(LoginBody, CanLeaveOutTheNonce) {
  const auto body =
      loginBody({.username = "admin", .password = "aaaaaa", .nonce = "", .form = PasswordForm::raw},
                keyPair().wireKey(), "abcdefgh");
  ASSERT_TRUE(body);
  const auto cipher = fromBase64(passwordIn(*body));
  ASSERT_TRUE(cipher);
  EXPECT_EQ(keyPair().decrypt(*cipher), "C6A173D4EC7FB10AC11B5E37C975D453");
}

TEST(LoginBody, AlwaysShowsWhatItsFormIsAbout) {
  for (int i = 0; i < 60; ++i) {  // without care, four of sixty would lack a slash
    const auto raw = loginBody({.password = "aaaaaa", .form = PasswordForm::raw},
                               keyPair().wireKey(), "abcdefgh");
    const auto partly = loginBody({.password = "aaaaaa", .form = PasswordForm::partlyEncoded},
                                  keyPair().wireKey(), "abcdefgh");
    ASSERT_TRUE(raw && partly);
    EXPECT_THAT(passwordIn(*raw), testing::AllOf(HasSubstr("/"), HasSubstr("+")));
    EXPECT_THAT(passwordIn(*partly), HasSubstr("%2F"));
  }
}

TEST(LoginBody, CanHaveThePaddingOfASignature) {
  const auto body =
      loginBody({.username = "admin", .password = "aaaaaa", .padding = Padding::signature},
                keyPair().wireKey(), "abcdefgh");
  ASSERT_TRUE(body);
  const auto cipher = fromBase64(percentDecode(passwordIn(*body)));
  ASSERT_TRUE(cipher);
  const std::string block = keyPair().decrypt(*cipher, RSA_NO_PADDING);
  EXPECT_EQ(block.substr(0, 3), std::string("\0\1\xff", 3));
  EXPECT_THAT(
      block, testing::EndsWith(std::string(1, '\0') + "C6A173D4EC7FB10AC11B5E37C975D453:abcdefgh"));
}

TEST(LoginBody, OfType1HoldsTheBareHash) {
  EXPECT_EQ(loginBody({.username = "admin", .password = "aaaaaa", .encryptType = "1"}, "", ""),
            R"({"method":"do","login":{"username":"admin",)"
            R"("password":"C6A173D4EC7FB10AC11B5E37C975D453",)"
            R"("passwdType":"md5","encrypt_type":"1"}})");
}

TEST(LoginBody, CanPutTheMethodLast) {
  EXPECT_EQ(loginBody({.username = "a", .secondKey = true, .ciphertext = "x"}, "", ""),
            R"({"method":"do","login":{"username":"a","password":"x","passwdType":"md5",)"
            R"("keyType":"1","encrypt_type":"2"}})");
  EXPECT_EQ(loginBody({.username = "a",
                       .password = "admin",
                       .encryptType = "1",
                       .transform = Transform::orgAuthPwd},
                      "", ""),
            R"({"method":"do","login":{"username":"a","password":"WaQ7xbhc9TefbwK",)"
            R"("encrypt_type":"1"}})");
  EXPECT_EQ(loginBody({.username = "admin", .ciphertext = "x", .methodLast = true}, "", ""),
            R"({"login":{"username":"admin","password":"x",)"
            R"("passwdType":"md5","encrypt_type":"2"},"method":"do"})");
}

TEST(LoginBody, IsEmptyWithoutAUsableKey) {
  EXPECT_EQ(loginBody({.password = "aaaaaa"}, "bm8ga2V5", "abcdefgh"), std::nullopt);
}

TEST(JsonString, EscapesWhatItMust) { EXPECT_EQ(jsonString("a\"b\\c\n"), R"("a\"b\\c\u000a")"); }

}  // namespace
}  // namespace stoklab::conformance
