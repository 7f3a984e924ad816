// What `stoklab emulate` prints instead of serving.
#pragma once

#include "exit_code.h"
#include "output.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {

// What the profile guesses, so that nobody takes it for knowledge.
ExitCode listAssumptions(const fixtures::Profile& profile, Console& console);

// The defects that can be planted. One line for each: its name, what is wrong, and the requirements
// that must fail.
ExitCode listFaults(Console& console);

}  // namespace stoklab::cli
