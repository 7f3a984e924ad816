#include "emulate/camera_options.h"

#include <cstdint>
#include <string>
#include <utility>

#include "emulate/clock_option.h"
#include "state_directory.h"

namespace stoklab::cli {

using emulator::CameraOptions;
using protocol::Result;

Result<CameraOptions> cameraOptions(const EmulateArguments& arguments,
                                    const AccountPassword& password, Console& console) {
  if (arguments.certificate.empty() != arguments.privateKey.empty())
    return protocol::malformed("--cert and --key belong together: give both or neither");
  CameraOptions camera{.address = arguments.address,
                       .port = static_cast<std::uint16_t>(arguments.port),
                       .tls = tlsModeOf(arguments)};
  camera.journal = arguments.journal;
  camera.device.account = {.username = arguments.username, .password = password.text};
  if (password.origin == AccountPassword::Origin::none)
    camera.device.account.admission = arguments.username.empty() ? emulator::Admission::anybody
                                                                 : emulator::Admission::anyPassword;
  // A recording does not say how long the camera was away; nobody should have to wait for it.
  if (!arguments.replay.trace.empty()) camera.device.rebootTime = std::chrono::milliseconds(0);
  if (arguments.httpPort >= 0) camera.httpPort = static_cast<std::uint16_t>(arguments.httpPort);
  if (arguments.rebootSeconds >= 0)
    camera.device.rebootTime = toMilliseconds(arguments.rebootSeconds);
  if (arguments.sessionSeconds >= 0)
    camera.device.sessionLifetime = toMilliseconds(arguments.sessionSeconds);
  if (arguments.lockSeconds >= 0) camera.device.lockTime = toMilliseconds(arguments.lockSeconds);
  if (!arguments.certificate.empty())
    camera.certificate = {.certificate = arguments.certificate, .privateKey = arguments.privateKey};
  auto planted = plantedFaults(arguments.faults);
  if (!planted) return std::move(planted).error();
  camera.faults = *std::move(planted);
  auto script = readFaultScript(arguments.faults);
  if (!script) return std::move(script).error();
  camera.faultScript = *std::move(script);
  const bool repeatable = arguments.seed >= 0;
  const auto clock = parseClock(!arguments.clock.empty() ? arguments.clock
                                : repeatable             ? kRepeatableClock
                                                         : "now");
  if (!clock) return clock.error();
  camera.clock = *clock;
  if (repeatable) camera.faultSeed = static_cast<std::uint64_t>(arguments.seed);
  if (const auto directory = stateDirectory(console.environment))
    camera.stateDirectory = *directory;
  else
    note(console, directory.error().detail + "; the certificate will not be kept");
  return camera;
}

std::unique_ptr<emulator::Random> randomFor(const EmulateArguments& arguments) {
  if (arguments.seed < 0) return std::make_unique<emulator::SystemRandom>();
  return std::make_unique<emulator::SeededRandom>(static_cast<std::uint64_t>(arguments.seed));
}

}  // namespace stoklab::cli
