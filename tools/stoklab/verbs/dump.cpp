#include "dump/dump.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <variant>

#include "calendar.h"
#include "connection.h"
#include "dump/assemble.h"
#include "interruption.h"
#include "options.h"
#include "replaced_file.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;
using protocol::malformed;
using protocol::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::array kAllowed = {"read-only", "reversible"};
constexpr double kHighestRate = 1000;

struct Options {
  ConnectionOptions connection;
  std::string out, base;
  double rate = 4;
  bool overwrite = false;
  bool restart = false;
  int httpPort = -1;  // not given
  int failedLogins = 0;
  int sessionSeconds = 0;
  int allow = 0;  // index of kAllowed
};

// Where the profile goes, as far as that is known before the device has said what it is.
struct Destination {
  fs::path file;       // empty: its name comes from the device
  fs::path directory;  // of it
  std::string name;    // of the profile; empty likewise
  fs::path journal;
};

Result<Destination> destinationOf(const Options& options) {
  if (options.out.empty())
    return malformed("no place is named for the profile: use --out DIR or --out FILE.json");
  Destination destination;
  const fs::path out(options.out);
  std::error_code error;
  if (fs::is_directory(out, error)) {
    destination.directory = out;
    destination.journal = dump::journalFor(out / "dump");
    return destination;
  }
  if (!out.has_filename())
    return malformed(options.out + " is no folder; make it first, or name a file");
  destination.file = out;
  destination.directory = out.has_parent_path() ? out.parent_path() : fs::path(".");
  if (!fs::is_directory(destination.directory, error))
    return malformed("there is no folder " + destination.directory.string() + "; make it first");
  if (fs::exists(out, error) && !options.overwrite)
    return malformed(options.out + " is there already; name another file, or add --overwrite");
  destination.name = out.stem().string();
  const auto fits = [](unsigned char c) {
    return c < 0x80 && (std::isdigit(c) != 0 || std::islower(c) != 0 || c == '.' || c == '_');
  };
  if (out.extension() != ".json" ||
      !std::all_of(destination.name.begin(), destination.name.end(), fits) ||
      std::isalnum(static_cast<unsigned char>(destination.name.front())) == 0)
    return malformed(
        "the file gives the profile its name, so it must be called like "
        "c350_hw1.0_fw2.3.2.json: lower-case letters, digits, dots and underscores");
  destination.journal = dump::journalFor(out);
  return destination;
}

// Whether a journal holds more than its first line; one that does not is of no use, and goes.
bool keptSteps(const fs::path& journal) {
  std::ifstream file(journal);
  std::string first, second;
  if (std::getline(file, first) && std::getline(file, second)) return true;
  std::error_code ignored;
  fs::remove(journal, ignored);
  return false;
}

std::int64_t millisecondsAt(std::vector<std::chrono::microseconds> latencies, double part) {
  if (latencies.empty()) return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1) + 0.5);
  std::nth_element(latencies.begin(), latencies.begin() + static_cast<std::ptrdiff_t>(at),
                   latencies.end());
  return std::chrono::duration_cast<std::chrono::milliseconds>(latencies[at]).count();
}

Json latencyFacts(const dump::DumpReport& report) {
  return Json::object({{"p50", millisecondsAt(report.latencies, 0.50)},
                       {"p90", millisecondsAt(report.latencies, 0.90)},
                       {"p99", millisecondsAt(report.latencies, 0.99)},
                       {"max", millisecondsAt(report.latencies, 1)}});
}

struct Tally {
  std::int64_t modules = 0, sections = 0, measured = 0, assumed = 0;
};

Tally tallyOf(const fixtures::Profile& profile) {
  Tally tally{.modules = static_cast<std::int64_t>(profile.modules.size())};
  for (const fixtures::Module& module : profile.modules)
    for (const fixtures::Section& section : module.sections)
      if (section.kind != fixtures::SectionKind::action) ++tally.sections;
  tally.assumed = static_cast<std::int64_t>(fixtures::assumptions(profile).size());
  return tally;
}

