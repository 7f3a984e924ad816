// For tests: the whole program, from arguments to output, without a process.
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "command_line.h"

namespace stoklab::cli {

// One run of the program: its arguments and environment, and what came of it.
struct ProgramRun {
  explicit ProgramRun(const std::vector<std::string>& arguments,
                      std::map<std::string, std::string> variables = {}) {
    std::istringstream in;
    std::ostringstream outStream, errStream;
    Console console{.in = in,
                    .out = outStream,
                    .err = errStream,
                    .environment = [&](const char* name) -> std::optional<std::string> {
                      const auto found = variables.find(name);
                      if (found == variables.end()) return std::nullopt;
                      return found->second;
                    }};
    code = static_cast<int>(runCommandLine(arguments, console));
    out = outStream.str();
    err = errStream.str();
  }

  int code = -1;
  std::string out, err;
};

}  // namespace stoklab::cli
