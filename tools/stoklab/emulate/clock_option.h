// `stoklab emulate --clock`: where the clock of an emulated camera begins, and whether it runs.
#pragma once

#include <string>

#include "stoklab/emulator/environment.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Where the clock of a run with --seed stands, unless --clock says otherwise: bytes repeat only if
// the time does.
inline constexpr const char* kRepeatableClock = "frozen@2026-01-01T00:00:00Z";

// "now", "2026-01-01T00:00:00Z" (in UTC, goes on from there), "frozen" or "frozen@2026-...". Fails
// with ErrorKind::malformed.
protocol::Result<emulator::ClockStart> parseClock(const std::string& text);

}  // namespace stoklab::cli
