// Values that change by themselves: clocks and counters. One row a section; everything else comes
// from the state as it stands there.
#pragma once

#include <string_view>

#include "stoklab/emulator/environment.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct LiveContext {
  const Clock& clock;  // asked where something depends on it
  Clock::Time started;
};

// Brings the live fields of a section up to date; false if it has none.
bool updateLive(std::string_view module, std::string_view section, const LiveContext& context,
                protocol::Json& fields);

// Whether updateLive() would change anything there.
bool isLive(std::string_view module, std::string_view section);

}  // namespace stoklab::emulator
