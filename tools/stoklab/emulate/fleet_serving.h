// `stoklab emulate --fleet` while it runs: many cameras, announced together, served until a signal
// or their time ends them.
#pragma once

#include "emulate/arguments.h"
#include "exit_code.h"
#include "output.h"

namespace stoklab::cli {

ExitCode serveFleet(const EmulateArguments& arguments, Console& console);

}  // namespace stoklab::cli
