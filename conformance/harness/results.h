// The result tree: what a run found out, complete and redacted. Every report is a view of it, and
// the exit code is a function of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/redaction.h"
#include "harness/spec.h"

namespace stoklab::conformance {

enum class State {
  pass,
  fail,
  deviation,       // not kept, as an expectation says with a reason
  unexpectedPass,  // kept, although an expectation says that it is not
  skipped,         // not run here, or not possible after something else went wrong: see the reason
  notApplicable,   // the device does not have what the requirement is about
  error,           // the judge broke; says nothing about the device
};
std::string_view toText(State state);  // "pass", "not-applicable", "unexpected-pass"

// One thing that was not as it had to be.
struct Finding {
  Redacted what = {};      // the expression or thing that was looked at
  Redacted expected = {};  // empty if `what` says it all
  Redacted got = {};
  std::string where = {};  // "login_suite.cpp:41"
};

struct Result {
  Requirement requirement = {};
  State state = State::error;
  // Why it was skipped, is not applicable or deviates, what broke, or what was expected instead of
  // a pass.
  Redacted reason = {};
  // Skipped although nothing forbade it: something that it builds on did not work. Such a run is
  // not "all as expected", even if nothing else failed.
  bool blocked = false;
  std::vector<Finding> findings = {};
  std::vector<Redacted> exchange = {};  // of a failure: what was said, oldest first
  std::string reproduce = {};           // a command line
};

// The outcome in the words of a report for people: "kept", "not kept", "deviates as expected",
// "kept unexpectedly", "not judged" (blocked), "skipped", "not applicable", "error of the judge".
std::string_view outcomeOf(const Result& result);

// Whether a report has to say more about it: not kept (expected or not), or the judge broke.
bool isFailure(const Result& result);

// Why a run ended early.
struct Stop {
  int exitCode = 4;
  std::string reason = {};
  std::optional<int> secondsLeft = {};  // of a lock
};

// Something that the device showed of itself before anything was judged.
struct Fact {
  std::string name = {};  // "TLS version"
  Redacted value = {};
};

// Something that the device was asked for before anything was judged, because requirements depend
// on it, and what the profile says of it.
struct Capability {
  std::string name = {};     // "module image", "night vision", "encrypt types"
  std::string device = {};   // "offered", "not offered", "unknown", "1, 2"
  std::string profile = {};  // in the same words; empty: no profile was named, or it does not say
  bool differs() const { return !profile.empty() && device != profile; }
};

// What a comparison of the results with expectations or with an earlier report found.
struct Notice {
  std::string kind = {};     // "unused", "expired", "vanished", "broken", "fixed", "new", "flaky"
  std::string subject = {};  // a slug
  std::string text = {};     // a sentence
  bool finding = true;       // changes the exit code
};

struct Report {
  std::string target = {};        // "own emulator" or a URL
  std::string profile = {};       // a label; may be empty
  std::vector<Fact> device = {};  // always in the same order; empty if it was not reached
  std::vector<Capability> capabilities = {};
  std::vector<Result> results = {};  // sorted by slug
  std::vector<Notice> notices = {};
  std::optional<Stop> stop = {};
  std::vector<std::string> faults = {};  // of the judge
  int logins = 0;                        // successful ones on the target
  int failedLogins = 0;                  // refused ones, without those of a lock
};

struct Totals {
  int all = 0, pass = 0, fail = 0, deviation = 0, unexpectedPass = 0;
  int skipped = 0, notApplicable = 0, error = 0, blocked = 0;
  int ran() const { return pass + fail + deviation + unexpectedPass + error; }
};
Totals totalsOf(const Report& report);

// How many of them change the exit code.
int findingsIn(const std::vector<Notice>& notices);

// Reasons for which requirements did not run, with how many, most frequent first.
std::vector<std::pair<std::string, int>> reasonsNotRun(const Report& report);

// The exit code of the program for this report; conform.h lists the meanings. A fault of the judge
// outweighs everything, then safety, then reachability, then findings.
int exitCodeOf(const Report& report);

// One sentence that says why the exit code is what it is.
std::string verdictOf(const Report& report);

}  // namespace stoklab::conformance
