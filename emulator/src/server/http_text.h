// The few character rules of HTTP (RFC 9110, section 5.6) that requests and answers share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

// Whether a byte of `text` is less than `Limit` or is DEL, eight bytes at a time.
template <unsigned char Limit>
bool holdsBelowOrDelete(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighBits = kOnes * 0x80;
  const auto found = [](std::uint64_t word) {
    const std::uint64_t fromDelete = word ^ (kOnes * 0x7F);
    return (((word - kOnes * Limit) & ~word) | ((fromDelete - kOnes) & ~fromDelete)) & kHighBits;
  };
  std::uint64_t word = 0;
  std::uint64_t hits = 0;
  while (text.size() >= sizeof word) {
    std::memcpy(&word, text.data(), sizeof word);
    hits |= found(word);
    text.remove_prefix(sizeof word);
  }
  word = kOnes * 'x';
  std::memcpy(&word, text.data(), text.size());
  return (hits | found(word)) != 0;
}

inline bool holdsControl(std::string_view text) {
  // A tab is rare, and the only one below that is none.
  return holdsBelowOrDelete<0x20>(text) && std::any_of(text.begin(), text.end(), isControl);
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
