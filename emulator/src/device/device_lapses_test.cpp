// What planted defects make of a device, and what options make of its times.
#include <gmock/gmock.h>
#include <openssl/rsa.h>

#include "lax_decrypt.h"
#include "pem.h"
#include "test_device.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;
using protocol::Json;

constexpr std::string_view kGet = R"({"method":"get","image":{"name":"switch"}})";

DeviceOptions lapsing(const Lapses& lapses) {
  return {.account = {.username = "admin", .password = "secret-1"}, .lapses = lapses};
}

// RSA over exactly these bytes.
std::string encryptedBlock(const protocol::RsaPrivateKey& key, const std::string& block) {
  const auto parsed = parsePrivateKey(key.pem());
  const std::unique_ptr<EVP_PKEY_CTX, OpenSslDeleter<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new(parsed->get(), nullptr));
  EVP_PKEY_encrypt_init(context.get());
  EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING);
  std::string out(block.size(), '\0');
  std::size_t size = out.size();
  EVP_PKEY_encrypt(context.get(), static_cast<unsigned char*>(static_cast<void*>(out.data())),
                   &size, static_cast<const unsigned char*>(static_cast<const void*>(block.data())),
                   block.size());
  return out;
}

}  // namespace

TEST(DeviceOptions, CanMakeASessionShort) {
  TestDevice test(testProfile(),
                  DeviceOptions{.account = {"admin", "secret-1"}, .sessionLifetime = 1500ms});
  const std::string path = test.open();
  test.clock.advance(1400ms);
  EXPECT_EQ(test.post(path, kGet).status, 200);
  test.clock.advance(1500ms);
  EXPECT_EQ(test.post(path, kGet).status, 401);
}

TEST(DeviceOptions, CanMakeALockShort) {
  TestDevice test(testProfile(),
                  DeviceOptions{.account = {"admin", "secret-1"}, .lockTime = 2200ms});
  for (int i = 0; i < 10; ++i) test.login("wrong");
  EXPECT_EQ(at(test.login("secret-1"), {"data", "sec_left"}), Json(3));
  test.clock.advance(2200ms);
  EXPECT_EQ(test.login("secret-1").status, 200);
}

TEST(Lapses, LetASessionLiveForEver) {
  TestDevice test(testProfile(), lapsing({.sessionsStay = true}));
  const std::string path = test.open();
  test.clock.advance(24h);
  EXPECT_EQ(test.post(path, kGet).status, 200);
}

TEST(Lapses, GiveTheSameTokenAgainWhileItLives) {
  TestDevice test(testProfile(), lapsing({.oneToken = true}));
  const std::string first = test.open();
  EXPECT_EQ(test.open(), first);
  test.post(first, R"({"method":"do","system":{"logout":null}})");
  EXPECT_NE(test.open(), first);
}

TEST(Lapses, AcceptAnEmptyPassword) {
  constexpr std::string_view kLogin =
      R"({"method":"do","login":{"username":"admin","password":"","encrypt_type":"2"}})";
  EXPECT_EQ(TestDevice(testProfile(), lapsing({.emptyPassword = true})).post("/", kLogin).status,
            200);
  EXPECT_EQ(TestDevice().post("/", kLogin).status, 401);
}

TEST(Lapses, DecideForHowLongADeviceIsLocked) {
  DeviceOptions options = lapsing({.lockTime = 3600s});
  options.lockTime = 2s;
  TestDevice test(testProfile(), options);
  for (int i = 0; i < 10; ++i) test.login("wrong");
  EXPECT_EQ(at(test.login("secret-1"), {"data", "sec_left"}), Json(3600));
}

TEST(LaxDecryption, TakesWhatStandsBehindTheLastZeroByte) {
  const std::string text = "HASH:nonce";
  const std::string block =
      std::string("\0\1", 2) + std::string(128 - 3 - text.size(), '\xff') + '\0' + text;
  const std::string ciphertext = encryptedBlock(testLoginKey(), block);
  EXPECT_EQ(decryptLaxly(testLoginKey(), ciphertext), text);
  EXPECT_FALSE(testLoginKey().decrypt(ciphertext).has_value());
}

TEST(LaxDecryption, RefusesWhatIsNotOfTheKeysLength) {
  EXPECT_EQ(decryptLaxly(testLoginKey(), "short"), std::nullopt);
}

}  // namespace stoklab::emulator
