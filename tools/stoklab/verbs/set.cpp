#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assignment.h"
#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/client/camera.h"
#include "stoklab/protocol/envelope.h"
#include "targets/many_targets.h"
#include "targets/resume_file.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
  TargetsOptions targets;
  std::string resume;
  std::vector<std::string> assignments;
};

// module -> section -> field -> value, in the order of their first mention.
Json settingsOf(const std::vector<Change>& changes) {
  Json settings = Json::object();
  for (const Change& change : changes) {
    Json* module = settings.find(change.path.module);
    if (module == nullptr) module = &settings.set(change.path.module, Json::object());
    Json* section = module->find(change.path.section);
    if (section == nullptr) section = &module->set(change.path.section, Json::object());
    section->set(change.path.field, change.value);
  }
  return settings;
}

std::string namesOf(const std::vector<Change>& changes) {
  std::string names;
  for (const Change& change : changes) names += (names.empty() ? "" : ", ") + change.path.text();
  return names;
}

ExitCode send(client::Session& session, const std::vector<Change>& changes, const Json& settings,
              Console& console) {
  const auto reply = session.send({.method = protocol::Method::set, .modules = settings});
  if (!reply) return report(console, reply.error(), During::command, "set " + namesOf(changes));
  printSettings(console, "set", settings);
  return ExitCode::asExpected;
}

// Whether the device has all of it already, as a run that was killed may have left it.
Result<bool> isSet(client::Session& session, const std::vector<Change>& changes) {
  client::Camera camera(session);
  for (const Change& change : changes) {
    const auto value = camera.get(change.path);
    if (!value) return value.error();
    if (displayText(*value) != displayText(change.value)) return false;
  }
  return true;
}

// One of many devices, each of which is set once, over all runs with the same file.
ExitCode setOnce(ResumeFile& resume, const std::string& id, client::Session& session,
                 const std::vector<Change>& changes, const Json& settings, Console& console) {
  const auto noted = [&](Stage stage) -> ExitCode {
    const auto written = resume.note(id, stage);
    return written ? ExitCode::asExpected
                   : complain(console, ExitCode::usage, written.error().detail);
  };
  if (resume.before(id) == Stage::sending) {
    const auto already = isSet(session, changes);
    if (!already)
      return report(console, already.error(), During::command, "get " + namesOf(changes));
    if (*already) {
      printSettings(console, "set", settings);
      return noted(Stage::done);
    }
  }
  if (const auto code = noted(Stage::sending); code != ExitCode::asExpected) return code;
  const ExitCode code = send(session, changes, settings, console);
  return code == ExitCode::asExpected ? noted(Stage::done) : code;
}

ExitCode runOnMany(const Options& options, const std::vector<Change>& changes, const Json& settings,
                   Console& console) {
  const auto targets = readTargets(options.targets.file, console);
  if (!targets) return complain(console, ExitCode::usage, targets.error().detail);
  std::unique_ptr<ResumeFile> resume;
  if (!options.resume.empty()) {
    std::string task = "set " + printJson(settings);
    for (const auto& target : *targets) task += "\n" + target.id + " " + target.url;
    auto opened = ResumeFile::open(options.resume, task);
    if (!opened) return complain(console, ExitCode::usage, opened.error().detail);
    resume = *std::move(opened);
  }
  TargetTask task{.work = {}, .key = "set", .title = "set " + namesOf(changes)};
  if (resume)
    task.before = [&](const fixtures::ListedTarget& target) -> std::optional<TargetReport> {
      if (resume->before(target.id) != Stage::done) return std::nullopt;
      return TargetReport{.outcome = TargetReport::Outcome::doneBefore};
    };
  task.work = [&](const fixtures::ListedTarget& target, client::Session& session, Console& quiet) {
    return resume ? setOnce(*resume, target.id, session, changes, settings, quiet)
                  : send(session, changes, settings, quiet);
  };
  return withEachTarget(options.targets, *targets, options.connection, console, task);
}

ExitCode run(const Options& options, Console& console) {
  const auto changes = parseChanges(options.assignments);
  if (!changes) return complain(console, ExitCode::usage, changes.error().detail);
  const Json settings = settingsOf(*changes);
  if (!options.targets.file.empty()) return runOnMany(options, *changes, settings, console);
  return withSession(
      options.connection, console, Afterwards::logOut,
      [&](client::Session& session) { return send(session, *changes, settings, console); });
}

}  // namespace

Run declareSet(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "PATH=VALUE",
             .help = "MODULE.SECTION.FIELD=VALUE, or :=JSON for what is not a string; several "
                     "travel in one request",
             .required = true},
            options->assignments);
  addSessionOptions(command, options->connection);
  addTargetsOptions(command, options->targets);
  addOption(command,
            {.name = "--resume",
             .help = "keep in this file what has been set where; with it a run that was ended or "
                     "killed goes on, and no device is set twice",
             .value = "FILE"},
            options->resume);
  addDependence(command, {"--resume"}, "--targets");
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
