#include "stoklab/protocol/password.h"

#include <algorithm>

#include "stoklab/protocol/crypto.h"

namespace stoklab::protocol {

namespace {
// The vendor's constant; it goes before the password (facts.md P1, P2).
constexpr std::string_view kSalt = "TPCQ75NF2Y:";

bool lists(const Challenge& challenge, std::string_view type) {
  const auto& types = challenge.encryptTypes;
  return std::find(types.begin(), types.end(), type) != types.end();
}
}  // namespace

std::string hashPassword(std::string_view password) {
  return md5UpperHex(std::string(kSalt).append(password));
}

std::string bindToNonce(std::string_view passwordHash, std::string_view nonce) {
  return std::string(passwordHash).append(":").append(nonce);
}

Result<PreparedPassword> preparePassword(std::string_view password, const Challenge& challenge) {
  const std::string hash = hashPassword(password);
  if (!lists(challenge, "2")) {
    if (!lists(challenge, "1"))
      return malformed("the challenge offers neither encrypt type \"1\" nor \"2\"");
    return PreparedPassword{.password = hash, .encryptType = "1"};
  }
  const auto key = RsaPublicKey::parse(challenge.key2 ? *challenge.key2 : challenge.key);
  if (!key) return key.error();
  const auto ciphertext = key->encrypt(bindToNonce(hash, challenge.nonce));
  if (!ciphertext) return ciphertext.error();
  PreparedPassword prepared{.password = base64Encode(*ciphertext), .encryptType = "2"};
  if (challenge.key2) prepared.keyType = "1";
  return prepared;
}

}  // namespace stoklab::protocol
