#include "stoklab/fixtures/profile_lint.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "options.h"
#include "verbs/profile_verbs.h"

namespace stoklab::cli {

using fixtures::LintFinding;
using protocol::Json;
using protocol::Result;

namespace {

namespace fs = std::filesystem;

// The text of a profile that ships, or of a file.
Result<std::string> textOf(const std::string& nameOrFile) {
  if (const auto text = fixtures::builtInProfileText(nameOrFile)) return std::string(*text);
  std::ifstream in(nameOrFile, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::vector<LintFinding>> lint(const std::string& nameOrFile) {
  const auto profile = fixtures::findProfile(nameOrFile);
  if (!profile) return profile.error();
  const auto text = textOf(nameOrFile);
  if (!text) return text.error();
  auto findings = fixtures::lintProfile(*profile);
  if (fixtures::printProfile(*profile) != *text) {
    findings.push_back(
        {"the file", "is not in canonical form; \"stoklab profile fmt\" brings it there"});
  }
  const fs::path file(nameOrFile);
  if (file.extension() == ".json" && file.stem() != profile->name) {
    findings.push_back({"name", "is \"" + profile->name + "\", but the file is called " +
                                    file.filename().string()});
  }
  return findings;
}

ExitCode run(std::vector<std::string> names, Console& console) {
  if (names.empty()) names = fixtures::builtInProfiles();
  Json found = Json::array();
  Json errors = Json::array();
  for (const std::string& name : names) {
    const auto findings = lint(name);
    if (!findings) {
      complain(console, ExitCode::usage, findings.error().detail);
      errors.push(Json::object({{"file", name}, {"error", findings.error().detail}}));
      continue;
    }
    for (const auto& [path, message] : *findings) {
      if (console.format == Format::text)
        console.out << name << ": " << path << ": " << message << "\n";
      found.push(Json::object({{"file", name}, {"path", path}, {"message", message}}));
    }
  }
  const bool broken = errors.size() > 0;
  const bool any = found.size() > 0;
  if (console.format == Format::json) {
    printDocument(console, Json::object({{"files", static_cast<std::int64_t>(names.size())},
                                         {"findings", std::move(found)},
                                         {"errors", std::move(errors)}}));
  }
  if (broken) return ExitCode::usage;
  if (any) return ExitCode::findings;
  note(console, std::to_string(names.size()) +
                    (names.size() == 1 ? " profile has" : " profiles have") +
                    " nothing that a person should change");
  return ExitCode::asExpected;
}

}  // namespace

Run declareProfileLint(CLI::App& command, Console& console) {
  auto names = std::make_shared<std::vector<std::string>>();
  addOption(command,
            {.name = "NAME",
             .help = "profiles that ship, or files; all that ship if none is named",
             .value = "NAME|FILE"},
            *names);
  return [names, &console] { return run(*names, console); };
}

}  // namespace stoklab::cli
