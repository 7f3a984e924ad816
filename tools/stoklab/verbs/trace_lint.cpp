#include "stoklab/fixtures/trace_lint.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options.h"
#include "stoklab/fixtures/trace.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

using fixtures::TraceFinding;
using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 10000;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20U;

// What a folder is looked through for. Whatever else is named on the command line is read too.
bool isFixture(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".json" || extension == ".har" || extension == ".curl" || extension == ".txt";
}

// The files under `paths`, each folder in the order of names.
Result<std::vector<std::string>> filesUnder(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    fs::recursive_directory_iterator each(path, error);
    for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
      if (!each->is_regular_file(error) || !isFixture(each->path())) continue;
      inside.push_back(each->path().string());
      if (inside.size() > kMostFiles)
        return malformed(path + ": holds more than " + std::to_string(kMostFiles) +
                         " files; name folders further down");
    }
    if (error) return malformed(path + ": cannot be looked through: " + error.message());
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

Result<std::string> readText(const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return malformed(file + ": there is no such file");
  if (fs::file_size(file, error) > kMostBytes)
    return malformed(file + ": has more than 256 MB, which no fixture has");
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || !in) return malformed(file + ": cannot be read");
  return text;
}

bool isTrace(const Json& json) {
  return json.find("exchanges") != nullptr && json.find("redaction") != nullptr;
}

Result<std::vector<TraceFinding>> lint(const std::string& file) {
  const auto text = readText(file);
  if (!text) return text.error();
  const std::string extension = fs::path(file).extension().string();
  const auto json = protocol::parseJson(*text);
  if (!json) {
    // Archives may be broken on purpose.
    if (extension != ".json" && isFixture(file)) return fixtures::lintText(*text);
    return malformed(file + ": " + json.error().detail);
  }
  auto findings = fixtures::lintValues(*json);
  if (!isTrace(*json)) return findings;
  const auto trace = fixtures::parseTrace(*text, file);
  if (!trace) return trace.error();
  for (TraceFinding& each : fixtures::lintTrace(*trace)) findings.push_back(std::move(each));
  if (fixtures::printTrace(*trace) != *text)
    findings.push_back(
        {"the file", "is not in canonical form; \"stoklab trace fmt\" brings it there"});
  return findings;
}

ExitCode run(const std::vector<std::string>& paths, Console& console) {
  const auto files = filesUnder(paths);
  if (!files) return complain(console, ExitCode::usage, files.error().detail);
  if (files->empty())
    return complain(console, ExitCode::nothingRun,
                    "there is no fixture (.json, .har, .curl, .txt) in what was named");
  Json found = Json::array();
  Json errors = Json::array();
  for (const std::string& file : *files) {
    const auto findings = lint(file);
    if (!findings) {
      complain(console, ExitCode::usage, findings.error().detail);
      errors.push(Json::object({{"file", file}, {"error", findings.error().detail}}));
      continue;
    }
    for (const auto& [where, message] : *findings) {
      if (console.format == Format::text)
        console.out << file << ": " << where << ": " << message << "\n";
      found.push(Json::object({{"file", file}, {"where", where}, {"message", message}}));
    }
  }
  const bool broken = errors.size() > 0;
  const bool any = found.size() > 0;
  if (console.format == Format::json) {
    printDocument(console, Json::object({{"files", static_cast<std::int64_t>(files->size())},
                                         {"findings", std::move(found)},
                                         {"errors", std::move(errors)}}));
  }
  if (broken) return ExitCode::usage;
  if (any) return ExitCode::findings;
  note(console, std::to_string(files->size()) +
                    (files->size() == 1 ? " file holds" : " files hold") +
                    " nothing that looks alive");
  return ExitCode::asExpected;
}

}  // namespace

Run declareTraceLint(CLI::App& command, Console& console) {
  auto paths = std::make_shared<std::vector<std::string>>();
  addOption(command,
            {.name = "PATH",
             .help = "traces, archives, profiles and other fixtures, or folders that hold some",
             .value = "PATH...",
             .required = true},
            *paths);
  return [paths, &console] { return run(*paths, console); };
}

}  // namespace stoklab::cli
