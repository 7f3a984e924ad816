#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "selection.h"
#include "stoklab/protocol/meta_keys.h"
#include "targets/many_targets.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  ConnectionOptions connection;
  TargetsOptions targets;
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

  const auto read = [&](client::Session& session, Console& where) {
    const auto reply = session.send(*request);
    if (!reply) return report(where, reply.error(), During::command, "get " + listOf(*paths));
    // What older firmware says about the file that its settings lie in is nobody's setting.
    return printSelected(where, select(protocol::withoutAnyMetaKeys(reply->body), *paths));
  };
  if (!options.targets.file.empty()) {
    const auto targets = readTargets(options.targets.file, console);
    if (!targets) return complain(console, ExitCode::usage, targets.error().detail);
    return withEachTarget(options.targets, *targets, options.connection, console,
                          {.work = [&](const fixtures::ListedTarget&, client::Session& session,
                                       Console& quiet) { return read(session, quiet); },
                           .key = "values",
                           .title = "get " + listOf(*paths)});
  }
  return withSession(options.connection, console, Afterwards::logOut,
                     [&](client::Session& session) { return read(session, console); });
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
  addTargetsOptions(command, options->targets);
  addOption(command,
            {.name = "--profile",
             .help = "the catalogue that tells tables from sections and what a module holds",
             .value = "NAME|FILE"},
            options->profile);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
