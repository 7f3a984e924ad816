#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/setting_path.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
  std::string module;
  std::vector<std::string> rows;
};

void printDeleted(Console& console, const Options& options) {
  if (console.format == Format::text) {
    for (const std::string& row : options.rows) {
      console.out << "deleted: " << options.module << " " << row << "\n";
    }
    return;
  }
  Json rows = Json::array();
  for (const std::string& row : options.rows) rows.push(row);
  printDocument(console, Json::object({{"deleted", Json::object({{options.module, rows}})}}));
}

ExitCode run(const Options& options, Console& console) {
  const auto path = protocol::SettingPath::parse(options.module);
  if (!path) return complain(console, ExitCode::usage, path.error().detail);
  if (!path->section.empty()) {
    return complain(console, ExitCode::usage,
                    "\"" + options.module +
                        "\" is no module: rows are deleted by their names, without the table "
                        "(stoklab delete MODULE ROW...)");
  }
  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const auto reply = session.send(protocol::deleteRows(options.module, options.rows));
        if (!reply) {
          return report(console, reply.error(), During::command, "delete " + options.module);
        }
        printDeleted(console, options);
        return ExitCode::asExpected;
      });
}

}  // namespace

Run declareDelete(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command, {.name = "MODULE", .help = "the module of the table", .required = true},
            options->module);
  addOption(command, {.name = "ROW", .help = "names of rows", .required = true}, options->rows);
  addSessionOptions(command, options->connection);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
