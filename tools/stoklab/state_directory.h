// Where an installation keeps what it must remember between runs: certificates and keys of the
// emulator, certificates of devices it has met.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// $XDG_STATE_HOME/stoklab, or ~/.local/state/stoklab. Does not make it. Fails with
// ErrorKind::malformed without a home directory.
protocol::Result<std::filesystem::path> stateDirectory(
    const std::function<std::optional<std::string>(const char*)>& environment);

}  // namespace stoklab::cli
