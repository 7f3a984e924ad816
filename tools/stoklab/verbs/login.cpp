#include <memory>
#include <string>

#include "connection.h"
#include "options.h"
#include "stoklab/fixtures/profile.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
  std::string profile{fixtures::kDefaultProfile};
  bool showToken = false;
};

using Lifetime = fixtures::Fact<std::chrono::seconds>;

// "about 30 minutes (assumed)": devices do not say it, so the profile does.
std::string inWords(const Lifetime& lifetime) {
  return "about " + std::to_string(lifetime.value.count() / 60) + " minutes (" +
         std::string(toText(lifetime.evidence)) + ")";
}

ExitCode print(const Options& options, Console& console, const Lifetime& lifetime,
               const client::Session& session, const client::LoginFacts& facts) {
  if (console.format == Format::json) {
    Json document = Json::object({{"username", options.connection.username}});
    if (facts.userGroup) document.set("user_group", *facts.userGroup);
    document.set("session_lifetime_s", static_cast<std::int64_t>(lifetime.value.count()));
    document.set("session_lifetime_evidence", toText(lifetime.evidence));
    if (options.showToken) document.set("token", session.token()->text());
    printDocument(console, document);
    return ExitCode::asExpected;
  }
  console.out << "logged in as " << options.connection.username << "\n"
              << "user group    " << facts.userGroup.value_or("not told") << "\n"
              << "session lasts " << inWords(lifetime) << "\n";
  if (options.showToken) console.out << "token         " << session.token()->text() << "\n";
  return ExitCode::asExpected;
}

ExitCode run(const Options& options, Console& console) {
  const auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  // Without the token, nobody can use the session.
  const auto afterwards = options.showToken ? Afterwards::leaveIt : Afterwards::logOut;
  return withLogin(options.connection, console, afterwards,
                   [&](client::Session& session, const client::LoginFacts& facts) {
                     return print(options, console, profile->authentication.sessionLifetime,
                                  session, facts);
                   });
}

}  // namespace

Run declareLogin(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addSessionOptions(command, options->connection);
  addOption(command,
            {.name = "--profile", .help = "what is known about the device", .value = "NAME|FILE"},
            options->profile);
  addFlag(command,
          {.name = "--show-token",
           .help = "print the session token, which is a secret, and keep the session open"},
          options->showToken);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
