// From arguments to an exit code: finds the verb, parses its options, runs it.
#pragma once

#include <string>
#include <vector>

#include "exit_code.h"
#include "output.h"

namespace stoklab::cli {

// `arguments` without the program's name. Prints help and errors itself.
ExitCode runCommandLine(const std::vector<std::string>& arguments, Console& console);

}  // namespace stoklab::cli
