// Files that have one form only: brought into it, or named if they are not in it. What "fmt" of
// "stoklab trace" and of "stoklab profile" does.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exit_code.h"
#include "output.h"
#include "stoklab/protocol/result.h"

namespace CLI {
class App;
}

namespace stoklab::cli {

struct CanonicalForm {
  std::string_view command;  // "stoklab trace fmt"
  // What the file should hold. Fails with ErrorKind::malformed if it cannot be read.
  std::function<protocol::Result<std::string>(const std::string& file)> print;
};

// Declares the files and --check. A file that differs is rewritten and named, with --check only
// named, which is a finding; what cannot be read is an error of usage, and does not keep the others
// from being formatted. `what` stands in the help: "traces".
std::function<ExitCode()> declareFormatting(CLI::App& command, Console& console,
                                            std::string_view what, CanonicalForm form);

}  // namespace stoklab::cli
