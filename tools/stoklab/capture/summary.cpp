#include "capture/summary.h"

#include <ostream>
#include <utility>

#include "capture/live_line.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

constexpr std::size_t kLongestKind = 60;

// "3 static file, 1 other host"
template <class Counts>
std::string listOf(const Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts)
    text +=
        (text.empty() ? "" : ", ") + std::to_string(count) + " " + printable(kind, kLongestKind);
  return text;
}

template <class Counts>
Json objectOf(const Counts& counts) {
  Json object = Json::object({});
  for (const auto& [kind, count] : counts) object.set(kind, static_cast<std::int64_t>(count));
  return object;
}

std::string plural(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

Json documentOf(const CaptureSummary& summary) {
  const RecordingTally& tally = summary.tally;
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  return Json::object({{"out", summary.out},
                       {"exchanges", number(tally.exchanges)},
                       {"sessions", number(tally.sessions.size())},
                       {"unanswered", number(tally.unanswered)},
                       {"leaks", number(tally.leaks)},
                       {"turned_away", number(tally.turnedAway)},
                       {"logins_held_back", summary.loginsHeldBack},
                       {"masked", objectOf(summary.masked)},
                       {"dropped", objectOf(summary.dropped)}});
}

}  // namespace

void printSummary(Console& console, const CaptureSummary& summary) {
  if (console.format == Format::json) printDocument(console, documentOf(summary));
  const RecordingTally& tally = summary.tally;
  std::ostream& err = console.err;
  err << "recorded " << plural(tally.exchanges, "exchange") << " in "
      << plural(tally.sessions.size(), "session");
  if (tally.exchanges > 0) err << ": " << summary.out;
  err << "\n";
  if (tally.unanswered > 0) err << "without an answer: " << tally.unanswered << "\n";
  if (!summary.masked.empty()) err << "masked: " << listOf(summary.masked) << "\n";
  if (!summary.dropped.empty()) err << "left out: " << listOf(summary.dropped) << "\n";
  if (summary.loginsHeldBack > 0)
    err << "logins that were not passed on: " << summary.loginsHeldBack << "\n";
  if (tally.turnedAway > 0)
    err << "turned away after the end of the recording: " << tally.turnedAway << "\n";
}

}  // namespace stoklab::cli
