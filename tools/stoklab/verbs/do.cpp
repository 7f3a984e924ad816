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
  std::string action;
  std::vector<std::string> arguments;
};

// What the device answered besides "it is done".
void printReply(Console& console, const std::string& action, Json body) {
  body.erase("error_code");
  if (console.format == Format::json) {
    printSettings(console, "answer", body);
  } else if (body.size() > 0) {
    printSettings(console, "", body);
  } else {
    console.out << "done: " << action << "\n";
  }
}

ExitCode run(const Options& options, Console& console) {
  const auto path = protocol::SettingPath::parse(options.action);
  if (!path) return complain(console, ExitCode::usage, path.error().detail);
  if (path->section.empty() || !path->field.empty()) {
    return complain(console, ExitCode::usage,
                    "\"" + options.action + "\" is no action (MODULE.ACTION)");
  }
  auto arguments = parseArguments(options.arguments);
  if (!arguments) return complain(console, ExitCode::usage, arguments.error().detail);
  // Without arguments an action carries null (facts.md E10).
  const Json sent = arguments->size() == 0 ? Json() : *std::move(arguments);

  return withSession(
      options.connection, console, Afterwards::leaveIt, [&](client::Session& session) {
        const auto reply = session.send(protocol::performAction(path->module, path->section, sent));
        if (!reply) return report(console, reply.error(), During::command, "do " + path->text());
        printReply(console, path->text(), reply->body);
        return ExitCode::asExpected;
      });
}

}  // namespace

Run declareDo(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command, {.name = "ACTION", .help = "MODULE.ACTION", .required = true},
            options->action);
  addOption(
      command,
      {.name = "KEY=VALUE", .help = "arguments of the action; KEY:=JSON for what is not a string"},
      options->arguments);
  addSessionOptions(command, options->connection);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
