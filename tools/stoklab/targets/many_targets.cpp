#include "targets/many_targets.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <ostream>
#include <sstream>
#include <utility>

#include "interruption.h"
#include "recording_file.h"
#include "stoklab/client/many_cameras.h"
#include "target.h"

namespace stoklab::cli {

using client::PasswordTrial;
using fixtures::ListedTarget;
using protocol::Json;
using protocol::malformed;
using protocol::Result;
using Outcome = TargetReport::Outcome;

namespace {

constexpr Range<int> kJobs{1, 256};
constexpr std::size_t kStepsOfProgress = 20;

struct OutcomeText {
  Outcome outcome;
  std::string_view word, summary;
};
constexpr std::array<OutcomeText, 4> kOutcomes = {{
    {Outcome::done, "done", "done"},
    {Outcome::doneBefore, "done_before", "done by an earlier run"},
    {Outcome::failed, "failed", "failed"},
    {Outcome::notBegun, "not_begun", "not begun"},
}};

std::string_view wordOf(Outcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)].word;
}

// One password and those who have it.
struct Account {
  std::string password;
  PasswordTrial trial;
};

// By file; "" is that of the command line, which is asked for only if somebody needs it. Files with
// the same password share an account.
using Accounts = std::map<std::string, std::shared_ptr<Account>>;

Result<Accounts> readAccounts(const std::vector<ListedTarget>& targets,
                              const ConnectionOptions& connection,
                              const std::filesystem::path& folder, Console& console) {
  Accounts accounts, byPassword;
  for (const ListedTarget& target : targets) {
    auto& account = accounts[target.passwordFile];
    if (account) continue;
    PasswordOptions from = connection.password;
    if (!target.passwordFile.empty()) from = {.file = (folder / target.passwordFile).string()};
    auto password = readPassword(from, console, connection.username, promptOnTerminal);
    if (!password) return std::move(password).error();
    auto& shared = byPassword[*password];
    if (!shared) shared = std::make_shared<Account>();
    shared->password = *std::move(password);
    account = shared;
  }
  return accounts;
}

