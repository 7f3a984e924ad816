#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "access_options.h"
#include "calendar.h"
#include "drift/operand.h"
#include "drift/reports.h"
#include "options.h"
#include "recording_file.h"
#include "replaced_file.h"
#include "stoklab/fixtures/drift_accept.h"
#include "stoklab/fixtures/drift_client.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using fixtures::DriftLevel;
using fixtures::DriftReport;
using fixtures::NamedTrace;
using protocol::Result;

namespace {

struct Options {
  ConnectionOptions access;  // of sides that are devices; which, the side itself says
  std::string before, after;
  int format = 0;  // index of driftFormats()
  int failOn = 0;  // index of kFailOn
  bool values = false;
  std::string accept, writeAccept, reason, expires, out;
  std::vector<std::string> usedBy;
};

constexpr std::array<std::string_view, 4> kFailOn = {"breaking", "warning", "info", "never"};

DriftReportOptions reportOptions(const Options& options) {
  const auto word = kFailOn.at(static_cast<std::size_t>(options.failOn));
  const auto level = fixtures::driftLevelFromText(word);
  return {.failOn = level.value_or(DriftLevel::breaking), .failsNever = !level};
}

Result<std::vector<NamedTrace>> readTraces(const std::vector<std::string>& files) {
  std::vector<NamedTrace> traces;
  for (const std::string& file : files) {
    auto trace = fixtures::readTrace(file);
    if (!trace) return protocol::malformed("--used-by: " + trace.error().detail);
    traces.push_back({std::filesystem::path(file).filename().string(), *std::move(trace)});
  }
  return traces;
}

using Side = std::variant<DriftOperand, ExitCode>;

// An exit code if there is none; it has been reported.
Side sideOf(const std::string& text, const Options& options, Console& console) {
  if (isUrl(text)) return dumpDriftOperand(text, options.access, console);
  auto operand = readDriftOperand(text);
  if (!operand) return complain(console, ExitCode::usage, operand.error().detail);
  return *std::move(operand);
}

// Compares, then says what it means to the client, then takes out what is accepted.
Result<DriftReport> reportOf(const Options& options, const DriftOperand& before,
                             const DriftOperand& after, Console& console) {
  const auto traces = readTraces(options.usedBy);
  if (!traces) return traces.error();
  DriftReport report = compareProfiles(
      before.profile, after.profile,
      {.values = options.values, .before = before.knowledge, .after = after.knowledge});
  report.before = before.subject;
  report.after = after.subject;
  if (!traces->empty()) driftForClient(report, *traces);
  if (options.accept.empty()) return report;
  const auto text = readWholeFile(console, options.accept);
  if (!text) return text.error();
  const auto acceptances = fixtures::parseDriftAcceptances(*text, options.accept);
  if (!acceptances) return acceptances.error();
  acceptFindings(report, *acceptances, today());
  return report;
}

Result<void> checkOptions(const Options& options) {
  if (!options.writeAccept.empty() && options.reason.empty())
    return protocol::malformed("--write-accept needs --reason: say why the drift is accepted");
  if (!options.expires.empty() && !fixtures::isDay(options.expires))
    return protocol::malformed("--expires " + options.expires +
                               ": there is no such day; write it like 2027-03-31");
  return {};
}

ExitCode run(const Options& options, Console& console) {
  if (const auto valid = checkOptions(options); !valid)
    return complain(console, ExitCode::usage, valid.error().detail);
  const Side before = sideOf(options.before, options, console);
  if (const auto* code = std::get_if<ExitCode>(&before)) return *code;
  const Side after = sideOf(options.after, options, console);
  if (const auto* code = std::get_if<ExitCode>(&after)) return *code;
  const auto report =
      reportOf(options, std::get<DriftOperand>(before), std::get<DriftOperand>(after), console);
  if (!report) return complain(console, ExitCode::usage, report.error().detail);
  const DriftReportOptions how = reportOptions(options);
  const DriftFormat& format = driftFormats()[static_cast<std::size_t>(options.format)];
  const std::string text = format.write(*report, how);
  if (options.out.empty()) {
    console.out << text;
  } else if (const auto written = replaceFile(options.out, text); !written) {
    return complain(console, ExitCode::usage, written.error().detail);
  } else {
    note(console, verdictOf(*report) + " The report is in " + options.out);
  }
  for (const std::string& sentence : acceptanceNotes(*report)) note(console, sentence);
  if (!options.writeAccept.empty()) {
    const auto written =
        replaceFile(options.writeAccept,
                    fixtures::printDriftAcceptances(*report, options.reason, options.expires));
    if (!written) return complain(console, ExitCode::usage, written.error().detail);
    note(console, options.writeAccept + " accepts " + counted(report->findings.size(), "finding") +
                      "; look through it before you use it");
  }
  return hasFailure(*report, how) ? ExitCode::findings : ExitCode::asExpected;
}

}  // namespace

Run declareDiff(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(
      command,
      {.name = "A",
       .help = "the older one: a profile that ships, the file of a profile, a dump or a trace, "
               "or the URL of a device, which is read with one login",
       .required = true},
      options->before);
  addOption(command, {.name = "B", .help = "the newer one, likewise", .required = true},
            options->after);
  std::vector<std::string> formats;
  for (const DriftFormat& format : driftFormats()) formats.emplace_back(format.name);
  addChoice(command,
            {.name = "--format",
             .help = "how the report is written: for a terminal, for programs, for a comment on a "
                     "pull request, as a page, as annotations of GitHub Actions, or as JUnit XML",
             .value = "text|json|markdown|html|github|junit"},
            formats, options->format);
  addChoice(command,
            {.name = "--fail-on",
             .help = "findings of this level, and of those above it, make the exit code 1",
             .value = "breaking|warning|info|never"},
            {kFailOn.begin(), kFailOn.end()}, options->failOn);
  addFlag(command, {.name = "--values", .help = "compare settings as well, not only the protocol"},
          options->values);
  addOption(command,
            {.name = "--used-by",
             .help = "traces of a client: what its calls touch counts more, the rest less, and the "
                     "report says which calls are affected; repeatable",
             .value = "TRACE"},
            options->usedBy);
  addOption(command,
            {.name = "--accept",
             .help = "findings that are accepted: a file of fingerprints with reason and last day",
             .value = "FILE"},
            options->accept);
  addOption(command,
            {.name = "--write-accept",
             .help = "write a file that accepts what was found, and what was accepted already",
             .value = "FILE"},
            options->writeAccept);
  addOption(command, {.name = "--reason", .help = "why, for --write-accept", .value = "SENTENCE"},
            options->reason);
  addOption(command,
            {.name = "--expires",
             .help = "the last day, for --write-accept, such as 2027-03-31",
             .value = "DAY"},
            options->expires);
  addOption(command,
            {.name = "--out",
             .help = "where to write the report instead of standard output",
             .value = "FILE"},
            options->out);
  addTrustOptions(command, options->access);
  addLoginOptions(command, options->access);
  addDependence(command, {"--reason", "--expires"}, "--write-accept");
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
