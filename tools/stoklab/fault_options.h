// `stoklab emulate --fault`, `--faults` and `--strict-faults`: planted defects and scripted faults,
// and what is said at the end about those that never happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exit_code.h"
#include "options.h"
#include "output.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct FaultArguments {
  std::vector<std::string> faults = {};  // a name, or JSON
  std::string file = {};
  bool strict = false;
};

void addFaultOptions(CLI::App& command, FaultArguments& arguments);

// The planted ones by name; what begins with "{" is not one of them. Fails with
// ErrorKind::malformed for a name that there is not.
protocol::Result<std::vector<const emulator::Fault*>> plantedFaults(
    const FaultArguments& arguments);

// The scripted ones: those of the file, then those of --fault, in one script that
// FaultScript::add() takes; null if there are none. Fails with ErrorKind::malformed; the detail
// begins with the file's name or the option, and says where the mistake is.
protocol::Result<protocol::Json> readFaultScript(const FaultArguments& arguments);

// What is left of a script at the end. With --strict-faults a fault that has not happened as often
// as it should is a finding, and named on standard error; without, nothing is said. `camera` is
// empty for a process of one camera.
ExitCode reportUnusedFaults(const FaultArguments& arguments, std::string_view camera,
                            const std::vector<emulator::ScriptedFaultFacts>& unused,
                            Console& console);

}  // namespace stoklab::cli
