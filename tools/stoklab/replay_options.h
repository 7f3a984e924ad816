// `stoklab emulate --replay`: its options, what they make of a trace, and what is said at the end.
#pragma once

#include <memory>
#include <string>

#include "options.h"
#include "output.h"
#include "stoklab/emulator/replay.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct ReplayArguments {
  std::string trace;  // the file; empty: nothing is replayed
  int onMiss = 0;     // index of the words of --on-miss
  bool strict = false;
  std::string timing = "none";
};

void addReplayOptions(CLI::App& command, ReplayArguments& arguments);

// How much faster than recorded answers come; 0: at once. "none", "recorded", or "x10" for ten
// times as fast. Fails with ErrorKind::malformed.
protocol::Result<double> parseTiming(const std::string& text);

struct ReplaySetup {
  std::shared_ptr<const fixtures::Trace> trace;
  emulator::ReplayOptions options;
};

// Reads the trace, and says on `console` what a person should know about it; misses are said there
// as well, so it must outlive the replay. Fails with ErrorKind::malformed; the detail names the
// file or the option.
protocol::Result<ReplaySetup> readReplay(const ReplayArguments& arguments, Console& console);

// `chosen` if it is not empty, else the profile that the trace names, else the one that ships by
// default; says which it takes if the trace leaves that open.
protocol::Result<fixtures::Profile> profileForReplay(const fixtures::Trace& trace,
                                                     const std::string& chosen, Console& console);

// What the READY line says of it.
protocol::Json replayFacts(const ReplayArguments& arguments, const fixtures::Trace& trace);

// Says how much of the trace was used. With --strict, exchanges that nobody asked for and misses
// are findings.
ExitCode concludeReplay(const ReplayArguments& arguments, const fixtures::Trace& trace,
                        const emulator::ReplayReport& report, Console& console);

}  // namespace stoklab::cli
