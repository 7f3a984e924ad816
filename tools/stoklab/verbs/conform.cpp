#include "stoklab/conformance/conform.h"

#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connection.h"
#include "options.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  conformance::ConformOptions conform;
  ConnectionOptions connection;
  std::string profile;  // empty: not given
  std::vector<std::string> reports;
  std::vector<std::string> faults;  // of the emulator that is started
  int tier = 0;                     // index of kTiers
  bool list = false;
};

using conformance::Tier;
constexpr std::array kTiers = {std::pair{"read-only", Tier::readOnly},
                               std::pair{"reversible", Tier::reversible},
                               std::pair{"disruptive", Tier::disruptive}};

// An emulator in a process of its own. Its reboots are short: what is judged is that the sessions
// end, not how long a device stays away.
std::vector<std::string> emulatorCommand(const std::string& profile,
                                         const std::vector<std::string>& faults) {
  std::vector<std::string> command = {"/proc/self/exe",  "emulate", "--profile",     profile,
                                      "--port",          "0",       "--reboot-time", "1",
                                      "--auto-shutdown", "1800"};
  for (const std::string& fault : faults) command.insert(command.end(), {"--fault", fault});
  return command;
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
  conform.allow = kTiers[static_cast<std::size_t>(options.tier)].second;
  conform.format =
      console.format == Format::json ? conformance::Format::json : conformance::Format::text;
  if (options.list)
    return static_cast<ExitCode>(conformance::listRequirements(conform, console.out, console.err));
  for (const auto& text : options.reports) {
    if (!addReport(text, conform))
      return complain(console, ExitCode::usage,
                      "--report " + text + ": write KIND=FILE, for example junit=report.xml");
  }
  if (!options.faults.empty() && !options.connection.target.empty())
    return complain(console, ExitCode::usage,
                    "--fault is planted in an own emulator: leave out --target");
  for (const std::string& fault : options.faults) {
    if (emulator::findFault(fault) == nullptr)
      return complain(console, ExitCode::usage,
                      "there is no fault " + fault + ": see stoklab emulate --list-faults");
  }
  // Of a device nobody knows the profile unless it is told; an own emulator always has one.
  const bool own = options.connection.target.empty();
  if (own && options.profile.empty()) options.profile = fixtures::kDefaultProfile;
  if (!options.profile.empty()) {
    const auto profile = fixtures::findProfile(options.profile);
    if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
    conform.profile = {profile->name, fixtures::printProfile(*profile)};
  }
  if (own) {
    conform.emulatorCommand = emulatorCommand(options.profile, options.faults);
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
  auto& connection = options->connection;
  addOption(
      command,
      {.name = "--target",
       .help = "the device to judge: https://host[:port]; without one, an emulator is started",
       .value = "URL"},
      connection.target);
  addOption(command,
            {.name = "--profile",
             .help = "the profile of the emulator that is started, or what a target is taken for",
             .value = "NAME|FILE"},
            options->profile);
  addOption(command,
            {.name = "--select",
             .help = "only requirements whose name begins so; repeatable",
             .value = "PREFIX"},
            options->conform.select);
  addOption(command,
            {.name = "--fault",
             .help = "plant a defect in the emulator that is started, to judge the judge by it; "
                     "`stoklab emulate --list-faults` names them; repeatable",
             .value = "NAME"},
            options->faults);
  addFlag(command, {.name = "--list", .help = "list the requirements and end"}, options->list);
  std::vector<std::string> tiers;
  for (const auto& tier : kTiers) tiers.emplace_back(tier.first);
  addChoice(
      command,
      {.name = "--allow",
       .help = "what may be done to a target: nothing but reading, changes that are put back, "
               "or anything"},
      tiers, options->tier);
  addOption(command,
            {.name = "--allow-failed-logins",
             .help = "how many wrong passwords a target may get; a camera locks after a few",
             .value = "N"},
            options->conform.allowFailedLogins, {0, 3});
  addOption(
      command,
      {.name = "--report",
       .help = "a further report: text, junit, json, md (for a pull request) or html; repeatable",
       .value = "KIND=FILE"},
      options->reports);
  addFlag(command, {.name = "--quiet", .help = "leave out what passed"}, options->conform.quiet);
  addOption(command, {.name = "--username", .help = "the account on the target", .value = "NAME"},
            connection.username);
  addOption(command,
            {.name = "--password-file",
             .help = "a file that holds the password; - is standard input",
             .value = "FILE"},
            connection.password.file);
  addOption(command,
            {.name = "--password-fd",
             .help = "an open file descriptor that yields the password",
             .value = "N"},
            connection.password.fileDescriptor, kNotNegative);
  addOption(
      command,
      {.name = "--tls-pin", .help = "the SHA-256 of the target's certificate", .value = "SHA256"},
      connection.trust.pin);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
