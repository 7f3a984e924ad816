#include "harness/second_opinion.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cctype>
#include <cstddef>
#include <memory>
#include <vector>

namespace stoklab::conformance {
namespace {

constexpr std::string_view kSalt = "TPCQ75NF2Y:";
// Of orgAuthPwd (P7), as the scripts of the vendor have them.
constexpr std::string_view kOrgKey = "RDpbLfCPsJZ7fiv";
constexpr std::string_view kOrgDictionary =
    "yLwVl0zKqws7LgKPRQ84Mdt708T1qQ3Ha7xv3H7NyU84p21BriUWBU43odz3iP4rBL3cD02KZciXTysVXiV8ngg6vL48"
    "rPJyAUw0HurW20xqxv9aYb4M9wK1Ae0wlro510qXeU07kV57fQMc8L6aLgMLwygtc0F10a0Dg70TOoouyFhdysuRMO51"
    "yY5ZlOZZLEal1h0t9YQW0Ko7oBwmCAHoic4HYbUyVeU3sfQ1xtXcPcf1aT303wAQhv66qzW";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

const unsigned char* asBytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

Key readKey(std::string_view der) {
  const unsigned char* at = asBytes(der);
  return {d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), &EVP_PKEY_free};
}

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool isSequence(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hexValue(text[at + 1]) >= 0 &&
         hexValue(text[at + 2]) >= 0;
}

bool isLiteral(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
         c == '~';
}

std::string sequence(char c, bool upperCase) {
  return "%" + hex(std::string_view(&c, 1), upperCase);
}

// 00 01 ff .. ff 00 and the text, `size` bytes in all; without any ff if there is no room, which
// OpenSSL then refuses.
std::string signatureBlock(std::string_view text, std::size_t size) {
  const std::size_t taken = text.size() + 3;
  const std::string filling(size > taken ? size - taken : 0, '\xff');
  return std::string("\0\1", 2) + filling + std::string(1, '\0') + std::string(text);
}

std::string spelled(std::string_view base64, PasswordForm form) {
  if (form == PasswordForm::raw) return std::string(base64);
  if (form == PasswordForm::percentEncoded) return percentEncode(base64, false);
  std::string out;
  for (const char c : base64) out += c == '/' ? sequence(c, true) : std::string(1, c);
  return out;
}

}  // namespace

std::string hex(std::string_view bytes, bool upperCase) {
  const std::string_view digits = upperCase ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string md5(std::string_view bytes) { return digest(EVP_md5(), bytes); }

std::string sha256(std::string_view bytes) { return digest(EVP_sha256(), bytes); }

std::string toBase64(std::string_view bytes) {
  std::vector<unsigned char> out(4 * ((bytes.size() + 2) / 3) + 1);
  const int size = EVP_EncodeBlock(out.data(), asBytes(bytes), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size)};
}

std::optional<std::string> fromBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  for (const char c : text.substr(0, text.size() - padding)) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '+' && c != '/')
      return std::nullopt;
  }
  std::vector<unsigned char> out(3 * text.size() / 4);
  const int size = EVP_DecodeBlock(out.data(), asBytes(text), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out.data()),
                     static_cast<std::size_t>(size) - padding);
}

