// Times as the control interface writes them: "2026-01-01T00:00:00.000Z", and milliseconds since
// 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/environment.h"

namespace stoklab::emulator {

// The last one of 2199: a clock counts nanoseconds, and not for much longer than that.
inline constexpr std::int64_t kLatestMs = 7'258'118'399'999;

std::int64_t millisecondsOf(Clock::Time time);
Clock::Time timeOf(std::int64_t milliseconds);
std::string timeText(Clock::Time time);
// Also without a fraction, or with up to nine digits of one. nullopt for everything else.
std::optional<Clock::Time> parseTime(std::string_view text);

}  // namespace stoklab::emulator
