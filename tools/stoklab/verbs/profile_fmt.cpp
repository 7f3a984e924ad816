#include "canonical_files.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/profile_verbs.h"

namespace stoklab::cli {

Run declareProfileFmt(CLI::App& command, Console& console) {
  const auto print = [](const std::string& file) -> protocol::Result<std::string> {
    const auto profile = fixtures::readProfile(file);
    if (!profile) return profile.error();
    return fixtures::printProfile(*profile);
  };
  return declareFormatting(command, console, "profiles",
                           {.command = "stoklab profile fmt", .print = print});
}

}  // namespace stoklab::cli
