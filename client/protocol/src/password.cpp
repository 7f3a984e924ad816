#include "stoklab/protocol/password.h"

#include <algorithm>
#include <array>

#include "stoklab/protocol/crypto.h"

namespace stoklab::protocol {

namespace {

// The vendor's constant; it goes before the password (facts.md P1, P2).
constexpr std::string_view kSalt = "TPCQ75NF2Y:";

// The vendor's constants of orgAuthPwd (P7).
constexpr std::string_view kOrgAuthKey = "RDpbLfCPsJZ7fiv";
constexpr std::string_view kOrgAuthAlphabet =
    "yLwVl0zKqws7LgKPRQ84Mdt708T1qQ3Ha7xv3H7NyU84p21BriUWBU43odz3iP4rBL3cD02KZciX"
    "TysVXiV8ngg6vL48rPJyAUw0HurW20xqxv9aYb4M9wK1Ae0wlro510qXeU07kV57fQMc8L6aLgML"
    "wygtc0F10a0Dg70TOoouyFhdysuRMO51yY5ZlOZZLEal1h0t9YQW0Ko7oBwmCAHoic4HYbUyVeU3"
    "sfQ1xtXcPcf1aT303wAQhv66qzW";
static_assert(kOrgAuthAlphabet.size() == 255);

// What stands where a text has ended before the other.
constexpr unsigned char kPadding = 0xBB;

unsigned char byteOf(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : kPadding;
}

std::string orgAuthPassword(std::string_view password) {
  std::string out(std::max(password.size(), kOrgAuthKey.size()), '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t mixed =
        static_cast<std::size_t>(byteOf(password, i) ^ byteOf(kOrgAuthKey, i));
    out[i] = kOrgAuthAlphabet[mixed % kOrgAuthAlphabet.size()];
  }
  return out;
}

Result<PasswordTransform> transformOf(const Challenge& challenge) {
  if (!challenge.passwdType) return PasswordTransform::orgAuthPwd;
  if (*challenge.passwdType == "md5") return PasswordTransform::md5;
  return malformed("the challenge asks for the passwdType \"" + *challenge.passwdType +
                   "\"; known are \"md5\" and none");
}

using Prepare = Result<PreparedPassword> (*)(std::string_view, const Challenge&);

Result<PreparedPassword> prepareEncrypted(std::string_view password, const Challenge& challenge) {
  const auto transform = transformOf(challenge);
  if (!transform) return transform.error();
  const auto key = RsaPublicKey::parse(challenge.key2 ? *challenge.key2 : challenge.key);
  if (!key) return key.error();
  const auto ciphertext =
      key->encrypt(bindToNonce(transformPassword(*transform, password), challenge.nonce));
  if (!ciphertext) return ciphertext.error();
  PreparedPassword prepared{.password = base64Encode(*ciphertext),
                            .encryptType = "2",
                            .passwdType = challenge.passwdType};
  if (challenge.key2) prepared.keyType = "1";
  return prepared;
}

Result<PreparedPassword> prepareDigest(std::string_view password, const Challenge& challenge) {
  return PreparedPassword{.password = digestForNonce(password, challenge.nonce),
                          .encryptType = "3",
                          .md5EncryptType = challenge.md5EncryptType};
}

Result<PreparedPassword> prepareBare(std::string_view password, const Challenge& challenge) {
  const auto transform = transformOf(challenge);
  if (!transform) return transform.error();
  return PreparedPassword{.password = transformPassword(*transform, password),
                          .encryptType = "1",
                          .passwdType = challenge.passwdType};
}

// The best first.
struct Type {
  std::string_view name;
  Prepare prepare;
  std::string_view md5EncryptType = {};  // what the challenge must say besides
};
constexpr std::array<Type, 3> kTypes = {{
    {.name = "2", .prepare = prepareEncrypted},
    {.name = "3", .prepare = prepareDigest, .md5EncryptType = "1"},
    {.name = "1", .prepare = prepareBare},
}};

bool isOffered(const Type& type, const Challenge& challenge) {
  const auto& types = challenge.encryptTypes;
  if (std::find(types.begin(), types.end(), type.name) == types.end()) return false;
  return type.md5EncryptType.empty() || challenge.md5EncryptType == type.md5EncryptType;
}

}  // namespace

std::string transformPassword(PasswordTransform transform, std::string_view password) {
  return transform == PasswordTransform::md5 ? hashPassword(password) : orgAuthPassword(password);
}

std::string hashPassword(std::string_view password) {
  return md5UpperHex(std::string(kSalt).append(password));
}

std::string bindToNonce(std::string_view passwordHash, std::string_view nonce) {
  return std::string(passwordHash).append(":").append(nonce);
}

std::string digestForNonce(std::string_view password, std::string_view nonce) {
  return md5LowerHex(bindToNonce(password, nonce));
}

Result<PreparedPassword> preparePassword(std::string_view password, const Challenge& challenge) {
  for (const Type& type : kTypes)
    if (isOffered(type, challenge)) return type.prepare(password, challenge);
  return malformed(
      "the challenge offers no known encrypt type: \"1\", \"2\", or \"3\" with the "
      "md5_encrypt_type \"1\"");
}

}  // namespace stoklab::protocol
