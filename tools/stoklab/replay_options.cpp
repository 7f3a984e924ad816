#include "replay_options.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace stoklab::cli {

using emulator::describeEntry;
using emulator::OnMiss;
using fixtures::Trace;
using protocol::Json;
using protocol::Result;

namespace {

constexpr std::array kOnMiss = {std::pair{"error", OnMiss::error},
                                std::pair{"profile", OnMiss::profile},
                                std::pair{"nearest", OnMiss::nearest}};
constexpr double kSlowest = 0.001, kFastest = 1000;

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::size_t sessionsIn(const Trace& trace) {
  std::set<std::string_view> labels;
  for (const auto& exchange : trace.exchanges)
    if (!exchange.session.empty()) labels.insert(exchange.session);
  return labels.size();
}

Json documentOf(const Trace& trace, const emulator::ReplayReport& report) {
  Json unused = Json::array();
  for (const std::size_t index : report.unused) unused.push(describeEntry(trace, index));
  return Json::object(
      {{"replay",
        Json::object({{"exchanges", static_cast<std::int64_t>(report.exchanges)},
                      {"used", static_cast<std::int64_t>(report.exchanges - report.unused.size())},
                      {"unused", std::move(unused)},
                      {"misses", static_cast<std::int64_t>(report.misses)}})}});
}

}  // namespace

void addReplayOptions(CLI::App& command, ReplayArguments& arguments) {
  addOption(command,
            {.name = "--replay",
             .help = "answer from a recorded trace; challenge and login are live, and without a "
                     "password any is let in. --profile and --fault go with it: the profile is "
                     "by default the trace's, and a fault is planted around the trace",
             .value = "TRACE"},
            arguments.trace);
  std::vector<std::string> words;
  for (const auto& row : kOnMiss) words.emplace_back(row.first);
  addChoice(command,
            {.name = "--on-miss",
             .help = "what was never recorded is answered with an error that names the nearest "
                     "entry, by the device of the profile, or like the nearest entry"},
            words, arguments.onMiss);
  addFlag(command,
          {.name = "--strict",
           .help = "end with exit code 1 if recorded exchanges were not used, or something was "
                   "asked that was not recorded; asking more often than recorded is no fault"},
          arguments.strict);
  addOption(command,
            {.name = "--timing",
             .help = "how long answers take: as recorded, no time, or x10 for ten times as fast as "
                     "recorded; at most a minute each",
             .value = "recorded|none|xN"},
            arguments.timing);
  addDependence(command, {"--on-miss", "--strict", "--timing"}, "--replay");
}

Result<double> parseTiming(const std::string& text) {
  if (text == "none") return 0.0;
  if (text == "recorded") return 1.0;
  double speed = 0;
  const char* const end = text.data() + text.size();
  if (text.starts_with('x')) {
    const auto read = std::from_chars(text.data() + 1, end, speed);
    if (read.ec == std::errc{} && read.ptr == end && speed >= kSlowest && speed <= kFastest)
      return speed;
  }
  return protocol::malformed(
      "--timing takes recorded, none or x and a number from 0.001 to 1000, "
      "such as x10; it was given " +
      text);
}

Result<ReplaySetup> readReplay(const ReplayArguments& arguments, Console& console) {
  const auto speed = parseTiming(arguments.timing);
  if (!speed) return speed.error();
  auto trace = fixtures::readTrace(arguments.trace);
  if (!trace) return std::move(trace).error();
  for (const std::string& sentence : emulator::replayNotes(*trace)) note(console, sentence);
  return ReplaySetup{
      .trace = std::make_shared<const Trace>(*std::move(trace)),
      .options = {.onMiss = kOnMiss.at(static_cast<std::size_t>(arguments.onMiss)).second,
                  .speed = *speed,
                  .say = [&console](const std::string& message) { note(console, message); }}};
}

Result<fixtures::Profile> profileForReplay(const Trace& trace, const std::string& chosen,
                                           Console& console) {
  if (!chosen.empty()) return fixtures::findProfile(chosen);
  const std::string fallback(fixtures::kDefaultProfile);
  const std::string& named = trace.source.profile;
  if (named.empty()) {
    note(console, "the trace names no profile; challenge, login and TLS are those of " + fallback +
                      " (--profile chooses another)");
    return fixtures::findProfile(fallback);
  }
  if (auto profile = fixtures::builtInProfile(named)) return profile;
  note(console, "the trace names the profile " + named +
                    ", which does not ship; challenge, login and TLS are those of " + fallback +
                    " (--profile takes a file)");
  return fixtures::findProfile(fallback);
}

Json replayFacts(const ReplayArguments& arguments, const Trace& trace) {
  return Json::object({{"file", arguments.trace},
                       {"exchanges", static_cast<std::int64_t>(trace.exchanges.size())},
                       {"sessions", static_cast<std::int64_t>(sessionsIn(trace))},
                       {"on_miss", kOnMiss.at(static_cast<std::size_t>(arguments.onMiss)).first},
                       {"strict", arguments.strict},
                       {"timing", arguments.timing}});
}

ExitCode concludeReplay(const ReplayArguments& arguments, const Trace& trace,
                        const emulator::ReplayReport& report, Console& console) {
  if (console.format == Format::json) printDocument(console, documentOf(trace, report));
  const std::size_t used = report.exchanges - report.unused.size();
  const std::string summary = std::to_string(used) + " of " +
                              counted(report.exchanges, "recorded exchange", "recorded exchanges") +
                              " used, " + counted(report.misses, "miss", "misses");
  if (!arguments.strict || (report.unused.empty() && report.misses == 0)) {
    note(console, summary);
    return ExitCode::asExpected;
  }
  std::string message = "--strict: " + summary;
  for (const std::size_t index : report.unused)
    message += "\n  nobody asked for " + describeEntry(trace, index);
  return complain(console, ExitCode::findings, message);
}

}  // namespace stoklab::cli