// Without "error: " and the line break.
std::string messageOf(std::string text) {
  constexpr std::string_view kPrefix = "error: ";
  if (const auto at = text.find(kPrefix); at != std::string::npos) text.erase(at, kPrefix.size());
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// A run over all of them.
class Sweep {
 public:
  Sweep(const std::vector<ListedTarget>& targets, Accounts accounts,
        const ConnectionOptions& connection, Console& console, const TargetTask& task)
      : targets_(targets),
        accounts_(std::move(accounts)),
        connection_(connection),
        console_(console),
        task_(task),
        reports_(targets.size()) {}

  void serve(std::size_t index) {
    const ListedTarget& target = targets_[index];
    TargetReport& report = reports_[index];
    auto known = task_.before ? task_.before(target) : std::nullopt;
    report = known ? *std::move(known) : ask(target, *accounts_.at(target.passwordFile));
    tellProgress();
  }

  ExitCode conclude(bool interrupted);

 private:
  TargetReport ask(const ListedTarget& target, Account& account);
  void tellProgress();
  void printText(std::size_t index) const;
  Json asJson(std::size_t index) const;
  std::string summary() const;

  const std::vector<ListedTarget>& targets_;
  const Accounts accounts_;
  const ConnectionOptions& connection_;
  Console& console_;
  const TargetTask& task_;
  std::vector<TargetReport> reports_;
  std::atomic<bool> refused_{false};

  std::mutex telling_;
  std::size_t ended_ = 0;
};

TargetReport Sweep::ask(const ListedTarget& target, Account& account) {
  ConnectionOptions own = connection_;
  own.target = target.url;
  own.knownPassword = account.password;
  if (!target.certificateSha256.empty()) own.trust.pin = target.certificateSha256;
  if (!target.username.empty()) own.username = target.username;
  std::ostringstream out, err;
  std::istringstream nothing;
  Console quiet{.in = nothing,
                .out = out,
                .err = err,
                .environment = console_.environment,
                .format = Format::json};
  // Connecting is no part of the trial, or devices that are away would be waited for one by one.
  bool mayTry = !account.trial.isRefused(), trying = false;
  own.mayLogIn = [&] { return mayTry = trying = account.trial.begin(); };
  own.onLogin = [&](const Result<client::LoginFacts>& login) {
    auto verdict = PasswordTrial::Verdict::unknown;
    if (login) {
      verdict = PasswordTrial::Verdict::accepted;
    } else if (login.error().kind == protocol::ErrorKind::refused) {
      verdict = PasswordTrial::Verdict::refused;
      refused_ = true;
    }
    trying = false;
    account.trial.conclude(verdict);
  };
  TargetReport report;
  if (mayTry)
    report.code = withSession(own, quiet, Afterwards::logOut, [&](client::Session& session) {
      return task_.work(target, session, quiet);
    });
  if (trying) account.trial.conclude(PasswordTrial::Verdict::unknown);
  if (!mayTry) return {.message = "its password was refused elsewhere, so it was not tried here"};
  const bool good = report.code == ExitCode::asExpected;
  report.outcome = good ? Outcome::done : Outcome::failed;
  report.message = messageOf(err.str());
  if (const auto printed = protocol::parseJson(out.str()))
    if (const Json* values = printed->find(task_.key)) report.values = *values;
  return report;
}

void Sweep::tellProgress() {
  const std::lock_guard lock(telling_);
  ++ended_;
  const std::size_t step = std::max<std::size_t>(targets_.size() / kStepsOfProgress, 1);
  if (targets_.size() < kStepsOfProgress || ended_ % step != 0) return;
  console_.err << task_.title << ": " << ended_ << " of " << targets_.size() << std::endl;
}

Json Sweep::asJson(std::size_t index) const {
  const TargetReport& report = reports_[index];
  Json json = Json::object({{"id", targets_[index].id},
                            {"url", targets_[index].url},
                            {"outcome", wordOf(report.outcome)},
                            {"exit_code", static_cast<int>(report.code)}});
  if (!report.message.empty()) json.set("message", report.message);
  if (!report.values.isNull()) json.set(task_.key, report.values);
  return json;
}

void Sweep::printText(std::size_t index) const {
  const TargetReport& report = reports_[index];
  std::string line = targets_[index].id + "  " + std::string(wordOf(report.outcome));
  if (!report.message.empty()) line += "  " + report.message;
  console_.out << line << '\n';
  if (!report.values.isNull() && report.outcome == Outcome::done) {
    std::istringstream lines(settingLines(report.values));
    for (std::string each; std::getline(lines, each);) console_.out << "    " << each << '\n';
  }
}

std::string Sweep::summary() const {
  std::string text = task_.title + " on " + std::to_string(targets_.size()) +
                     (targets_.size() == 1 ? " device:" : " devices:");
  const char* separator = " ";
  for (const auto& row : kOutcomes) {
    const auto count = std::ranges::count(reports_, row.outcome, &TargetReport::outcome);
    if (count == 0) continue;
    text += separator + std::to_string(count) + " " + std::string(row.summary);
    separator = ", ";
  }
  return text;
}

ExitCode Sweep::conclude(bool interrupted) {
  if (console_.format == Format::json) {
    Json cameras = Json::array();
    for (std::size_t i = 0; i < targets_.size(); ++i) cameras.push(asJson(i));
    Json counts = Json::object();
    for (const auto& row : kOutcomes)
      counts.set(row.word, static_cast<std::int64_t>(
                               std::ranges::count(reports_, row.outcome, &TargetReport::outcome)));
    printDocument(console_,
                  Json::object({{"counts", std::move(counts)}, {"cameras", std::move(cameras)}}));
  } else {
    for (std::size_t i = 0; i < targets_.size(); ++i) printText(i);
  }
  note(console_, summary());
  if (refused_)
    note(console_,
         "a password was refused; it was tried on no further device, and those that are "
         "not begun have not seen it");
  if (interrupted) note(console_, "somebody ended the run; what was under way has been finished");
  // The gravest of what happened.
  for (const ExitCode code : {ExitCode::fault, ExitCode::safety, ExitCode::unreachable,
                              ExitCode::usage, ExitCode::findings})
    if (std::ranges::find(reports_, code, &TargetReport::code) != reports_.end()) return code;
  const bool all = std::ranges::none_of(
      reports_, [](const auto& report) { return report.outcome == Outcome::notBegun; });
  return all ? ExitCode::asExpected : ExitCode::findings;
}

}  // namespace

void addTargetsOptions(CLI::App& command, TargetsOptions& options) {
  addOption(command,
            {.name = "--targets",
             .help = "a file that names many devices, as emulate --fleet-list writes it and "
                     "fixtures/schema/targets.schema.json says; all options go for each of them",
             .value = "FILE"},
            options.file);
  addOption(command, {.name = "--jobs", .help = "with how many of them at once", .value = "N"},
            options.jobs, kJobs);
  addConflict(command, {"--target", "--targets"});
}

Result<std::vector<ListedTarget>> readTargets(const std::string& name, Console& console) {
  const auto text = readWholeFile(console, name);
  if (!text) return malformed("--targets: " + text.error().detail);
  auto targets = fixtures::parseTargets(*text);
  if (!targets) return malformed(name + ": " + targets.error().detail);
  for (const ListedTarget& target : *targets)
    if (const auto good = parseTarget(target.url); !good)
      return malformed(name + ": " + target.id + ": " + good.error().detail);
  return targets;
}

ExitCode withEachTarget(const TargetsOptions& options, const std::vector<ListedTarget>& targets,
                        const ConnectionOptions& connection, Console& console,
                        const TargetTask& task) {
  auto accounts =
      readAccounts(targets, connection, std::filesystem::path(options.file).parent_path(), console);
  if (!accounts) return complain(console, ExitCode::usage, accounts.error().detail);
  Sweep sweep(targets, *std::move(accounts), connection, console, task);
  const Interruption interruption;
  client::forEachCamera(
      targets.size(), static_cast<std::size_t>(options.jobs),
      [&] { return interruption.signal() == 0; }, [&](std::size_t index) { sweep.serve(index); });
  return sweep.conclude(interruption.signal() != 0);
}

}  // namespace stoklab::cli
