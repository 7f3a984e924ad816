#include "nested_verbs.h"

#include <string>
#include <utility>
#include <vector>

#include "options.h"

namespace stoklab::cli {

Run declareNested(CLI::App& command, Console& console, std::string_view name,
                  std::span<const Verb> verbs) {
  struct Nested {
    const CLI::App* command;
    Run run;
  };
  std::vector<Nested> all;
  for (const Verb& verb : verbs) {
    CLI::App& nested = addNested(command, verb.name, verb.summary);
    addExample(nested, verb.example);
    all.push_back({&nested, verb.declare(nested, console)});
  }
  return [all = std::move(all), name = std::string(name), &console] {
    for (const Nested& each : all) {
      if (isGiven(*each.command)) return each.run();
    }
    return complain(console, ExitCode::usage, "no verb given; see stoklab " + name + " --help");
  };
}

}  // namespace stoklab::cli
