#include "emulate/serving.h"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "emulate/account_password.h"
#include "emulate/camera_options.h"
#include "emulate/lifetime.h"
#include "port_file.h"
#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/protocol/json.h"
#include "stop_signal.h"

namespace stoklab::cli {

using emulator::EmulatedCamera;
using protocol::Json;
using protocol::Result;

namespace {

// How long requests that are under way may take to finish after a signal.
constexpr std::chrono::seconds kPatience{2};

// A camera that speaks plain HTTP has none.
void setCertificate(Json& facts, const EmulatedCamera& camera) {
  if (const auto sha256 = camera.certificateSha256(); !sha256.empty())
    facts.set("certificate_sha256", sha256);
}

void announce(const EmulatedCamera& camera, const fixtures::Profile& profile,
              const std::string& upgradeName, const EmulateArguments& arguments,
              const AccountPassword& password, const ReplaySetup& replay,
              const emulator::ControlServer* control, Console& console) {
  Json facts = Json::object({{"schema_version", kSchemaVersion},
                             {"url", camera.url()},
                             {"port", int{camera.port()}},
                             {"pid", std::int64_t{::getpid()}}});
  setCertificate(facts, camera);
  facts.set("profile", profile.name);
  if (!arguments.username.empty()) facts.set("username", arguments.username);
  if (camera.httpPort() != 0) facts.set("http_port", int{camera.httpPort()});
  if (password.origin == AccountPassword::Origin::generated) facts.set("password", password.text);
  if (password.origin == AccountPassword::Origin::none) facts.set("any_password", true);
  if (!arguments.upgradeTo.empty()) facts.set("upgrade_to", upgradeName);
  if (control != nullptr) {
    facts.set("control_url", control->url());
    facts.set("control_port", int{control->port()});
  }
  if (replay.trace) facts.set("trace", replayFacts(arguments.replay, *replay.trace));
  console.out << "READY " << printJson(facts) << std::endl;
}

// What a camera tells when it is back; or why it is not.
void announceUpgrade(const EmulatedCamera& camera, const std::string& profile,
                     const Result<void>& upgraded, Console& console) {
  if (!upgraded) {
    note(console, "the upgrade to " + profile +
                      " failed, and nothing answers any more: " + upgraded.error().detail);
    return;
  }
  Json facts = Json::object(
      {{"schema_version", kSchemaVersion}, {"url", camera.url()}, {"port", int{camera.port()}}});
  setCertificate(facts, camera);
  facts.set("profile", profile);
  console.out << "UPGRADED " << printJson(facts) << std::endl;
}

}  // namespace

ExitCode serveCamera(EmulateArguments arguments, std::shared_ptr<const fixtures::Profile> profile,
                     const ReplaySetup& replay, Console& console) {
  const auto password = passwordFor(arguments, console);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);
  if (arguments.username.empty() && password->origin != AccountPassword::Origin::none)
    arguments.username = profile->authentication.username.value;
  auto camera = cameraOptions(arguments, *password, console);
  if (!camera) return complain(console, ExitCode::usage, camera.error().detail);
  const auto control = controlSetup(arguments.control, camera->journalLimits, console);
  if (!control) return complain(console, ExitCode::usage, control.error().detail);
  if (*control) camera->journalLimits = (*control)->journal;
  if (replay.trace) camera->replay = {.trace = replay.trace, .options = replay.options};
  std::string upgradeName;
  if (!arguments.upgradeTo.empty()) {
    auto next = fixtures::findProfile(arguments.upgradeTo);
    if (!next) return complain(console, ExitCode::usage, "--upgrade-to: " + next.error().detail);
    upgradeName = next->name;
    camera->upgrade = emulator::FirmwareUpgrade{
        .to = std::make_shared<const fixtures::Profile>(*std::move(next)),
        .done = [&](const EmulatedCamera& running, const Result<void>& upgraded) {
          announceUpgrade(running, upgradeName, upgraded, console);
        }};
    if (arguments.upgradeSeconds >= 0)
      camera->upgrade->time = toMilliseconds(arguments.upgradeSeconds);
  }

  // Before the threads of the camera.
  const StopSignal stop(camera->upgrade ? StopSignal::Also::user1 : StopSignal::Also::nothing);
  const emulator::SystemClock clock;
  const auto random = randomFor(arguments);
  auto started = EmulatedCamera::start(profile, *camera, {.clock = clock, .random = *random});
  if (!started) return complain(console, ExitCode::usage, started.error().detail);
  std::unique_ptr<emulator::ControlServer> controlServer;
  if (*control) {
    auto served = emulator::ControlServer::start((*started)->directory(), (*control)->server);
    if (!served) return complain(console, ExitCode::usage, served.error().detail);
    controlServer = *std::move(served);
  }
  if (!arguments.portFile.empty()) {
    const bool plain = profile->transport.scheme.value == fixtures::Scheme::http;
    const auto written = writePortFile(arguments.portFile, (*started)->port(),
                                       plain ? PortScheme::http : PortScheme::https);
    if (!written) return complain(console, ExitCode::usage, written.error().detail);
  }
  announce(**started, *profile, upgradeName, arguments, *password, replay, controlServer.get(),
           console);
  waitForEnd(stop, arguments.shutdownSeconds, [&] { (*started)->beginUpgrade(); });
  if (controlServer) controlServer->stop(kPatience);
  (*started)->stop(kPatience);
  if (!arguments.portFile.empty()) ::unlink(arguments.portFile.c_str());
  const auto unused =
      reportUnusedFaults(arguments.faults, {}, (*started)->control().faults().unused(), console);
  if (const auto report = (*started)->replayReport()) {
    const auto concluded = concludeReplay(arguments.replay, *replay.trace, *report, console);
    if (concluded != ExitCode::asExpected) return concluded;
  }
  return unused;
}

}  // namespace stoklab::cli
