// The only door to cryptography: the few primitives that the login and the redaction of recordings
// need. OpenSSL stands behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

// Upper-case hex, as the protocol wants its MD5 (facts.md P1), and lower-case for type "3" (P9).
std::string md5UpperHex(std::string_view text);
std::string md5LowerHex(std::string_view text);

// Lower-case hex; used for certificate fingerprints.
std::string sha256Hex(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104): 32 raw bytes.
std::string hmacSha256(std::string_view key, std::string_view bytes);

// Fit for keys. Ends the program if the system has no randomness to give.
std::string randomBytes(std::size_t count);

// Standard alphabet with padding, no line breaks.
std::string base64Encode(std::string_view bytes);
// Fails with ErrorKind::malformed on anything but complete base64 (white space included).
Result<std::string> base64Decode(std::string_view text);

// Constant-time for equal lengths.
bool sameSecret(std::string_view a, std::string_view b);

// How a challenge writes a key before it is base64.
enum class SpkiForm {
  strict,           // DER of an X.509 SubjectPublicKeyInfo (facts.md C6)
  withoutSignByte,  // the modulus lacks its leading zero byte and so reads as negative (C7)
};

// The key of a challenge. Immutable; may be used from several threads.
class RsaPublicKey {
 public:
  // Takes the "key" field of a challenge after percent-decoding: base64 of an X.509
  // SubjectPublicKeyInfo in either form. Fails with ErrorKind::malformed on anything else.
  static Result<RsaPublicKey> parse(std::string_view base64Spki);

  // What it was read from.
  SpkiForm form() const;
  std::size_t bits() const;

  // RSAES-PKCS1-v1_5 with random padding. Fails with ErrorKind::malformed if `text` is longer
  // than the key allows (key bytes - 11).
  Result<std::string> encrypt(std::string_view text) const;

 private:
  struct Key;
  explicit RsaPublicKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;
};

// The emulated device's side of the same key. Immutable; may be used from several threads, each
// of which keeps a key context of its own.
class RsaPrivateKey {
 public:
  // Takes milliseconds for 1024 bits and up to 0.3 s for 2048: never on a serving thread.
  static RsaPrivateKey generate(std::size_t bits);
  // PEM, as written by pem(). Fails with ErrorKind::malformed.
  static Result<RsaPrivateKey> parsePem(std::string_view pem);
  std::string pem() const;

  std::size_t bits() const;
  std::string publicSpkiBase64(SpkiForm form = SpkiForm::strict) const;

  // Fails with ErrorKind::malformed if `ciphertext` is not of the key's length or its padding is
  // wrong.
  Result<std::string> decrypt(std::string_view ciphertext) const;

 private:
  struct Key;
  explicit RsaPrivateKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const Key> key_;
};

}  // namespace stoklab::protocol
