#include <memory>
#include <string>
#include <utility>

#include "emulate/arguments.h"
#include "emulate/fleet_serving.h"
#include "emulate/listings.h"
#include "emulate/serving.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/declarations.h"

namespace stoklab::cli {
namespace {

ExitCode run(const EmulateArguments& arguments, Console& console) {
  if (arguments.listFaults) return listFaults(console);
  if (!arguments.fleet.fleet.empty()) return serveFleet(arguments, console);
  ReplaySetup replay;
  if (!arguments.replay.trace.empty() && !arguments.upgradeTo.empty())
    return complain(console, ExitCode::usage,
                    "--replay and --upgrade-to exclude each other: a recording knows no other "
                    "firmware");
  if (arguments.upgradeSeconds >= 0 && arguments.upgradeTo.empty())
    return complain(console, ExitCode::usage, "--upgrade-time needs --upgrade-to PROFILE");
  if (!arguments.replay.trace.empty()) {
    auto read = readReplay(arguments.replay, console);
    if (!read) return complain(console, ExitCode::usage, read.error().detail);
    replay = *std::move(read);
  }
  auto found = replay.trace ? profileForReplay(*replay.trace, arguments.profile, console)
                            : fixtures::findProfile(arguments.profile.empty()
                                                        ? std::string(fixtures::kDefaultProfile)
                                                        : arguments.profile);
  if (!found) return complain(console, ExitCode::usage, found.error().detail);
  const auto profile = std::make_shared<const fixtures::Profile>(*std::move(found));
  if (arguments.explain) return listAssumptions(*profile, console);
  return serveCamera(arguments, profile, replay, console);
}

}  // namespace

Run declareEmulate(CLI::App& command, Console& console) {
  auto arguments = std::make_shared<EmulateArguments>();
  addEmulateOptions(command, *arguments);
  return [arguments, &console] { return run(*arguments, console); };
}

}  // namespace stoklab::cli
