// One verb of the command line: "stoklab <name> ...". A verb is a row in the table of verbs.cpp
// and one file under verbs/; nothing else knows it.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "exit_code.h"
#include "output.h"

namespace CLI {
class App;
}

namespace stoklab::cli {

// What a verb does once its options are parsed.
using Run = std::function<ExitCode()>;

struct Verb {
  std::string_view name;
  std::string_view summary;  // completes "stoklab <name>: ..." in a few words
  std::string_view example;  // lines that work as they stand, shown below --help
  // Adds the options to `command` and returns what to do with them. The options live in whatever
  // the returned function holds (a shared_ptr to a struct), since CLI11 keeps references to them.
  // `console` outlives both. The function returns an exit code and lets no exception out that it
  // can foresee; what escapes is reported as a fault of the program.
  Run (*declare)(CLI::App& command, Console& console);
};

// In the order of the help.
std::span<const Verb> verbs();

}  // namespace stoklab::cli
