// How long `stoklab emulate` runs.
#pragma once

#include <functional>

#include "stop_signal.h"

namespace stoklab::cli {

// Until a signal ends it, or `seconds` have passed, if they are not negative. `onUser1` is called
// for each SIGUSR1, if `stop` takes them.
void waitForEnd(const StopSignal& stop, double seconds, const std::function<void()>& onUser1);

}  // namespace stoklab::cli
