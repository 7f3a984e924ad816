#include "stoklab/conformance/conform.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "calendar.h"
#include "connection.h"
#include "interruption.h"
#include "options.h"
#include "state_directory.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/fixtures/expectations.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  conformance::ConformOptions conform;
  ConnectionOptions connection;
  std::string profile;  // empty: not given
  std::string expectations;
  std::vector<std::string> baselines;
  std::vector<std::string> reports;
  std::vector<std::string> faults;  // of the emulator that is started
  int tier = 0;                     // index of kTiers
  bool list = false;
  bool restore = false;

  bool own() const { return connection.target.empty(); }
};

using conformance::Tier;
constexpr std::array kTiers = {std::pair{"read-only", Tier::readOnly},
                               std::pair{"reversible", Tier::reversible},
                               std::pair{"disruptive", Tier::disruptive}};

// An emulator in a process of its own. Its reboots are short, and so are sessions and locks for
// those who wait for them: what is judged is that they end, not how long they last.
std::vector<std::string> emulatorCommand(const std::string& profile,
                                         const std::vector<std::string>& faults) {
  std::vector<std::string> command = {"/proc/self/exe",  "emulate", "--profile",     profile,
                                      "--port",          "0",       "--reboot-time", "0.2",
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

// Carries the budget of a target to the judge, who does not know this program.
class Ledger : public conformance::LoginLedger {
 public:
  explicit Ledger(LoginBudget& budget) : budget_(budget) {}
  std::string begin() override {
    const auto begun = budget_.begin();
    return begun ? std::string() : begun.error().detail;
  }
  void concluded(bool refused) override { budget_.conclude(refused); }

 private:
  LoginBudget& budget_;
};

// In quotes if a shell would make something else of it.
std::string shellWord(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// The line that judges the same thing again; the password comes from where it came from.
std::string reproduceLine(const Options& options) {
  std::string line = "stoklab conform";
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) line += std::string(" ") + name + " " + shellWord(value);
  };
  add("--target", options.connection.target);
  if (options.profile != fixtures::kDefaultProfile || !options.own())
    add("--profile", options.profile);
  for (const std::string& fault : options.faults) add("--fault", fault);
  if (options.own()) return line;
  if (options.connection.username != ConnectionOptions{}.username)
    add("--username", options.connection.username);
  add("--password-file", options.connection.password.file);
  if (options.tier != 0) add("--allow", kTiers[static_cast<std::size_t>(options.tier)].first);
  add("--device-id", options.conform.deviceId);
  if (options.conform.allowFailedLogins > 0)
    add("--allow-failed-logins", std::to_string(options.conform.allowFailedLogins));
  return line;
}

Result<conformance::NamedText> readText(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof())
    return protocol::malformed("cannot read " + file + ": " + std::strerror(errno));
  if (text.empty()) return protocol::malformed(file + " is empty");
  return conformance::NamedText{file, std::move(text)};
}

// What depends on options that name files. Fails with ErrorKind::malformed.
Result<void> readFiles(Options& options) {
  auto& conform = options.conform;
  for (const auto& text : options.reports) {
    if (!addReport(text, conform))
      return protocol::malformed("--report " + text +
                                 ": write KIND=FILE, for example junit=report.xml");
  }
  // Of a device nobody knows the profile unless it is told; an own emulator always has one.
  if (options.own() && options.profile.empty()) options.profile = fixtures::kDefaultProfile;
  if (!options.profile.empty()) {
    const auto profile = fixtures::findProfile(options.profile);
    if (!profile) return profile.error();
    conform.profile = {profile->name, fixtures::printProfile(*profile)};
    conform.expectations = {"of the profile " + profile->name,
                            std::string(fixtures::builtInExpectations(profile->name))};
  }
  if (!options.expectations.empty()) {
    auto text = readText(options.expectations);
    if (!text) return text.error();
    conform.expectations = *std::move(text);
  }
  for (const std::string& file : options.baselines) {
    auto text = readText(file);
    if (!text) return text.error();
    conform.baselines.push_back(*std::move(text));
  }
  return {};
}

// "https://192.0.2.7:443" -> the file that lists what is changed on it.
std::string journalFileFor(const std::filesystem::path& state, const Target& target) {
  std::string name = target.authority();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ':' || c == '/'; }, '_');
  return (state / "journal" / (name + ".jsonl")).string();
}

