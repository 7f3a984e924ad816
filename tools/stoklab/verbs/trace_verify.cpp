#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connection.h"
#include "failure.h"
#include "interruption.h"
#include "options.h"
#include "stoklab/emulator/replay.h"
#include "stoklab/fixtures/trace.h"
#include "target.h"
#include "trace_verification.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

using fixtures::Compare;
using fixtures::JsonDifference;
using fixtures::Trace;
using protocol::Json;
using protocol::Result;

namespace {

constexpr double kPoliteRate = 4;  // requests a second, of a device that is not on this machine

struct Options {
  ConnectionOptions connection;
  std::string trace;
  bool values = false;
  double rate = -1;  // negative: not given
};

// Waits so that no more than so many requests a second are sent.
class Pace {
 public:
  explicit Pace(double perSecond)
      : gap_(perSecond > 0 ? std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(1 / perSecond))
                           : Clock::duration::zero()) {}

  // Returns early if `signal` is set.
  void wait(const std::atomic<int>& signal) {
    constexpr std::chrono::milliseconds kLook{50};
    while (signal == 0 && Clock::now() < next_)
      std::this_thread::sleep_for(std::min<Clock::duration>(kLook, next_ - Clock::now()));
    next_ = Clock::now() + gap_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::duration gap_;
  Clock::time_point next_ = Clock::now();
};

struct Outcome {
  std::size_t asked = 0;
  std::vector<ReadOutcome> differing;
  int signal = 0;  // that ended it early
};

std::string sideOf(std::string_view name, const std::string& value, bool absent) {
  return std::string(name) + (absent ? " has none" : " " + value);
}

std::string lineOf(const JsonDifference& difference) {
  using Kind = JsonDifference::Kind;
  return (difference.path.empty() ? std::string("the answer") : difference.path) + ": " +
         sideOf("device", difference.left, difference.kind == Kind::onlyRight) + ", " +
         sideOf("trace", difference.right, difference.kind == Kind::onlyLeft);
}

Json documentOf(const Options& options, const Trace& trace, const RecordedReads& recorded,
                const Outcome& outcome) {
  Json list = Json::array();
  for (const ReadOutcome& read : outcome.differing) {
    Json differences = Json::array();
    for (const auto& difference : read.differences) {
      Json& entry = differences.push(Json::object({{"path", difference.path}}));
      if (difference.kind != JsonDifference::Kind::onlyRight) entry.set("device", difference.left);
      if (difference.kind != JsonDifference::Kind::onlyLeft) entry.set("trace", difference.right);
    }
    list.push(Json::object({{"entry", emulator::describeEntry(trace, read.index)},
                            {"differences", std::move(differences)}}));
  }
  return Json::object({{"compared", options.values ? "values" : "shape"},
                       {"reads", static_cast<std::int64_t>(recorded.reads.size())},
                       {"asked", static_cast<std::int64_t>(outcome.asked)},
                       {"left_out", static_cast<std::int64_t>(recorded.leftOut)},
                       {"differing", std::move(list)}});
}

void printText(Console& console, const Trace& trace, const RecordedReads& recorded,
               const Outcome& outcome) {
  for (const ReadOutcome& read : outcome.differing) {
    console.out << emulator::describeEntry(trace, read.index) << "\n";
    for (const auto& difference : read.differences)
      console.out << "  " << lineOf(difference) << "\n";
  }
  console.out << outcome.differing.size() << " of " << outcome.asked << " reads differ\n";
  if (recorded.leftOut > 0)
    note(console, "recorded reads that were left out: " + std::to_string(recorded.leftOut) +
                      " (without their answer, of a session that had ended, or with something "
                      "masked in the request)");
}

ExitCode conclude(const Options& options, const Trace& trace, const RecordedReads& recorded,
                  const Outcome& outcome, Console& console) {
  if (console.format == Format::json)
    printDocument(console, documentOf(options, trace, recorded, outcome));
  else
    printText(console, trace, recorded, outcome);
  if (outcome.signal != 0)
    return complain(console, static_cast<ExitCode>(128 + outcome.signal),
                    "stopped by a signal after " + std::to_string(outcome.asked) + " of " +
                        std::to_string(recorded.reads.size()) + " reads");
  return outcome.differing.empty() ? ExitCode::asExpected : ExitCode::findings;
}

ExitCode verify(const Options& options, const Trace& trace, const RecordedReads& recorded,
                double rate, Console& console) {
  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const Interruption interruption;
        Pace pace(rate);
        Outcome outcome;
        for (const RecordedRead& read : recorded.reads) {
          pace.wait(interruption.signal());
          if (interruption.signal() != 0) break;
          const auto text = session.sendRaw(printJson(read.body));
          const std::string entry = emulator::describeEntry(trace, read.indices.front());
          if (!text) return report(console, text.error(), During::command, entry);
          const auto answer = protocol::parseJson(*text);
          if (!answer)
            return complain(
                console, ExitCode::unreachable,
                entry + ": the device did not answer in JSON: " + answer.error().detail);
          ++outcome.asked;
          auto compared =
              compareRead(trace, read, *answer, options.values ? Compare::values : Compare::shape);
          if (!compared.differences.empty()) outcome.differing.push_back(std::move(compared));
        }
        outcome.signal = interruption.signal();
        return conclude(options, trace, recorded, outcome, console);
      });
}

ExitCode run(const Options& options, Console& console) {
  const auto trace = fixtures::readTrace(options.trace);
  if (!trace) return complain(console, ExitCode::usage, trace.error().detail);
  const RecordedReads recorded = readsOf(*trace);
  if (recorded.reads.empty())
    return complain(console, ExitCode::nothingRun,
                    options.trace + " holds no read that could be asked again (" +
                        std::to_string(recorded.leftOut) + " were left out), so nothing was sent");
  const auto target = parseTarget(options.connection.target);
  const bool here = target && target->isLoopback();
  const double rate = options.rate >= 0 ? options.rate : here ? 0 : kPoliteRate;
  return verify(options, *trace, recorded, rate, console);
}

}  // namespace

Run declareTraceVerify(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command, {.name = "TRACE", .help = "the recorded conversation", .required = true},
            options->trace);
  addSessionOptions(command, options->connection);
  addFlag(command, {.name = "--values", .help = "compare values as well, not only keys and kinds"},
          options->values);
  addOption(command,
            {.name = "--rate",
             .help = "requests a second at most, 0 for no limit; by default 4, and no limit for a "
                     "target on this machine",
             .value = "N"},
            options->rate, {0, 1000});
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
