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
  std::string table, row;
  std::vector<std::string> fields;
};

ExitCode run(const Options& options, Console& console) {
  const auto path = protocol::SettingPath::parse(options.table);
  if (!path) return complain(console, ExitCode::usage, path.error().detail);
  if (path->section.empty() || !path->field.empty()) {
    return complain(console, ExitCode::usage,
                    "\"" + options.table + "\" is no table (MODULE.TABLE)");
  }
  const auto fields = parseArguments(options.fields);
  if (!fields) return complain(console, ExitCode::usage, fields.error().detail);

  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const auto reply =
            session.send(protocol::addRow(path->module, path->section, options.row, *fields));
        if (!reply) {
          return report(console, reply.error(), During::command,
                        "add " + path->text() + " " + options.row);
        }
        const Json rows = Json::object({{options.row, *fields}});
        const Json table = Json::object({{path->section, rows}});
        printSettings(console, "added", Json::object({{path->module, table}}));
        return ExitCode::asExpected;
      });
}

}  // namespace

Run declareAdd(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command, {.name = "TABLE", .help = "MODULE.TABLE", .required = true}, options->table);
  addOption(command, {.name = "ROW", .help = "the name of the new row", .required = true},
            options->row);
  addOption(command,
            {.name = "KEY=VALUE",
             .help = "fields of the row; KEY:=JSON for what is not a string",
             .required = true},
            options->fields);
  addSessionOptions(command, options->connection);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
