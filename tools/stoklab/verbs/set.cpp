#include <memory>
#include <string>
#include <vector>

#include "assignment.h"
#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/protocol/envelope.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
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

ExitCode run(const Options& options, Console& console) {
  const auto changes = parseChanges(options.assignments);
  if (!changes) return complain(console, ExitCode::usage, changes.error().detail);
  const Json settings = settingsOf(*changes);
  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const auto reply = session.send({.method = protocol::Method::set, .modules = settings});
        if (!reply) {
          return report(console, reply.error(), During::command, "set " + namesOf(*changes));
        }
        printSettings(console, "set", settings);
        return ExitCode::asExpected;
      });
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
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
