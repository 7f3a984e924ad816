#include "canonical_files.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "options.h"
#include "replaced_file.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  std::vector<std::string> files = {};
  bool check = false;
};

enum class State { canonical, changed, differs };

std::string_view toText(State state) {
  switch (state) {
    case State::canonical:
      return "canonical";
    case State::changed:
      return "changed";
    case State::differs:
      return "differs";
  }
  return "";
}

std::string contentOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

protocol::Result<State> format(const std::string& file, bool check, const CanonicalForm& form) {
  const auto canonical = form.print(file);
  if (!canonical) return canonical.error();
  if (contentOf(file) == *canonical) return State::canonical;
  if (check) return State::differs;
  if (auto written = replaceFile(file, *canonical); !written) return written.error();
  return State::changed;
}

ExitCode run(const Options& options, const CanonicalForm& form, Console& console) {
  Json files = Json::array();
  bool broken = false;
  bool differs = false;
  for (const std::string& file : options.files) {
    const auto state = format(file, options.check, form);
    if (!state) {
      complain(console, ExitCode::usage, state.error().detail);
      files.push(
          Json::object({{"file", file}, {"state", "error"}, {"error", state.error().detail}}));
      broken = true;
      continue;
    }
    differs = differs || *state == State::differs;
    files.push(Json::object({{"file", file}, {"state", toText(*state)}}));
    if (console.format == Format::text && *state != State::canonical) {
      console.out << file << "\n";
    }
  }
  if (console.format == Format::json) {
    printDocument(console, Json::object({{"files", std::move(files)}}));
  }
  if (differs) {
    note(console, "not in canonical form; \"" + std::string(form.command) +
                      "\" without --check brings it there");
  }
  if (broken) return ExitCode::usage;
  return differs ? ExitCode::findings : ExitCode::asExpected;
}

}  // namespace

std::function<ExitCode()> declareFormatting(CLI::App& command, Console& console,
                                            std::string_view what, CanonicalForm form) {
  auto options = std::make_shared<Options>();
  const std::string help =
      std::string(what) + "; each is rewritten in place, and named if that changes it";
  addOption(command, {.name = "FILE", .help = help, .value = "FILE...", .required = true},
            options->files);
  addFlag(command,
          {.name = "--check", .help = "change nothing; name those that would change, and exit 1"},
          options->check);
  return [options, form = std::move(form), &console] { return run(*options, form, console); };
}

}  // namespace stoklab::cli
