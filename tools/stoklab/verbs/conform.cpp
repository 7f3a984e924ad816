#include "stoklab/conformance/conform.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  conformance::ConformOptions conform;
  ConnectionOptions connection;
  std::string profile{fixtures::kDefaultProfile};
  std::vector<std::string> reports;
  bool list = false;
};

// An emulator in a process of its own. Its reboots are short: what is judged is that the sessions
// end, not how long a device stays away.
std::vector<std::string> emulatorCommand(const std::string& profile) {
  return {"/proc/self/exe", "emulate", "--profile",       profile, "--port", "0",
          "--reboot-time",  "1",       "--auto-shutdown", "1800"};
}

// "junit=report.xml"
bool addReport(const std::string& text, conformance::ConformOptions& options) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return false;
  options.reports.push_back({.kind = text.substr(0, equals), .file = text.substr(equals + 1)});
  return true;
}

ExitCode run(Options options, Console& console) {
  auto& conform = options.conform;
  conform.format =
      console.format == Format::json ? conformance::Format::json : conformance::Format::text;
  if (options.list)
    return static_cast<ExitCode>(
        conformance::listRequirements(conform.select, conform.format, console.out, console.err));
  for (const auto& text : options.reports) {
    if (!addReport(text, conform))
      return complain(console, ExitCode::usage,
                      "--report " + text + ": write KIND=FILE, for example junit=report.xml");
  }
  const auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  conform.profile = profile->name;
  if (options.connection.target.empty()) {
    conform.emulatorCommand = emulatorCommand(options.profile);
  } else {
    conform.target = options.connection.target;
    conform.username = options.connection.username;
    if (!options.connection.trust.pin.empty()) conform.tlsPin = options.connection.trust.pin;
    const auto password = readPassword(options.connection.password, console,
                                       options.connection.target, promptOnTerminal);
    if (!password) return complain(console, ExitCode::usage, password.error().detail);
    conform.password = *password;
  }
  const bool terminal = ::isatty(STDOUT_FILENO) == 1 && console.format == Format::text;
  conform.colour = terminal && !console.environment("NO_COLOR");
  conform.progress = ::isatty(STDERR_FILENO) == 1;
  return static_cast<ExitCode>(conformance::conform(conform, console.out, console.err));
}

}  // namespace

Run declareConform(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  using conformance::Tier;
  command
      .add_option("--target", options->connection.target,
                  "the device to judge: https://host[:port]; without it, an emulator is started")
      ->type_name("URL");
  command
      .add_option("--profile", options->profile,
                  "the profile of the emulator, and the name in reports")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  command
      .add_option("--select", options->conform.select,
                  "only requirements whose name begins so; repeatable")
      ->type_name("PREFIX");
  command.add_flag("--list", options->list, "list the requirements and end");
  command
      .add_option("--allow", options->conform.allow,
                  "what may be done to a target: read-only (default), reversible changes that are "
                  "put back, or disruptive ones")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, Tier>{{"read-only", Tier::readOnly},
                                                              {"reversible", Tier::reversible},
                                                              {"disruptive", Tier::disruptive}})
              .description(""))
      ->type_name("TIER");
  command
      .add_option("--allow-failed-logins", options->conform.allowFailedLogins,
                  "how many wrong passwords a target may get; a camera locks after a few")
      ->type_name("N")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  command
      .add_option("--report", options->reports, "a further report: text, junit or json; repeatable")
      ->type_name("KIND=FILE");
  command.add_flag("--quiet", options->conform.quiet, "leave out what passed");
  command.add_option("--username", options->connection.username, "the account on the target")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--password-file", options->connection.password.file,
                  "a file that holds the password; - is standard input")
      ->type_name("FILE");
  command
      .add_option("--password-fd", options->connection.password.fileDescriptor,
                  "an open file descriptor that yields the password")
      ->type_name("N");
  command
      .add_option("--tls-pin", options->connection.trust.pin,
                  "the SHA-256 of the target's certificate")
      ->type_name("SHA256");
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
