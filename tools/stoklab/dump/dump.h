// A read-only walk of everything that a device answers, and the profile that comes of it.
//
// The one thing not to get wrong: what leaves here is redacted, and scanned for every secret that
// was met on the way. What nobody can learn by reading is carried over from the profile that comes
// nearest, and says so.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "connection.h"
#include "dump/gate.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli::dump {

// Measures that cost something, all of them off.
struct CostlyMeasures {
  // Wrong passwords: one shows how a device refuses, and after how many it locks; a second one,
  // that a login without any field is refused. The right login afterwards resets the count.
  int failedLogins = 0;
  // How long a session lives, if that is no longer; makes a login for each time it asks too late.
  std::chrono::seconds sessionUpTo{0};
  bool rewrite = false;  // a set of the value that is there already: see rewrites.h
};

struct DumpOptions {
  double rate = 4;                     // requests a second; 0: no limit
  std::string base = {};               // a name or a file; empty: the nearest built-in profile
  std::string name = {};               // of the profile; empty: from what the device says it is
  std::filesystem::path journal = {};  // empty: what was learned is not kept
  std::optional<std::uint16_t> httpPort = {};  // where plain HTTP redirects; nullopt: not looked at
  CostlyMeasures costly = {};
  std::string today = {};  // "2026-11-26", for the note; empty: not told
  Time time = Time::real();
  // Called before each step, with how many of how many are done.
  std::function<void(std::string_view step, std::size_t done, std::size_t of)> progress = {};
  const std::atomic<int>* interrupted = nullptr;  // other than 0: stop
};

struct DumpReport {
  std::string base = {};
  std::size_t requests = 0, handshakes = 0, resumedSteps = 0;
  int logins = 0;
  std::chrono::milliseconds took{0};
  std::vector<std::chrono::microseconds> latencies = {};  // of this process, in order
  std::vector<std::string> notes = {};                    // sentences for a person
  std::vector<std::string> refused = {};  // "image.shedday -40106 EINVINSTRUCT (...)"
};

struct Dump {
  fixtures::Profile profile;
  DumpReport report;
};

// The path of a journal for a dump that will be `out`.
std::filesystem::path journalFor(const std::filesystem::path& out);

// Connects as the options say, logs in once, walks, logs out. What fails has been reported, and the
// exit code says what it was; a journal stays where it is then, and is removed by whoever has
// written the profile.
std::variant<Dump, ExitCode> dumpTarget(const ConnectionOptions& connection,
                                        const DumpOptions& options, Console& console);

}  // namespace stoklab::cli::dump
