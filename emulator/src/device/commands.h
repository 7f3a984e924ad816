// get, set, add and delete on the state of a device: facts.md section 8 as code. Everything in a
// request is checked before anything is written, so a request happens as a whole or not at all.
#pragma once

#include <string>

#include "field_check.h"
#include "live_values.h"
#include "simple_get.h"
#include "state_tree.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// `modules` holds the module keys of a request, strings decoded. Each returns the members of the
// answer besides error_code, as text for the wire: "" or "\"image\":{...},\"led\":{...}".
Checked<std::string> getFromState(StateTree& state, const protocol::Json& modules,
                                  const LiveContext& live, const WireStyle& style);
// The same for one section or table.
Checked<std::string> getFromState(StateTree& state, const SimpleGet& get, const LiveContext& live,
                                  const WireStyle& style);
Checked<std::string> setInState(StateTree& state, const protocol::Json& modules);
Checked<std::string> addToState(StateTree& state, const protocol::Json& modules);
Checked<std::string> deleteFromState(StateTree& state, const protocol::Json& modules);

}  // namespace stoklab::emulator