// A device that this run does not start: whom to trust, who logs in, where to keep what. An exit
// code if that fails; it has been reported.
std::optional<ExitCode> prepareTarget(Options& options, Console& console) {
  auto& conform = options.conform;
  const auto target = parseTarget(options.connection.target);
  if (!target) return complain(console, ExitCode::usage, target.error().detail);
  conform.target = options.connection.target;
  conform.username = options.connection.username;
  const auto state = stateDirectory(console.environment);
  if (state) {
    conform.journalFile = journalFileFor(*state, *target);
  } else if (conform.allow != Tier::readOnly || options.restore) {
    return complain(console, ExitCode::usage, state.error().detail);
  }
  const auto password = readPassword(options.connection.password, console,
                                     options.connection.target, promptOnTerminal);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);
  conform.password = *password;
  auto certificate = certificateToTrust(options.connection, console);
  if (const auto* code = std::get_if<ExitCode>(&certificate)) {
    if (*code != ExitCode::unreachable) return *code;
    conform.distrusted = "its certificate could not be judged, as the line before says";
    return std::nullopt;
  }
  if (const auto& pin = std::get<std::string>(certificate); !pin.empty()) conform.tlsPin = pin;
  return std::nullopt;
}

ExitCode run(Options options, Console& console) {
  auto& conform = options.conform;
  conform.allow = kTiers[static_cast<std::size_t>(options.tier)].second;
  conform.format =
      console.format == Format::json ? conformance::Format::json : conformance::Format::text;
  conform.today = today();
  if (!options.faults.empty() && !options.own())
    return complain(console, ExitCode::usage,
                    "--fault is planted in an own emulator: leave out --target");
  for (const std::string& fault : options.faults) {
    if (emulator::findFault(fault) == nullptr)
      return complain(console, ExitCode::usage,
                      "there is no fault " + fault + ": see stoklab emulate --list-faults");
  }
  if (auto read = readFiles(options); !read)
    return complain(console, ExitCode::usage, read.error().detail);
  if (options.list)
    return static_cast<ExitCode>(conformance::listRequirements(conform, console.out, console.err));
  if (options.restore && options.own())
    return complain(console, ExitCode::usage,
                    "--restore undoes changes to a device: name it with --target");

  std::unique_ptr<LoginBudget> budget;
  std::optional<Ledger> ledger;
  if (options.own()) {
    conform.emulatorCommand = emulatorCommand(options.profile, options.faults);
    conform.hurry = {"--session-lifetime", "1", "--lock-time", "2.2"};
    conform.hurriedSession = std::chrono::seconds(1);
  } else {
    if (const auto failed = prepareTarget(options, console)) return *failed;
    auto found = loginBudget(options.connection.target, console);
    if (!found) return complain(console, ExitCode::usage, found.error().detail);
    budget = *std::move(found);
    if (budget) conform.logins = &ledger.emplace(*budget);
  }
  conform.reproduce = reproduceLine(options);
  const Interruption interruption;
  conform.interrupted = &interruption.signal();
  if (options.restore)
    return static_cast<ExitCode>(conformance::restoreSettings(conform, console.out, console.err));
  const bool terminal = ::isatty(STDOUT_FILENO) == 1 && console.format == Format::text;
  conform.colour = terminal && !console.environment("NO_COLOR");
  conform.progress = ::isatty(STDERR_FILENO) == 1;
  return static_cast<ExitCode>(conformance::conform(conform, console.out, console.err));
}

}  // namespace

Run declareConform(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  auto& connection = options->connection;
  addSessionOptions(command, connection);
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
  addOption(
      command,
      {.name = "--device-id",
       .help = "the device that may be disturbed: its MAC, or the SHA-256 of its certificate; "
               "--allow disruptive needs it",
       .value = "ID"},
      options->conform.deviceId);
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
  addOption(command,
            {.name = "--expectations",
             .help = "known deviations, instead of those that ship for the profile",
             .value = "FILE"},
            options->expectations);
  addOption(
      command,
      {.name = "--write-expectations",
       .help = "write down what is not kept, to be explained and expected from then on; a file "
               "that is there already is not replaced",
       .value = "FILE"},
      options->conform.writeExpectations);
  addOption(
      command,
      {.name = "--baseline",
       .help = "an earlier report (--report json=FILE): only what became worse since counts for "
               "the exit code; repeatable, what differs between earlier reports is flaky",
       .value = "FILE"},
      options->baselines);
  addFlag(command,
          {.name = "--restore",
           .help = "put back the settings of a target that a run left changed, and end"},
          options->restore);
  addFlag(command, {.name = "--quiet", .help = "leave out what passed"}, options->conform.quiet);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
