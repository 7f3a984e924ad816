// How a password becomes what the login carries, one function per step (facts.md P1 - P9):
//
//   transformPassword  by the kind of device: UPPERHEX(MD5(salt + password)), salt first (P1), or
//                      the older orgAuthPwd (P7)
//   bindToNonce        that + ":" + nonce
//   encrypt + base64   RSAES-PKCS1-v1_5; 1024 bits: 128 bytes, 172 characters
//
// Type "1" stops after the first step, type "2" takes all of them. Type "3" is another way: the MD5
// of the password itself and the nonce (P9).
//
// The one thing not to get wrong: which way a device goes is read from its challenge and never
// tried, since each login that fails brings the device nearer to its lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

enum class PasswordTransform {
  md5,         // where the challenge says "passwdType":"md5"
  orgAuthPwd,  // where it says nothing: the Chinese family
};

// 32 hex digits for md5; for orgAuthPwd as many characters as the password has bytes, at least 15.
// orgAuthPwd goes by bytes; what a device does with a password outside ASCII is not known.
std::string transformPassword(PasswordTransform transform, std::string_view password);

// transformPassword(PasswordTransform::md5, password)
std::string hashPassword(std::string_view password);

std::string bindToNonce(std::string_view passwordHash, std::string_view nonce);

// What type "3" sends: lower-case hex MD5 of password ":" nonce (P9).
std::string digestForNonce(std::string_view password, std::string_view nonce);

// The password part of a login request.
struct PreparedPassword {
  std::string password;                            // for the wire, before percent-encoding
  std::string encryptType;                         // "1", "2" or "3"
  std::optional<std::string> passwdType = {};      // "md5"; absent with orgAuthPwd and type "3"
  std::optional<std::string> md5EncryptType = {};  // "1" with type "3"
  std::optional<std::string> keyType = {};         // "1" if key_2 was used (C5)
};

// Chooses type "2" if the challenge lists it (C13), else "3" if the challenge says which MD5 that
// is, else "1", which anybody who listens can use again; key_2 where the challenge has one (C5);
// and the transformation that its passwdType names. Fails with ErrorKind::malformed if the
// challenge lists none of the types, names an unknown passwdType or its key is unusable.
Result<PreparedPassword> preparePassword(std::string_view password, const Challenge& challenge);

}  // namespace stoklab::protocol
