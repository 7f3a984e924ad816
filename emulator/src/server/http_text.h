// The few character rules of HTTP (RFC 9110, section 5.6) that requests and answers share.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stoklab::emulator {

inline constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

// What a method or a header's name is made of.
constexpr bool isTokenCharacter(char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; }

constexpr bool isToken(std::string_view text) {
  for (const char c : text) {
    if (!isTokenCharacter(c)) return false;
  }
  return !text.empty();
}

// A control character other than the tab: never part of a header's value.
constexpr bool isControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

constexpr char toLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && toLower(a[i]) != toLower(b[i])) return false;
  }
  return true;
}

// Without spaces and tabs at either end.
constexpr std::string_view trimmed(std::string_view text) {
  const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace stoklab::emulator
