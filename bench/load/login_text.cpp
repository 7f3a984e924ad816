#include "login_text.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cctype>
#include <utility>

namespace stoklab::bench {
namespace {

constexpr std::string_view kSalt = "TPCQ75NF2Y:";

std::string upperHexMd5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4U];
    out += kHex[digest[i] & 15U];
  }
  return out;
}

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percentDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hexValue(text[i + 1]) >= 0 &&
        hexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace

std::optional<std::string> memberText(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const auto begin = json.find(key);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto rest = json.substr(begin + key.size());
  const auto end = rest.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  return percentDecoded(rest.substr(0, end));
}

bool saysSuccess(std::string_view body) {
  return body.find("\"error_code\":0") != std::string_view::npos;
}

std::string postText(std::string_view path, std::string_view body, bool keepAlive) {
  std::string text = "POST ";
  text += path;
  text += " HTTP/1.1\r\nHost: camera\r\nContent-Type: application/json; charset=UTF-8\r\n";
  if (!keepAlive) text += "Connection: close\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return text;
}

PasswordMaker::PasswordMaker(std::string username, std::string password)
    : username_(std::move(username)), hash_(upperHexMd5(std::string(kSalt) + password)) {}

bool PasswordMaker::adoptKey(const std::string& text) {
  if (text == key_ && encryption_) return true;
  std::string der(text.size(), '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(der.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length <= 0) return false;
  const auto* position = reinterpret_cast<const unsigned char*>(der.data());
  EVP_PKEY* const key = d2i_PUBKEY(nullptr, &position, length);
  if (key == nullptr) return false;
  encryption_.reset(EVP_PKEY_CTX_new(key, nullptr));
  EVP_PKEY_free(key);
  if (!encryption_ || EVP_PKEY_encrypt_init(encryption_.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(encryption_.get(), RSA_PKCS1_PADDING) != 1) {
    encryption_.reset();
    return false;
  }
  key_ = text;
  return true;
}

std::optional<std::string> PasswordMaker::loginBody(std::string_view challenge) {
  const auto key = memberText(challenge, "key");
  const auto nonce = memberText(challenge, "nonce");
  if (!key || !nonce || !adoptKey(*key)) return std::nullopt;
  const std::string plain = hash_ + ":" + *nonce;
  std::array<unsigned char, 512> cipher{};
  std::size_t size = cipher.size();
  if (EVP_PKEY_encrypt(encryption_.get(), cipher.data(), &size,
                       reinterpret_cast<const unsigned char*>(plain.data()), plain.size()) != 1)
    return std::nullopt;
  return R"({"method":"do","login":{"username":")" + username_ + R"(","password":")" +
         base64(cipher.data(), size) + R"(","passwdType":"md5","encrypt_type":"2"}})";
}

}  // namespace stoklab::bench
