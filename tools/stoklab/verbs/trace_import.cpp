#include "stoklab/fixtures/trace_import.h"

#include <array>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "kept_fields.h"
#include "options.h"
#include "recording_file.h"
#include "replaced_file.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

using fixtures::ImportedTrace;
using fixtures::ImportOptions;
using fixtures::KeptField;
using fixtures::RecordingFormat;
using protocol::ErrorKind;
using protocol::Json;

namespace {

// In the order of the choice --format-in.
constexpr std::array<std::optional<RecordingFormat>, 3> kFormats = {
    std::nullopt, RecordingFormat::har, RecordingFormat::curl};

struct Options {
  std::string file = {};
  std::string out = {};
  std::string profile = {};
  std::string host = {};
  std::string note = {};
  std::vector<std::string> keep = {};
  int format = 0;
};

// "3 static file, 1 web socket"; empty if there is nothing to count.
template <class Counts>
std::string listOf(const Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts) {
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + kind;
  }
  return text;
}

template <class Counts>
Json countsJson(const Counts& counts) {
  Json json = Json::object();
  for (const auto& [kind, count] : counts) json.set(kind, static_cast<std::int64_t>(count));
  return json;
}

Json textsJson(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void printSummary(Console& console, const Options& options, const ImportedTrace& imported) {
  const fixtures::Trace& trace = imported.trace;
  const auto& report = imported.report;
  std::ostream& err = console.err;
  err << "imported " << counted(trace.exchanges.size(), "exchange") << " of "
      << counted(report.sessions, "session");
  for (std::size_t i = 0; i < report.hosts.size(); ++i)
    err << (i == 0 ? " with " : ", ") << report.hosts[i];
  if (!trace.source.exporter.empty()) err << ", exported by " << trace.source.exporter;
  err << "\n";
  if (!trace.dropped.empty()) err << "left out: " << listOf(trace.dropped) << "\n";
  if (!report.masked.empty()) err << "masked values: " << listOf(report.masked) << "\n";
  for (const std::string& sentence : report.notes) note(console, sentence);
  if (!options.out.empty()) err << "written: " << options.out << "\n";
}

void printReport(Console& console, const Options& options, const ImportedTrace& imported) {
  const auto& report = imported.report;
  printDocument(
      console,
      Json::object({{"file", options.out},
                    {"format", std::string(toText(report.format))},
                    {"exchanges", static_cast<std::int64_t>(imported.trace.exchanges.size())},
                    {"sessions", static_cast<std::int64_t>(report.sessions)},
                    {"hosts", textsJson(report.hosts)},
                    {"exporter", imported.trace.source.exporter},
                    {"dropped", countsJson(imported.trace.dropped)},
                    {"masked", countsJson(report.masked)},
                    {"notes", textsJson(report.notes)}}));
}

ExitCode complainOfNothing(Console& console, const Options& options,
                           const ImportedTrace& imported) {
  for (const std::string& sentence : imported.report.notes) note(console, sentence);
  std::string what = options.file + ": no exchange of the protocol is in it";
  if (!options.host.empty()) what += " with " + options.host;
  const std::string found = listOf(imported.trace.dropped);
  what += found.empty() ? "; it is empty" : "; found instead: " + found;
  return complain(console, ExitCode::nothingRun, what);
}

protocol::Result<std::vector<KeptField>> keptFields(const std::vector<std::string>& texts) {
  auto kept = parseKeptFields(texts);
  if (!kept) return kept;
  if (auto fine = fixtures::checkKept(*kept); !fine) return fine.error();
  return kept;
}

ExitCode run(const Options& options, Console& console) {
  auto kept = keptFields(options.keep);
  if (!kept) return complain(console, ExitCode::usage, "--keep: " + kept.error().detail);
  std::optional<fixtures::Profile> profile;
  if (!options.profile.empty()) {
    auto found = fixtures::findProfile(options.profile);
    if (!found) return complain(console, ExitCode::usage, found.error().detail);
    profile = *std::move(found);
  }
  const auto text = readWholeFile(console, options.file);
  if (!text) return complain(console, ExitCode::usage, text.error().detail);

  const auto imported = fixtures::importRecording(
      *text,
      ImportOptions{.format = kFormats[static_cast<std::size_t>(options.format)],
                    .builder = {.redaction = {.keep = *std::move(kept)}, .host = options.host},
                    .profile = profile ? &*profile : nullptr,
                    .tool = "stoklab " STOKLAB_VERSION,
                    .note = options.note});
  if (!imported) {
    const bool leak = imported.error().kind == ErrorKind::safety;
    return complain(
        console, leak ? ExitCode::findings : ExitCode::usage,
        options.file + ": " + imported.error().detail + (leak ? "; nothing was written" : ""));
  }
  if (imported->trace.exchanges.empty()) return complainOfNothing(console, options, *imported);

  if (options.out.empty()) {
    console.out << imported->text;
  } else if (auto written = replaceFile(options.out, imported->text); !written) {
    return complain(console, ExitCode::usage, written.error().detail);
  }
  if (console.format == Format::json && !options.out.empty()) {
    printReport(console, options, *imported);
  } else {
    printSummary(console, options, *imported);
  }
  return ExitCode::asExpected;
}

}  // namespace

Run declareTraceImport(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "FILE",
             .help = "a HAR of a browser, proxy or test tool, or curl commands (\"copy as cURL\"); "
                     "- is standard input",
             .value = "FILE|-",
             .required = true},
            options->file);
  addOption(
      command,
      {.name = "--out", .help = "the trace; else it goes to standard output", .value = "FILE"},
      options->out);
  addChoice(command, {.name = "--format-in", .help = "what FILE is"}, {"auto", "har", "curl"},
            options->format);
  addOption(command,
            {.name = "--profile",
             .help = "whose settings are known; else all that ship",
             .value = "NAME|FILE"},
            options->profile);
  addOption(command,
            {.name = "--host",
             .help = "only exchanges with this host; else with any that speaks the protocol",
             .value = "HOST[:PORT]"},
            options->host);
  addOption(command,
            {.name = "--keep",
             .help = "a field that is not masked, and why; the trace tells it",
             .value = "FIELD=REASON"},
            options->keep);
  addOption(command, {.name = "--note", .help = "a sentence for the trace", .value = "TEXT"},
            options->note);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
