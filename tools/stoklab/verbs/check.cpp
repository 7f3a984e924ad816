#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "client_check.h"
#include "drift/escape.h"
#include "options.h"
#include "stoklab/emulator/replay.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using fixtures::JsonDifference;
using fixtures::Trace;
using protocol::Json;
using Outcome = CheckedRequest::Outcome;

namespace {

struct Options {
  std::string trace, profile;
  int format = 0;  // index of kFormats
};

// What was checked, and what came of it.
struct Checked {
  const Options& options;
  const Trace& trace;
  const fixtures::Profile& firmware;
  const ClientCheck& check;
};

std::string entryOf(const Checked& checked, const CheckedRequest& request) {
  return printable(emulator::describeEntry(checked.trace, request.index));
}

std::string lineOf(const JsonDifference& difference) {
  using Kind = JsonDifference::Kind;
  const std::string place = difference.path.empty() ? "the answer" : difference.path;
  return printable(
      place + ": recorded " + difference.left +
      (difference.kind == Kind::onlyLeft ? ", now missing" : ", now " + difference.right));
}

// "3 of 12 requests fail on c540v_fw2.2.0 (VIGI C540V, firmware 2.2.0); 1 could not be run"
std::string summaryOf(const Checked& checked) {
  const ClientCheck& check = checked.check;
  std::string text = std::to_string(check.count(Outcome::fails)) + " of " +
                     counted(check.requests.size(), "request") + " fail on " +
                     checked.firmware.name + " (" + printable(checked.firmware.identity.model) +
                     ", firmware " + printable(checked.firmware.identity.firmware) + ")";
  if (const auto notRun = check.count(Outcome::notRun); notRun > 0)
    text += "; " + std::to_string(notRun) + " could not be run";
  return text;
}

std::string asText(const Checked& checked) {
  std::string out;
  for (const CheckedRequest& request : checked.check.requests) {
    if (request.outcome == Outcome::works) continue;
    out += (request.outcome == Outcome::fails ? "fails: " : "not run: ") +
           entryOf(checked, request) + "\n";
    if (!request.reason.empty()) out += "  " + printable(request.reason) + "\n";
    for (const auto& difference : request.differences) out += "  " + lineOf(difference) + "\n";
  }
  return out + summaryOf(checked) + "\n";
}

std::string_view wordFor(Outcome outcome) {
  if (outcome == Outcome::works) return "works";
  return outcome == Outcome::fails ? "fails" : "not-run";
}

std::string asJson(const Checked& checked) {
  using Kind = JsonDifference::Kind;
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  Json requests = Json::array();
  for (const CheckedRequest& request : checked.check.requests) {
    Json& entry = requests.push(Json::object({{"index", number(request.index)},
                                              {"entry", entryOf(checked, request)},
                                              {"outcome", wordFor(request.outcome)}}));
    if (!request.reason.empty()) entry.set("reason", request.reason);
    if (request.differences.empty()) continue;
    Json& list = entry.set("differences", Json::array());
    for (const auto& difference : request.differences) {
      Json& each =
          list.push(Json::object({{"path", difference.path}, {"recorded", difference.left}}));
      if (difference.kind != Kind::onlyLeft) each.set("now", difference.right);
    }
  }
  const ClientCheck& check = checked.check;
  return printPrettyJson(Json::object({{"schema_version", kSchemaVersion},
                                       {"profile", checked.firmware.name},
                                       {"works", number(check.count(Outcome::works))},
                                       {"fails", number(check.count(Outcome::fails))},
                                       {"not_run", number(check.count(Outcome::notRun))},
                                       {"left_out", number(check.leftOut)},
                                       {"requests", std::move(requests)}})) +
         "\n";
}

std::string asJunit(const Checked& checked) {
  const ClientCheck& check = checked.check;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"check." +
      xmlEscaped(checked.firmware.name) + "\" tests=\"" + std::to_string(check.requests.size()) +
      "\" failures=\"" + std::to_string(check.count(Outcome::fails)) +
      "\" errors=\"0\" skipped=\"" + std::to_string(check.count(Outcome::notRun)) + "\">\n";
  for (const CheckedRequest& request : check.requests) {
    std::string story = printable(request.reason);
    for (const auto& difference : request.differences)
      story += (story.empty() ? "" : "\n") + lineOf(difference);
    out +=
        "    <testcase classname=\"check\" name=\"" + xmlEscaped(entryOf(checked, request)) + "\"";
    if (request.outcome == Outcome::works)
      out += "/>\n";
    else if (request.outcome == Outcome::notRun)
      out += "><skipped message=\"" + xmlEscaped(story) + "\"/></testcase>\n";
    else
      out += "><failure message=\"" + xmlEscaped(story.substr(0, story.find('\n'))) + "\">" +
             xmlEscaped(story) + "</failure></testcase>\n";
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

struct NamedFormat {
  const char* name;
  std::string (*write)(const Checked& checked);
};
constexpr std::array kFormats = {NamedFormat{"text", asText}, NamedFormat{"json", asJson},
                                 NamedFormat{"junit", asJunit}};

ExitCode run(const Options& options, Console& console) {
  const auto trace = fixtures::readTrace(options.trace);
  if (!trace) return complain(console, ExitCode::usage, trace.error().detail);
  auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  const auto firmware = std::make_shared<const fixtures::Profile>(*std::move(profile));
  const ClientCheck check = checkClient(*trace, firmware);
  if (check.requests.empty())
    return complain(console, ExitCode::nothingRun,
                    options.trace + " holds no request that could be asked again (" +
                        std::to_string(check.leftOut) + " were left out), so nothing was checked");
  const Checked checked{options, *trace, *firmware, check};
  console.out << kFormats.at(static_cast<std::size_t>(options.format)).write(checked);
  if (check.leftOut > 0)
    note(console, "requests that were left out: " + std::to_string(check.leftOut) +
                      " (without their answer, or with a body that is not in the trace)");
  const bool works = check.count(Outcome::works) == check.requests.size();
  return works ? ExitCode::asExpected : ExitCode::findings;
}

}  // namespace

Run declareCheck(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "--client-trace",
             .help = "what the client said to its device, as `stoklab capture` records it",
             .value = "TRACE",
             .required = true},
            options->trace);
  addOption(command,
            {.name = "--profile",
             .help = "the firmware that it is asked of, emulated within this process",
             .value = "NAME|FILE",
             .required = true},
            options->profile);
  std::vector<std::string> formats;
  for (const NamedFormat& format : kFormats) formats.emplace_back(format.name);
  addChoice(command,
            {.name = "--format", .help = "how the answer is printed", .value = "text|json|junit"},
            formats, options->format);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
