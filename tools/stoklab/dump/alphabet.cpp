#include "dump/alphabet.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace stoklab::cli::dump {

namespace {

// Smallest first.
constexpr auto kUsual = std::to_array<std::string_view>({
    "0123456789",
    "0123456789abcdef",
    "0123456789ABCDEF",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
});

// A chance smaller than this is none.
constexpr double kNoChance = 1e-6;

bool isMadeOf(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

}  // namespace

std::string alphabetOf(const std::vector<std::string>& samples) {
  std::string all;
  for (const std::string& each : samples) all += each;
  const auto usual = std::find_if(kUsual.begin(), kUsual.end(), [&](std::string_view alphabet) {
    return isMadeOf(all, alphabet);
  });
  if (usual != kUsual.end()) return std::string(*usual);
  std::string punctuation;
  for (const char c : all) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        punctuation.find(c) == std::string::npos)
      punctuation += c;
  }
  std::sort(punctuation.begin(), punctuation.end());
  return std::string(kUsual.back()) + punctuation;
}

std::string settledAlphabet(const std::string& found, std::size_t characters,
                            const std::string& assumed) {
  if (assumed.empty() || alphabetOf({assumed}) == found) return assumed.empty() ? found : assumed;
  if (!isMadeOf(found, assumed)) return found;
  const double chance =
      std::pow(static_cast<double>(found.size()) / static_cast<double>(assumed.size()),
               static_cast<double>(characters));
  return chance > kNoChance ? assumed : found;
}

}  // namespace stoklab::cli::dump