void printReport(const dump::Dump& dump, const fs::path& file, Console& console) {
  const dump::DumpReport& report = dump.report;
  const Tally tally = tallyOf(dump.profile);
  if (console.format == Format::json) {
    Json refused = Json::array(), notes = Json::array();
    for (const std::string& each : report.refused) refused.push(each);
    for (const std::string& each : report.notes) notes.push(each);
    printDocument(console,
                  Json::object({{"out", file.string()},
                                {"profile", dump.profile.name},
                                {"base", report.base},
                                {"model", dump.profile.identity.model},
                                {"hardware", dump.profile.identity.hardware},
                                {"firmware", dump.profile.identity.firmware},
                                {"modules", tally.modules},
                                {"sections", tally.sections},
                                {"assumed", tally.assumed},
                                {"requests", static_cast<std::int64_t>(report.requests)},
                                {"handshakes", static_cast<std::int64_t>(report.handshakes)},
                                {"logins", report.logins},
                                {"resumed_steps", static_cast<std::int64_t>(report.resumedSteps)},
                                {"took_ms", std::int64_t{report.took.count()}},
                                {"latency_ms", latencyFacts(report)},
                                {"refused", std::move(refused)},
                                {"notes", std::move(notes)}}));
    return;
  }
  console.out << file.string() << ": " << dump.profile.identity.model << ", firmware "
              << dump.profile.identity.firmware << "; " << tally.modules << " modules, "
              << tally.sections << " sections and tables\n";
  const Json latency = latencyFacts(report);
  note(console, std::to_string(report.requests) + " requests and " +
                    std::to_string(report.handshakes) + " further handshakes in " +
                    std::to_string(report.took.count() / 1000) + " s, " +
                    std::to_string(report.logins) + (report.logins == 1 ? " login" : " logins") +
                    "; answers took " + printJson(*latency.find("p50")) + " ms (half of them), " +
                    printJson(*latency.find("p90")) + " ms (nine of ten), " +
                    printJson(*latency.find("max")) + " ms (the longest)");
  note(console, std::to_string(tally.assumed) + " facts are not measured and as in " + report.base +
                    "; the profile says which");
  for (const std::string& each : report.refused) note(console, "not answered: " + each);
  for (const std::string& each : report.notes) note(console, each);
}

ExitCode keep(const dump::Dump& dump, const Destination& destination, const Options& options,
              Console& console) {
  const fs::path file = destination.file.empty()
                            ? destination.directory / (dump.profile.name + ".json")
                            : destination.file;
  std::error_code error;
  if (destination.file.empty() && fs::exists(file, error) && !options.overwrite)
    return complain(console, ExitCode::usage,
                    file.string() +
                        " is there already, so nothing was written; the same command "
                        "with --overwrite, or another place, goes on from here");
  if (auto written = replaceFile(file, printProfile(dump.profile)); !written)
    return complain(console, ExitCode::usage, written.error().detail);
  fs::remove(destination.journal, error);
  printReport(dump, file, console);
  return ExitCode::asExpected;
}

ExitCode run(const Options& options, Console& console) {
  const auto destination = destinationOf(options);
  if (!destination) return complain(console, ExitCode::usage, destination.error().detail);
  std::error_code error;
  if (options.restart) fs::remove(destination->journal, error);
  const Interruption interruption;
  dump::DumpOptions dumping{.rate = options.rate,
                            .base = options.base,
                            .name = destination->name,
                            .journal = destination->journal,
                            .costly = {.failedLogins = options.failedLogins,
                                       .sessionUpTo = std::chrono::seconds(options.sessionSeconds),
                                       .rewrite = options.allow == 1},
                            .today = today(),
                            .interrupted = &interruption.signal()};
  if (options.httpPort >= 0) dumping.httpPort = static_cast<std::uint16_t>(options.httpPort);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) {
    dumping.progress = [&console](std::string_view step, std::size_t done, std::size_t of) {
      console.err << "\r\033[K" << done << (of > 0 ? " of about " + std::to_string(of) : "") << "  "
                  << step << std::flush;
    };
  }
  const auto outcome = dump::dumpTarget(options.connection, dumping, console);
  if (terminal) console.err << "\r\033[K" << std::flush;
  if (const auto* code = std::get_if<ExitCode>(&outcome)) {
    if (keptSteps(destination->journal))
      note(console, "what was found so far is in " + destination->journal.string() +
                        "; the same command goes on from there, --restart begins again");
    return *code;
  }
  return keep(std::get<dump::Dump>(outcome), *destination, options, console);
}

}  // namespace

Run declareDump(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addSessionOptions(command, options->connection);
  addOption(command,
            {.name = "--out",
             .help = "the profile; in a folder it is named after the device",
             .value = "DIR|FILE"},
            options->out);
  addFlag(command, {.name = "--overwrite", .help = "replace a file that is there already"},
          options->overwrite);
  addOption(command,
            {.name = "--rate", .help = "requests a second; 0: as fast as they go", .value = "N"},
            options->rate, {0, kHighestRate});
  addOption(command,
            {.name = "--base",
             .help = "what cannot be measured is as in this profile; default: the nearest one",
             .value = "NAME|FILE"},
            options->base);
  addFlag(command, {.name = "--restart", .help = "begin again, also if a dump was interrupted"},
          options->restart);
  addOption(command,
            {.name = "--http-port",
             .help = "also look where plain HTTP on this port leads",
             .value = "N"},
            options->httpPort, kPort);
  addOption(command,
            {.name = "--allow-failed-logins",
             .help = "so many logins that the device refuses, to learn how it does that: 1 with a "
                     "wrong password, 2 also one without fields; the right login follows",
             .value = "N"},
            options->failedLogins, {0, 2});
  addOption(command,
            {.name = "--measure-session",
             .help = "wait up to that long, several times over, until a session has ended by "
                     "itself; takes a login for each time that it has",
             .value = "SECONDS"},
            options->sessionSeconds, {0, 24 * 3600});
  addChoice(command,
            {.name = "--allow",
             .help = "reversible: write values that are there already, to learn what can be "
                     "written"},
            {kAllowed.begin(), kAllowed.end()}, options->allow);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
