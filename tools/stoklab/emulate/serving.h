// `stoklab emulate` while it runs: one camera, announced, served until a signal or its time ends
// it.
#pragma once

#include <memory>

#include "emulate/arguments.h"
#include "exit_code.h"
#include "output.h"
#include "replay_options.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {

ExitCode serveCamera(EmulateArguments arguments, std::shared_ptr<const fixtures::Profile> profile,
                     const ReplaySetup& replay, Console& console);

}  // namespace stoklab::cli
