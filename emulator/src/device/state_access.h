// Reading and writing a device's settings from outside, past its own rules: what DeviceControl does
// to a StateTree. Messages name the part that is wrong and show no value.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <string>
#include <vector>

#include "live_values.h"
#include "state_tree.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// As DeviceControl::read().
protocol::Result<protocol::Json> readState(const StateTree& state, const fixtures::Profile& profile,
                                           const std::vector<std::string>& path,
                                           const LiveContext& live);

// As DeviceControl::patch().
protocol::Result<void> patchState(StateTree& state, const protocol::Json& modules,
                                  const LiveContext& live);

}  // namespace stoklab::emulator
