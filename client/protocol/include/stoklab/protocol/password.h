// How a password becomes what the login carries, one function per step (facts.md P1 - P4):
//
//   hashPassword     UPPERHEX(MD5(salt + password)), salt first
//   bindToNonce      hash + ":" + nonce
//   encrypt + base64 RSAES-PKCS1-v1_5, 128 bytes, 172 characters
//
// Type "1" stops after the first step, type "2" takes all of them. This is the family that sends
// "passwdType":"md5"; older Chinese devices hash otherwise (P7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

std::string hashPassword(std::string_view password);

std::string bindToNonce(std::string_view passwordHash, std::string_view nonce);

// The password part of a login request.
struct PreparedPassword {
  std::string password;                     // for the wire, before percent-encoding
  std::string encryptType;                  // "1" or "2"
  std::optional<std::string> keyType = {};  // "1" if key_2 was used (C5)
};

// Chooses type "2" if the challenge lists it, else "1" (C13), and key_2 where the challenge has
// one (C5). Fails with ErrorKind::malformed if the challenge lists neither type or its key is
// unusable.
Result<PreparedPassword> preparePassword(std::string_view password, const Challenge& challenge);

}  // namespace stoklab::protocol
