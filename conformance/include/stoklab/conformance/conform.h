// The judge: runs the conformance suite against a device and says which requirements it keeps.
// The device is an emulator in a process of its own, or whatever stands behind a URL; the judge
// reaches either over the network only.
//
// The one thing not to get wrong: a wrong password too often locks a real camera. Against a target
// that this run did not start itself, the judge reads only, logs in once per group of suites, never
// sends a wrong password, and stops at the first sign of a lock, unless the options say otherwise.
//
// Options are plain data, so that whoever parses a command line needs nothing else of the judge.
// One call of conform() per process: GoogleTest keeps its state in the process.
#pragma once

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

struct ConformOptions {
  // "https://host[:port]" or "http://host[:port]". Absent: `emulatorCommand` is started.
  std::optional<std::string> target = {};
  // The argument vector of an emulator, e.g. {"stoklab", "emulate", "--port", "0"}. It gets its
  // password from STOKLAB_PASSWORD and must print "READY {...}" with a member "url".
  std::vector<std::string> emulatorCommand = {};
  // Only named in reports; the judge asks the device itself what it offers.
  std::string profile = {};

  std::string username = "admin";
  // Needed to judge anything behind the login of a target; ignored for an own emulator.
  std::optional<std::string> password = {};
  // Lower-case hex SHA-256 of the target's certificate; another certificate is exit code 3.
  std::optional<std::string> tlsPin = {};

  // Beginnings of slugs, "AUTH-" or a whole one; empty: all.
  std::vector<std::string> select = {};

  Tier allow = Tier::readOnly;
  // How many refused logins this run may cause on a target that it did not start.
  int allowFailedLogins = 0;

  Format format = Format::text;             // of what goes to `out`
  std::vector<ReportRequest> reports = {};  // further ones
  bool quiet = false;                       // text: leave out the requirements that passed
  bool colour = false;                      // text: ANSI colours
  bool progress = false;                    // a running line on `err`, for terminals
};

// Runs the suite. Returns the exit code of the program: 0 all as expected, 1 a requirement failed,
// 2 unusable options, 3 target unreachable or TLS failure, 4 stopped for safety, 5 fault of the
// judge itself, 6 nothing was run. Reports are written in every case except 2. Never throws.
int conform(const ConformOptions& options, std::ostream& out, std::ostream& err);

// Prints the requirements whose slug begins with one of `select` (empty: all). Returns 0, 5 if the
// specification does not fit the suites, 6 if nothing was selected.
int listRequirements(const std::vector<std::string>& select, Format format, std::ostream& out,
                     std::ostream& err);

// Prints everything about one requirement. Returns 0, or 2 if there is none of that name.
int explainRequirement(const std::string& slug, std::ostream& out, std::ostream& err);

// Whether `slug` names a requirement (for a command that explains other things, too).
bool isRequirement(const std::string& slug);

// What ReportRequest::kind may be: "text", "junit", "json", "md", "html".
std::vector<std::string> reportKinds();

}  // namespace stoklab::conformance
