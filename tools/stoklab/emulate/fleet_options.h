// `stoklab emulate --fleet`: its options, and the fleet that they ask for.
#pragma once

#include <string>

#include "options.h"
#include "output.h"
#include "stoklab/emulator/fleet.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Empty texts stand for "not given".
struct FleetArguments {
  std::string fleet = {};  // a number or a file
  int by = 0;              // index of a table
  std::string list = {};   // a file to write
  std::string shard = {};  // "2/4"
};

void addFleetOptions(CLI::App& command, FleetArguments& arguments);

// `profile`: of cameras that name none, as --profile takes it. Addressing, members and shard; the
// rest is left as it is. Fails with ErrorKind::malformed; the detail names the option or the file.
protocol::Result<emulator::FleetOptions> fleetOptions(const FleetArguments& arguments,
                                                      const std::string& profile, Console& console);

}  // namespace stoklab::cli
