#include "stoklab/protocol/percent.h"

#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <optional>

namespace stoklab::protocol {

namespace {

bool isAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::optional<unsigned> hexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
  return std::nullopt;
}

bool isUtf8(std::string_view text) {
  static const Poco::UTF8Encoding kUtf8;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto end = static_cast<int>(text.size());
  for (int at = 0; at < end;) {
    if (bytes[at] < 0x80) {
      ++at;
      continue;
    }
    const int length = kUtf8.sequenceLength(bytes + at, end - at);
    if (length < 2 || at + length > end || !Poco::UTF8Encoding::isLegal(bytes + at, length))
      return false;
    at += length;
  }
  return true;
}

// Applies `change` to every string value, keys untouched.
template <class Change>
void changeStrings(Json& value, const Change& change) {
  if (auto* text = value.string()) {
    change(*text);
  } else if (auto* elements = value.elements()) {
    for (auto& element : *elements) changeStrings(element, change);
  } else if (auto* members = value.members()) {
    for (auto& member : *members) changeStrings(member.value, change);
  }
}

}  // namespace

std::string percentEncode(std::string_view text, const PercentAlphabet& alphabet) {
  const std::string_view hex = alphabet.upperCaseHex ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  std::size_t plain = 0;  // where the run begins that stands for itself
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (isAlphanumeric(c) || alphabet.literals.find(c) != std::string_view::npos) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    const auto byte = static_cast<unsigned char>(c);
    const char encoded[] = {'%', hex[byte >> 4U], hex[byte & 0xFU]};
    out.append(encoded, sizeof encoded);
  }
  out.append(text, plain);
  return out;
}

std::string percentDecode(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t next = std::min(text.find('%', i), text.size());
    out.append(text, i, next - i);
    i = next;
    if (i == text.size()) break;
    if (i + 2 >= text.size()) return std::string(text);
    const auto high = hexDigit(text[i + 1]);
    const auto low = hexDigit(text[i + 2]);
    if (!high || !low) return std::string(text);
    out += static_cast<char>(*high * 16U + *low);
    i += 2;
  }
  return isUtf8(out) ? out : std::string(text);
}

Json encodeStrings(const Json& value, const PercentAlphabet& alphabet) {
  Json copy = value;
  changeStrings(copy, [&](std::string& text) { text = percentEncode(text, alphabet); });
  return copy;
}

Json decodeStrings(Json value) {
  changeStrings(value, [](std::string& text) {
    if (text.find('%') != std::string::npos) text = percentDecode(text);
  });
  return value;
}

}  // namespace stoklab::protocol
