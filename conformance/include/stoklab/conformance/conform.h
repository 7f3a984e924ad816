// The judge: runs the conformance suite against a device and says which requirements it keeps.
// The device is an emulator in a process of its own, or whatever stands behind a URL; the judge
// reaches either over the network only.
//
// The one thing not to get wrong: a wrong password too often locks a real camera. Against a target
// that this run did not start itself, the judge reads only, logs in once per group of suites, never
// sends a wrong password, and stops at the first sign of a lock, unless the options say otherwise.
// What it is allowed to change it writes down first, in a journal that survives it; see
// restoreSettings().
//
// Options are plain data, so that whoever parses a command line needs nothing else of the judge.
// One call of conform() per process: GoogleTest keeps its state in the process.
#pragma once

#include <atomic>
#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace stoklab::conformance {

// What may be done to a target that this run did not start, each including the one before. An
// emulator started by the run may be treated in any way.
enum class Tier {
  readOnly,
  reversible,  // settings are changed and put back
  disruptive,  // sirens, reboots, full session tables, requests no client sends
};

enum class Format { text, json };

// One report file. `kind` is one of reportKinds(), `file` a path or "-" for standard output.
struct ReportRequest {
  std::string kind = {};
  std::string file = {};
};

// Remembers refused logins across processes, and lets one process at a time log in to a device. The
// judge asks it about every login on a target that it did not start itself.
class LoginLedger {
 public:
  virtual ~LoginLedger() = default;
  // Waits for its turn. Returns why no login may be made, empty if one may; then concluded() must
  // follow, which ends the turn.
  virtual std::string begin() = 0;
  virtual void concluded(bool refused) = 0;
};

// A file that was read by whoever parsed the command line; an error names it.
struct NamedText {
  std::string name = {};
  std::string text = {};
};

struct ConformOptions {
  // "https://host[:port]" or "http://host[:port]". Absent: `emulatorCommand` is started.
  std::optional<std::string> target = {};
  // The argument vector of an emulator, e.g. {"stoklab", "emulate", "--port", "0"}. It gets its
  // password from STOKLAB_PASSWORD and must print "READY {...}" with a member "url".
  std::vector<std::string> emulatorCommand = {};
  // What makes such an emulator end sessions and locks soon, for the suites that wait for that:
  // further arguments, and how long a session lives then.
  std::vector<std::string> hurry = {};
  std::chrono::milliseconds hurriedSession{0};
  // What the device is taken for: a profile, as JSON. Empty: nobody said, and requirements that are
  // made from a profile do not apply. Its name stands in reports.
  NamedText profile = {};

  std::string username = "admin";
  // Needed to judge anything behind the login of a target; ignored for an own emulator.
  std::optional<std::string> password = {};
  // Lower-case hex SHA-256 of the target's certificate; another certificate is exit code 3.
  std::optional<std::string> tlsPin = {};
  // Why the target is not to be talked to, found out before: exit code 3, and the reports say so.
  std::string distrusted = {};

  // Beginnings of slugs, "AUTH-" or a whole one; empty: all.
  std::vector<std::string> select = {};

  Tier allow = Tier::readOnly;
  // Needed for Tier::disruptive on a target: the MAC or the identity that the device shows of
  // itself, or the SHA-256 of its certificate. Another device is exit code 4.
  std::string deviceId = {};
  // How many refused logins this run may cause on a target that it did not start.
  int allowFailedLogins = 0;
  // Whom to ask before a login on such a target; may be null. Must outlive the call.
  LoginLedger* logins = nullptr;
  // A file that lists the changes to a target until they are undone. Needed for Tier::reversible.
  std::string journalFile = {};

  // Deviations that are known, as JSON (fixtures/schema/expectations.schema.json). Empty: none.
  NamedText expectations = {};
  // Where to write expectations that this run would meet; empty: nowhere. A file that is there
  // already is never replaced: exit code 2, before anything is judged.
  std::string writeExpectations = {};
  // What a person types to run this again, without a selection: "stoklab conform --target ...".
  std::string reproduce = "stoklab conform";
  // Earlier reports, as JSON: the exit code says what became worse since (harness/baseline.h).
  std::vector<NamedText> baselines = {};
  // "2026-05-01": an expectation may have expired.
  std::string today = {};

  // The number of a signal that has come, or 0: the run stops, restores and reports. May be null.
  const std::atomic<int>* interrupted = nullptr;

  Format format = Format::text;             // of what goes to `out`
  std::vector<ReportRequest> reports = {};  // further ones
  bool quiet = false;                       // text: leave out the requirements that passed
  bool colour = false;                      // text: ANSI colours
  bool progress = false;                    // a running line on `err`, for terminals
};

// Runs the suite. Returns the exit code of the program: 0 all as expected, 1 a requirement failed,
// 2 unusable options, 3 target unreachable or TLS failure, 4 stopped for safety, 5 fault of the
// judge itself, 6 nothing was run, 128 + n after a signal. Reports are written in every case except
// 2. Never throws.
int conform(const ConformOptions& options, std::ostream& out, std::ostream& err);

// Undoes what an earlier run has left changed on a target, by options.journalFile. Returns 0 if
// nothing is left to undo, 1 if something could not be put back, and else as conform().
int restoreSettings(const ConformOptions& options, std::ostream& out, std::ostream& err);

// Prints the requirements whose slug begins with one of options.select, of options.profile, in
// options.format. Returns 0, 5 if the specification does not fit the suites, 6 if nothing was
// selected.
int listRequirements(const ConformOptions& options, std::ostream& out, std::ostream& err);

// Prints everything about one requirement; those of a profile's modules are known if it is given.
// Returns 0, 2 if there is none of that name, 5 if the profile cannot be read.
int explainRequirement(const std::string& slug, const NamedText& profile, std::ostream& out,
                       std::ostream& err);

// Whether `slug` is written like a requirement (for a command that explains other things, too).
bool isRequirement(const std::string& slug);

// What ReportRequest::kind may be: "text", "junit", "json", "md", "html".
std::vector<std::string> reportKinds();

}  // namespace stoklab::conformance
