// What outlives a firmware: the settings that people have changed, written down as the commands
// that would change them again. The next firmware carries them out by its own rules, and what it
// refuses stays as it ships, which is all that can be said without a device at hand.
#pragma once

#include <vector>

#include "state_tree.h"
#include "stoklab/emulator/device.h"

namespace stoklab::emulator {

// One command a field, in the order of the profile, so that one refusal loses nothing else. Fields
// that no client may write are not among them.
std::vector<SettingChange> changesOf(const StateTree& state, const fixtures::Profile& profile);

// Returns how many of the commands were refused.
std::size_t carryOut(const std::vector<SettingChange>& changes, StateTree& state);

}  // namespace stoklab::emulator
