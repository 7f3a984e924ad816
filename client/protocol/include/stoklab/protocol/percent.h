// Percent-encoding of string values. On this protocol every JSON string value travels
// percent-encoded in both directions; keys, numbers, booleans and null are left alone
// (facts.md W1, W13). The device writes lower-case hex (W2), the web UI writes what JavaScript's
// encodeURIComponent writes, and some clients do not encode at all (W6), so decoding is tolerant.
#pragma once

#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

// Which characters stand for themselves (besides ASCII letters and digits), and the case of the
// hex digits of the others.
struct PercentAlphabet {
  std::string_view literals;
  bool upperCaseHex = false;
};

// Device style: lower-case hex (W2). Which characters a device leaves literal is not published;
// "-_.~" are certain not to need encoding, "*" stands in vendor samples of resolutions (W4).
inline constexpr PercentAlphabet kDeviceAlphabet{.literals = "-_.~*", .upperCaseHex = false};

// Client style: encodeURIComponent.
inline constexpr PercentAlphabet kClientAlphabet{.literals = "-_.!~*'()", .upperCaseHex = true};

std::string percentEncode(std::string_view text, const PercentAlphabet& alphabet);

// Reverses percentEncode in either style. Text with an incomplete or wrong sequence, or whose
// decoded bytes are not UTF-8, is returned as it is, which is what the web UI does (W5).
// "+" means plus, never a space (W6).
std::string percentDecode(std::string_view text);

// The same for every string value inside `value`, at any depth. Keys stay as they are.
Json encodeStrings(const Json& value, const PercentAlphabet& alphabet);
Json decodeStrings(Json value);

}  // namespace stoklab::protocol
