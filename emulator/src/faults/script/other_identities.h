// Certificates that a camera does not have. Each is made when it is first asked for, which takes
// 0.1 to 0.3 s, and kept until the program ends. Thread-safe.
#pragma once

#include <memory>

#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Looks like a camera's, and is not that of this camera.
protocol::Result<std::shared_ptr<const Identity>> swappedIdentity();
// Ended in 2010.
protocol::Result<std::shared_ptr<const Identity>> expiredIdentity();

}  // namespace stoklab::emulator
