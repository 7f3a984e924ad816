#include "emulate/clock_option.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeParser.h>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace stoklab::cli {

using emulator::ClockStart;
using protocol::Result;

namespace {

constexpr std::string_view kFrozen = "frozen";

// Whether `text` has a digit for each 0 and is the same elsewhere: Poco's parser passes over
// separators that are missing or others.
bool hasShape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(text, shape, [](char is, char wanted) {
    return wanted == '0' ? is >= '0' && is <= '9' : is == wanted;
  });
}

}  // namespace

Result<ClockStart> parseClock(const std::string& text) {
  if (text == "now") return ClockStart{};
  if (text == kFrozen) return ClockStart{.frozen = true};
  const bool frozen = text.starts_with(kFrozen);
  const std::string time = frozen ? text.substr(kFrozen.size()) : "@" + text;
  constexpr const char* kForm = "%Y-%m-%dT%H:%M:%SZ";
  Poco::DateTime parsed;
  int zone = 0;
  if (!hasShape(time, "@0000-00-00T00:00:00Z") ||
      !Poco::DateTimeParser::tryParse(kForm, time.substr(1), parsed, zone))
    return protocol::malformed("--clock " + text +
                               ": give now, a time such as 2026-01-01T00:00:00Z, frozen, or "
                               "frozen@2026-01-01T00:00:00Z");
  const std::chrono::microseconds since(parsed.timestamp().epochMicroseconds());
  return ClockStart{.at = emulator::Clock::Time(since), .frozen = frozen};
}

}  // namespace stoklab::cli
