#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "options.h"
#include "stoklab/fixtures/trace.h"
#include "trace_summary.h"
#include "trace_text.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

std::string counted(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

std::string millisecondsText(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

// A heading and, for each row, its count and its name; nothing if there are none.
template <class Rows, class Name>
void printTable(std::ostream& out, std::string_view heading, const Rows& rows, const Name& name) {
  if (rows.empty()) return;
  out << "\n" << heading << "\n";
  for (const auto& [key, count] : rows) {
    const std::string number = std::to_string(count);
    out << std::string(8 - std::min<std::size_t>(8, number.size()), ' ') << number << "  "
        << name(key) << "\n";
  }
}

void printText(const TraceSummary& summary, const fixtures::Trace& trace, std::ostream& out) {
  out << counted(summary.exchanges, "exchange") << " in " << secondsText(summary.span) << " s, "
      << counted(summary.sessions.size(), "session");
  if (summary.withoutAnswer > 0) out << ", " << summary.withoutAnswer << " without an answer";
  out << "\n";
  if (summary.durations) {
    const DurationSummary& all = *summary.durations;
    out << "durations: median " << millisecondsText(all.median) << ", 90 % within "
        << millisecondsText(all.ninety) << ", 99 % within " << millisecondsText(all.ninetyNine)
        << ", longest " << millisecondsText(all.longest) << " (of " << all.count << ")\n";
  }
  for (const SessionSummary& each : summary.sessions) {
    out << "session " << each.label << ": " << counted(each.exchanges, "exchange") << " from "
        << secondsText(each.first) << " s to " << secondsText(each.last) << " s\n";
  }
  const auto asItIs = [](const auto& key) { return key; };
  printTable(out, "methods", summary.methods, asItIs);
  printTable(out, "requests", summary.requests, asItIs);
  printTable(out, "HTTP status", summary.statuses, asItIs);
  printTable(out, "codes", summary.codes, codeText);
  printTable(out, "left out of the recording", trace.dropped, asItIs);
}

template <class Rows>
Json countsJson(const Rows& rows) {
  Json json = Json::object();
  for (const auto& [key, count] : rows) json.set(key, static_cast<std::int64_t>(count));
  return json;
}

// Numbers that are keys become text, as keys of JSON must be.
template <class Number>
std::map<std::string, std::size_t> byText(const std::map<Number, std::size_t>& rows) {
  std::map<std::string, std::size_t> named;
  for (const auto& [key, count] : rows) named.emplace(std::to_string(key), count);
  return named;
}

Json documentOf(const TraceSummary& summary, const fixtures::Trace& trace) {
  Json sessions = Json::array();
  for (const SessionSummary& each : summary.sessions) {
    sessions.push(Json::object({{"session", each.label},
                                {"exchanges", static_cast<std::int64_t>(each.exchanges)},
                                {"first_ms", std::int64_t{each.first.count()}},
                                {"last_ms", std::int64_t{each.last.count()}}}));
  }
  Json durations;
  if (const auto& all = summary.durations) {
    durations = Json::object({{"count", static_cast<std::int64_t>(all->count)},
                              {"median_ms", std::int64_t{all->median.count()}},
                              {"p90_ms", std::int64_t{all->ninety.count()}},
                              {"p99_ms", std::int64_t{all->ninetyNine.count()}},
                              {"longest_ms", std::int64_t{all->longest.count()}}});
  }
  return Json::object({{"exchanges", static_cast<std::int64_t>(summary.exchanges)},
                       {"without_answer", static_cast<std::int64_t>(summary.withoutAnswer)},
                       {"span_ms", std::int64_t{summary.span.count()}},
                       {"sessions", std::move(sessions)},
                       {"durations", std::move(durations)},
                       {"methods", countsJson(summary.methods)},
                       {"requests", countsJson(summary.requests)},
                       {"statuses", countsJson(byText(summary.statuses))},
                       {"codes", countsJson(byText(summary.codes))},
                       {"dropped", countsJson(trace.dropped)}});
}

ExitCode run(const std::string& file, Console& console) {
  const auto trace = fixtures::readTrace(file);
  if (!trace) return complain(console, ExitCode::usage, trace.error().detail);
  const TraceSummary summary = summaryOf(*trace);
  if (console.format == Format::json) {
    printDocument(console, documentOf(summary, *trace));
  } else {
    printText(summary, *trace, console.out);
  }
  return ExitCode::asExpected;
}

}  // namespace

Run declareTraceStats(CLI::App& command, Console& console) {
  auto file = std::make_shared<std::string>();
  addOption(command, {.name = "FILE", .help = "a trace", .value = "FILE", .required = true}, *file);
  return [file, &console] { return run(*file, console); };
}

}  // namespace stoklab::cli
