// The judge's own idea of how a password travels, of percent-encoding and of base64.
//
// This is a second implementation on purpose. Client and emulator share theirs, so a mistake there
// would be invisible to any test of one against the other; only somebody who wrote it again from
// the published facts can see it. Never replace it by the shared library, and never "deduplicate"
// it: the judge includes nothing of the rest of the project (facts.md, sections 4 to 6).
//
// Functions here fail by an empty optional. Pure, and safe to call from several threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stoklab::conformance {

// Two hex digits a byte.
std::string hex(std::string_view bytes, bool upperCase);

std::string md5(std::string_view bytes);     // 16 bytes
std::string sha256(std::string_view bytes);  // 32 bytes

std::string toBase64(std::string_view bytes);
// Empty if `text` is not base64 with correct padding.
std::optional<std::string> fromBase64(std::string_view text);

// Turns "%2b" and "%2B" into '+'. What is no percent sequence stays as it is, and '+' stays '+'
// (W5, W6).
std::string percentDecode(std::string_view text);
// Leaves letters, digits and "-_.~" alone.
std::string percentEncode(std::string_view text, bool upperCase);
// Every byte as %xx, even letters.
std::string percentEncodeAll(std::string_view text);
// True if every '%' in `wire` starts a sequence of two lower-case hex digits, and no character
// stands bare that certainly has to be encoded: space, '"', '+', '/', ',', ':', '=', '[', ']', a
// control or a byte above 126 (W1, W2).
bool isDeviceEncoded(std::string_view wire);

// How the hash of a password is made. Only the first is right (P1, P2).
enum class HashForm { saltFirstUpper, saltFirstLower, saltLastUpper };
std::string passwordHash(std::string_view password, HashForm form = HashForm::saltFirstUpper);

// What becomes of a password before it is encrypted. Which one is right depends on the family of
// the device; none is a wrong way of the other.
enum class Transform {
  md5,         // passwordHash()
  orgAuthPwd,  // the Chinese family: orgAuthPassword() (P7)
};
std::string orgAuthPassword(std::string_view password);

// What stands in front of the text in an RSA block. Only the first is for encryption (P4); the
// second is that of signatures, 00 01 ff .. ff 00.
enum class Padding { encryption, signature };

// The key with the sign byte that some devices leave out of the modulus, which reads as negative
// without it (C7): 162 bytes for 161. Anything else as it is.
std::string withSignByte(std::string_view keyDer);

// RSAES-PKCS1-v1_5 with a key given as DER of an X.509 SubjectPublicKeyInfo. Empty if the key
// cannot be read or the text is too long for it.
std::optional<std::string> rsaEncrypt(std::string_view keyDer, std::string_view plain,
                                      Padding padding = Padding::encryption);

// What a key turns out to be.
struct KeyShape {
  std::size_t derBytes = 0;
  int bits = 0;
  unsigned long exponent = 0;
};
// Empty if the DER is no RSA public key.
std::optional<KeyShape> keyShape(std::string_view keyDer);

// How the base64 of the ciphertext is written into the request (P5). loginBody() sees to it that
// the base64 has the characters that a form is about.
enum class PasswordForm { percentEncoded, raw, partlyEncoded };

// A login, right by default; each member that differs makes one thing wrong or unusual.
struct LoginShape {
  std::string username = {};      // Device fills in the target's, if it is empty
  std::string password = {};      // likewise
  std::string encryptType = "2";  // empty: no such member
  HashForm hash = HashForm::saltFirstUpper;
  Transform transform = Transform::md5;        // another one sends no passwdType
  bool secondKey = false;                      // says that the key is key_2: "keyType":"1" (C5)
  std::optional<std::string> nonce = {};       // instead of the challenge's; "" leaves it out
  std::optional<std::string> ciphertext = {};  // these characters instead of the encrypted hash
  PasswordForm form = PasswordForm::percentEncoded;
  Padding padding = Padding::encryption;
  bool methodLast = false;
};

// The body of the login request. `wireKey` is the challenge's key as it came, percent-encoded
// base64. Empty if the key cannot be used.
std::optional<std::string> loginBody(const LoginShape& shape, std::string_view wireKey,
                                     std::string_view nonce);

// `text` as a JSON string with its quotes.
std::string jsonString(std::string_view text);

}  // namespace stoklab::conformance