std::string percentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (isSequence(text, i)) {
      out += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percentEncode(std::string_view text, bool upperCase) {
  std::string out;
  for (const char c : text) out += isLiteral(c) ? std::string(1, c) : sequence(c, upperCase);
  return out;
}

std::string percentEncodeAll(std::string_view text) {
  std::string out;
  for (const char c : text) out += sequence(c, false);
  return out;
}

bool isDeviceEncoded(std::string_view wire) {
  constexpr std::string_view kNeverBare = " \"+/,:=[]";
  for (std::size_t i = 0; i < wire.size(); ++i) {
    const auto byte = static_cast<unsigned char>(wire[i]);
    if (wire[i] == '%') {
      if (!isSequence(wire, i)) return false;
      if (std::isupper(static_cast<unsigned char>(wire[i + 1])) != 0) return false;
      if (std::isupper(static_cast<unsigned char>(wire[i + 2])) != 0) return false;
    } else if (byte < 32 || byte > 126 || kNeverBare.find(wire[i]) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::string passwordHash(std::string_view password, HashForm form) {
  std::string input;
  if (form != HashForm::saltLastUpper) input += kSalt;
  input += password;
  if (form == HashForm::saltLastUpper) input += kSalt;
  return hex(md5(input), form != HashForm::saltFirstLower);
}

// Character by character the exclusive or of key and password, 0xBB standing for the missing one,
// as an index into the dictionary.
std::string orgAuthPassword(std::string_view password) {
  constexpr unsigned char kMissing = 0xBB;
  const auto at = [](std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : kMissing;
  };
  std::string out;
  for (std::size_t i = 0; i < kOrgKey.size() || i < password.size(); ++i) {
    const auto index = static_cast<std::size_t>(at(kOrgKey, i) ^ at(password, i));
    out += kOrgDictionary[index % kOrgDictionary.size()];
  }
  return out;
}

std::string withSignByte(std::string_view keyDer) {
  constexpr std::size_t kShort = 161;
  constexpr std::size_t kModulus = 28;
  // SEQUENCE, BIT STRING, SEQUENCE and INTEGER enclose the modulus; each is a byte longer with it.
  constexpr std::size_t kLengths[] = {2, 20, 24, 27};
  if (keyDer.size() != kShort || static_cast<unsigned char>(keyDer[kModulus]) < 0x80)
    return std::string(keyDer);
  std::string der(keyDer);
  for (const std::size_t length : kLengths) ++der[length];
  return der.insert(kModulus, 1, '\0');
}

std::optional<std::string> rsaEncrypt(std::string_view keyDer, std::string_view plain,
                                      Padding padding) {
  const Key key = readKey(keyDer);
  if (key == nullptr) return std::nullopt;
  const KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free);
  const int mode = padding == Padding::encryption ? RSA_PKCS1_PADDING : RSA_NO_PADDING;
  if (context == nullptr || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), mode) != 1) {
    return std::nullopt;
  }
  std::vector<unsigned char> out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  const std::string block =
      padding == Padding::encryption ? std::string(plain) : signatureBlock(plain, out.size());
  std::size_t size = out.size();
  if (EVP_PKEY_encrypt(context.get(), out.data(), &size, asBytes(block), block.size()) != 1)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

std::optional<KeyShape> keyShape(std::string_view keyDer) {
  const Key key = readKey(keyDer);
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return std::nullopt;
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return std::nullopt;
  const KeyShape shape{keyDer.size(), EVP_PKEY_get_bits(key.get()), BN_get_word(exponent)};
  BN_free(exponent);
  return shape;
}

namespace {

// Whether a base64 text shows what a form is about: the characters that it spells differently.
bool shows(std::string_view base64, PasswordForm form) {
  const bool slash = base64.find('/') != std::string_view::npos;
  if (form == PasswordForm::partlyEncoded) return slash;
  return form != PasswordForm::raw || (slash && base64.find('+') != std::string_view::npos);
}

// The padding is random, so that every attempt gives another ciphertext. One in fifteen lacks a
// '/', and a login made of such a one would pass without having tried anything.
std::optional<std::string> encryptedText(std::string_view keyDer, std::string_view plain,
                                         PasswordForm form, Padding padding) {
  constexpr int kMostAttempts = 64;
  for (int i = 0; i < kMostAttempts; ++i) {
    const auto cipher = rsaEncrypt(keyDer, plain, padding);
    if (!cipher) return std::nullopt;
    std::string base64 = toBase64(*cipher);
    if (shows(base64, form)) return base64;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> loginBody(const LoginShape& shape, std::string_view wireKey,
                                     std::string_view nonce) {
  const bool md5 = shape.transform == Transform::md5;
  std::string password =
      md5 ? passwordHash(shape.password, shape.hash) : orgAuthPassword(shape.password);
  if (shape.ciphertext) {
    password = *shape.ciphertext;
  } else if (shape.encryptType != "1") {
    const std::string used(shape.nonce ? std::string_view(*shape.nonce) : nonce);
    const auto der = fromBase64(percentDecode(wireKey));
    if (!der) return std::nullopt;
    const auto base64 = encryptedText(*der, used.empty() ? password : password + ":" + used,
                                      shape.form, shape.padding);
    if (!base64) return std::nullopt;
    password = spelled(*base64, shape.form);
  }
  std::string login = "\"login\":{\"username\":" + jsonString(shape.username) +
                      ",\"password\":" + jsonString(password);
  if (md5) login += R"(,"passwdType":"md5")";
  if (shape.secondKey) login += R"(,"keyType":"1")";
  if (!shape.encryptType.empty()) login += ",\"encrypt_type\":" + jsonString(shape.encryptType);
  login += "}";
  constexpr std::string_view kMethod = R"("method":"do")";
  if (shape.methodLast) return "{" + login + "," + std::string(kMethod) + "}";
  return "{" + std::string(kMethod) + "," + login + "}";
}

std::string jsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00" + hex(std::string_view(&c, 1), false);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace stoklab::conformance
