// From the command line to the options of an emulated camera.
#pragma once

#include <memory>

#include "emulate/account_password.h"
#include "emulate/arguments.h"
#include "output.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Fails with ErrorKind::malformed; the detail names the options.
protocol::Result<emulator::CameraOptions> cameraOptions(const EmulateArguments& arguments,
                                                        const AccountPassword& password,
                                                        Console& console);

std::unique_ptr<emulator::Random> randomFor(const EmulateArguments& arguments);

}  // namespace stoklab::cli
