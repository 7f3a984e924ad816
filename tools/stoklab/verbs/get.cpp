#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "selection.h"
#include "stoklab/protocol/meta_keys.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  ConnectionOptions connection;
  std::string profile{fixtures::kDefaultProfile};
  std::vector<std::string> paths;
};

ExitCode printSelected(Console& console, const Selected& selected) {
  printSettings(console, "values", selected.values);
  for (const std::string& path : selected.missing) {
    complain(console, ExitCode::findings, "the device's answer holds no " + path);
  }
  return selected.missing.empty() ? ExitCode::asExpected : ExitCode::findings;
}

ExitCode run(const Options& options, Console& console) {
  const auto paths = parsePaths(options.paths);
  if (!paths) return complain(console, ExitCode::usage, paths.error().detail);
  const auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  const auto request = requestFor(*paths, *profile);
  if (!request) return complain(console, ExitCode::usage, request.error().detail);

  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const auto reply = session.send(*request);
        if (!reply) {
          return report(console, reply.error(), During::command, "get " + listOf(*paths));
        }
        // What older firmware says about the file that its settings lie in is nobody's setting.
        return printSelected(console, select(protocol::withoutAnyMetaKeys(reply->body), *paths));
      });
}

}  // namespace

Run declareGet(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(
      command,
      {.name = "PATH",
       .help = "MODULE, MODULE.SECTION or MODULE.SECTION.FIELD; several travel in one request",
       .required = true},
      options->paths);
  addSessionOptions(command, options->connection);
  addOption(command,
            {.name = "--profile",
             .help = "the catalogue that tells tables from sections and what a module holds",
             .value = "NAME|FILE"},
            options->profile);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
