#include "harness/redaction.h"

#include <array>
#include <cctype>

#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

constexpr std::string_view kHidden = "***";

// Members whose value is hidden whatever it is.
constexpr std::array<std::string_view, 11> kSecretMembers = {
    "stok", "password",   "nonce",      "key",        "key_2",    "passwd",
    "psk",  "old_passwd", "ciphertext", "passphrase", "community"};

void replaceAll(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), kHidden);
    at += kHidden.size();
  }
}

// "/stok=abc/ds" -> "/stok=***/ds".
void hidePathTokens(std::string& text) {
  constexpr std::string_view kStart = "stok=";
  for (std::size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at)) {
    at += kStart.size();
    const std::size_t end = text.find_first_of("/ \"'\\\r\n?", at);
    const std::size_t length = (end == std::string::npos ? text.size() : end) - at;
    if (length == 0) continue;
    text.replace(at, length, kHidden);
  }
}

std::size_t skipQuote(const std::string& text, std::size_t at) {
  while (at < text.size() && text[at] == '\\') ++at;
  return at < text.size() && text[at] == '"' ? at + 1 : std::string::npos;
}

// "name":"value" -> "name":"***", also where the quotes are escaped because the JSON stands in a
// string itself.
void hideMember(std::string& text, std::string_view name) {
  const std::string start = "\"" + std::string(name);
  for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at)) {
    at += start.size();
    std::size_t value = skipQuote(text, at);
    if (value == std::string::npos) continue;
    while (value < text.size() && (text[value] == ' ' || text[value] == ':')) ++value;
    value = skipQuote(text, value);
    if (value == std::string::npos) continue;
    std::size_t end = value;
    while (end < text.size() && text[end] != '"' && text[end] != '\\') ++end;
    text.replace(value, end - value, kHidden);
    at = value + kHidden.size();
  }
}

// How many bytes of well-formed UTF-8 start at `at`; 0 if none do.
std::size_t sequenceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
  }
  // Overlong forms, surrogates, noncharacters that XML forbids, and beyond U+10FFFF.
  if (first == 0xE0 && byte(at + 1) < 0xA0) return 0;
  if (first == 0xED && byte(at + 1) > 0x9F) return 0;
  if (first == 0xEF && byte(at + 1) == 0xBF && byte(at + 2) > 0xBD) return 0;
  if (first == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (first == 0xF4 && byte(at + 1) > 0x8F) return 0;
  return length;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte >= 32 && byte < 127) || byte == '\n' || byte == '\t') {
      out += text[i++];
    } else if (const std::size_t length = sequenceLength(text, i); length > 0) {
      out += text.substr(i, length);
      i += length;
    } else {
      out += "\\x" + hex(text.substr(i, 1), true);
      ++i;
    }
  }
  return out;
}

void Redactor::learn(std::string_view secret) {
  if (secret.size() < 4) return;
  secrets_.emplace(secret);
  secrets_.insert(percentDecode(secret));
  secrets_.insert(percentEncode(percentDecode(secret), false));
  secrets_.insert(percentEncode(percentDecode(secret), true));
  secrets_.insert(percentEncodeAll(percentDecode(secret)));
}

Redacted Redactor::redact(std::string_view text) const {
  std::string out = printable(text);
  for (const std::string& secret : secrets_) replaceAll(out, secret);
  hidePathTokens(out);
  for (const std::string_view name : kSecretMembers) hideMember(out, name);
  return Redacted(std::move(out));
}

}  // namespace stoklab::conformance
