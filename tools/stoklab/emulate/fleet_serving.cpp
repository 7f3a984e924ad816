#include "emulate/fleet_serving.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "emulate/account_password.h"
#include "emulate/camera_options.h"
#include "emulate/fleet_options.h"
#include "emulate/lifetime.h"
#include "port_file.h"
#include "replaced_file.h"
#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/fleet.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stop_signal.h"

namespace stoklab::cli {

using emulator::CameraFacts;
using emulator::Fleet;
using emulator::FleetAddressing;
using emulator::FleetOptions;
using protocol::Json;
using protocol::Result;

namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::size_t kAtOnce = 1000;
// What the journals of all cameras may take together, and the least that one gets.
constexpr std::size_t kAllJournals = 256 * 1024 * 1024, kSmallestJournal = 32 * 1024;

// Of each camera, unless --journal-entries says otherwise.
emulator::JournalLimits journalFor(const FleetOptions& fleet) {
  std::size_t cameras = 0;
  for (const auto& member : fleet.members) cameras += member.count;
  emulator::JournalLimits limits = fleet.journal;
  limits.maxBytes = std::clamp(kAllJournals / std::max<std::size_t>(cameras / fleet.shards, 1),
                               kSmallestJournal, limits.maxBytes);
  return limits;
}

// One line a camera.
Result<void> writeList(const Fleet& fleet, const std::string& file) {
  std::string text = "{\"schema_version\":" + std::to_string(kSchemaVersion) + ",\"cameras\":[";
  const char* separator = "\n";
  for (std::size_t first = 0; first < fleet.size(); first += kAtOnce) {
    for (const CameraFacts& facts : fleet.list(first, kAtOnce)) {
      Json camera = Json::object({{"id", facts.id}, {"url", facts.url}});
      if (!facts.certificateSha256.empty())
        camera.set("certificate_sha256", facts.certificateSha256);
      text += separator + printJson(camera);
      separator = ",\n";
    }
  }
  return replaceFile(file, text + "\n]}\n");
}

Json readyFacts(const Fleet& fleet, const FleetOptions& options, const EmulateArguments& arguments,
                const AccountPassword& password, const emulator::ControlServer* control) {
  const auto facts = fleet.facts();
  const CameraFacts first = fleet.list(0, 1).front();
  const bool byAddress = options.addressing == FleetAddressing::address;
  Json ready = Json::object({{"schema_version", kSchemaVersion},
                             {"cameras", static_cast<std::int64_t>(facts.cameras)},
                             {"addressing", byAddress ? "address" : "port"},
                             {"url", first.url}});
  if (byAddress) ready.set("port", int{facts.port});
  ready.set("pid", std::int64_t{::getpid()});
  if (!facts.certificateSha256.empty()) ready.set("certificate_sha256", facts.certificateSha256);
  if (!arguments.username.empty()) ready.set("username", arguments.username);
  if (password.origin == AccountPassword::Origin::generated) ready.set("password", password.text);
  if (!arguments.fleet.list.empty()) ready.set("list", arguments.fleet.list);
  if (control != nullptr) {
    ready.set("control_url", control->url());
    ready.set("control_port", int{control->port()});
  }
  return ready;
}

// Of all cameras that somebody has talked to.
ExitCode reportUnused(const EmulateArguments& arguments, const Fleet& fleet, Console& console) {
  ExitCode worst = ExitCode::asExpected;
  for (const auto& [id, unused] : fleet.unusedFaults()) {
    const auto code = reportUnusedFaults(arguments.faults, id, unused, console);
    if (code != ExitCode::asExpected) worst = code;
  }
  return worst;
}

}  // namespace

ExitCode serveFleet(const EmulateArguments& arguments, Console& console) {
  const auto refuse = [&](const protocol::Error& error) {
    return complain(console, ExitCode::usage, error.detail);
  };
  const auto password = passwordFor(arguments, console);
  if (!password) return refuse(password.error());
  auto options = fleetOptions(
      arguments.fleet,
      arguments.profile.empty() ? std::string(fixtures::kDefaultProfile) : arguments.profile,
      console);
  if (!options) return refuse(options.error());
  const auto camera = cameraOptions(arguments, *password, console);
  if (!camera) return refuse(camera.error());
  options->journal = journalFor(*options);
  const auto control = controlSetup(arguments.control, options->journal, console);
  if (!control) return refuse(control.error());
  if (*control) options->journal = (*control)->journal;
  options->repeatable = arguments.seed >= 0;
  if (options->repeatable) options->seed = static_cast<std::uint64_t>(arguments.seed);

  // Before the threads of the fleet.
  const StopSignal stop;
  const emulator::SystemClock clock;
  emulator::SystemRandom random;
  auto fleet = Fleet::start(*options, *camera, {.clock = clock, .random = random});
  if (!fleet) return refuse(fleet.error());
  std::unique_ptr<emulator::ControlServer> controlServer;
  if (*control) {
    auto served = emulator::ControlServer::start(**fleet, (*control)->server);
    if (!served) return refuse(served.error());
    controlServer = *std::move(served);
  }
  if (!arguments.fleet.list.empty())
    if (auto written = writeList(**fleet, arguments.fleet.list); !written)
      return refuse(written.error());
  if (!arguments.portFile.empty())
    if (auto written = writePortFile(arguments.portFile, (*fleet)->facts().port); !written)
      return refuse(written.error());
  console.out << "READY "
              << printJson(readyFacts(**fleet, *options, arguments, *password, controlServer.get()))
              << std::endl;
  waitForEnd(stop, arguments.shutdownSeconds, [] {});
  if (controlServer) controlServer->stop(kPatience);
  (*fleet)->stop(kPatience);
  if (!arguments.portFile.empty()) ::unlink(arguments.portFile.c_str());
  return reportUnused(arguments, **fleet, console);
}

}  // namespace stoklab::cli
