#include <istream>
#include <iterator>
#include <memory>
#include <string>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/secrets.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
  std::string body;
  bool showSecrets = false;
};

// The answer as it came, unless it holds secrets. An error code in it is a finding.
ExitCode printAnswer(const Options& options, Console& console, const std::string& answer) {
  const auto json = protocol::parseJson(answer);
  std::string visible = answer;
  if (json && !options.showSecrets) {
    const Json redacted = protocol::redact(*json);
    if (!(redacted == *json)) {
      visible = printJson(redacted);
      note(console, "secrets are shown as ***; --show-secrets shows them");
    }
  }
  if (console.format == Format::json) {
    const auto shown = protocol::parseJson(visible);
    printDocument(console, Json::object({{"answer", shown ? *shown : Json(visible)}}));
  } else {
    console.out << visible << "\n";
  }
  const auto reply = protocol::parseReply(answer);
  return reply && reply->ok() ? ExitCode::asExpected : ExitCode::findings;
}

ExitCode run(const Options& options, Console& console) {
  std::string body = options.body;
  if (body == "-") {
    if (options.connection.password.file == "-") {
      return complain(console, ExitCode::usage,
                      "standard input cannot hold both the body and the password");
    }
    body.assign(std::istreambuf_iterator<char>(console.in), {});
  }
  return withSession(options.connection, console, Afterwards::leaveIt,
                     [&](client::Session& session) {
                       const auto answer = session.sendRaw(body);
                       if (!answer) {
                         return report(console, answer.error(), During::command, "raw");
                       }
                       return printAnswer(options, console, *answer);
                     });
}

}  // namespace

Run declareRaw(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "BODY",
             .help = "what is sent, byte for byte; - takes it from standard input",
             .required = true},
            options->body);
  addSessionOptions(command, options->connection);
  addFlag(command,
          {.name = "--show-secrets",
           .help = "print the answer as it is, also when it holds passwords or tokens"},
          options->showSecrets);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
