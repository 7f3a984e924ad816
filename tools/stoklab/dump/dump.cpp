#include "dump/dump.h"

#include <utility>

#include "dump/assemble_modules.h"
#include "dump/journal.h"
#include "dump/steps.h"
#include "dump/walker.h"
#include "failure.h"
#include "password_source.h"
#include "stoklab/fixtures/redaction.h"
#include "stoklab/fixtures/secret_scan.h"
#include "target.h"

namespace stoklab::cli::dump {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;

namespace {

// What decides what a dump finds, so that a journal is not continued by another one.
Json headOf(const ConnectionOptions& connection, const DumpOptions& options) {
  return Json::object({{"schema_version", kSchemaVersion},
                       {"kind", "journal of a dump"},
                       {"policy", std::string(fixtures::kRedactionPolicy)},
                       {"base", options.base},
                       {"tls", connection.target.starts_with("https")},
                       {"admin", connection.username == "admin"}});
}

struct Outcome {
  std::optional<Dump> dump = {};
  Error error = {};
  bool leaked = false;        // a secret was found in what was to be kept
  bool diskFailed = false;    // the journal cannot be written
  bool contradicted = false;  // the journal is of another device
};

class Run {
 public:
  Run(const ConnectionOptions& connection, const DumpOptions& options, Journal& journal)
      : connection_(connection), options_(options), journal_(journal) {}

  // `ownBase` is what --base names, or null.
  Outcome run(client::HttpsTransport& transport, const std::string& password, LoginBudget* budget,
              const fixtures::Profile* ownBase) {
    const auto begun = options_.time.now();
    Throttle throttle(options_.rate, options_.time);
    Gate gate(transport, throttle, {.logins = 1});
    const auto target = parseTarget(connection_.target);
    Link link{.gate = gate,
              .throttle = throttle,
              .device = {.host = target->host,
                         .port = target->port,
                         .tls = target->tls,
                         .timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::duration<double>(connection_.timeoutSeconds))},
              .credentials = {connection_.username, password},
              .disconnect = [&] { transport.disconnect(); },
              .connectionsOpened = [&] { return transport.connectionsOpened(); },
              .beforeLogin = [budget]() -> Result<void> {
                return budget == nullptr ? Result<void>() : budget->begin();
              },
              .afterLogin =
                  [budget](bool refused) {
                    if (budget != nullptr) budget->conclude(refused);
                  }};
    fixtures::Redactor redactor({}, ownBase);
    Steps steps(journal_, redactor, options_);
    Walker walker(link, steps, redactor, ownBase, options_);
    auto walked = walker.run();
    if (steps.contradicted()) return {.contradicted = true};
    if (!walked)
      return {.error = walked.error(), .leaked = steps.leaked(), .diskFailed = steps.diskFailed()};

    auto findings = walker.findings();
    // Once more, now that everything is known that must be masked.
    for (auto& [module, sections] : findings.modules) redactAgain(redactor, module, sections);
    const std::string name =
        options_.name.empty() ? profileNameFor(identityIn(findings.modules)) : options_.name;
    auto assembled = assemble(findings, walker.base(), name, options_.today);
    if (!assembled) return {.error = assembled.error()};
    const auto hits = scanForSecrets(printProfile(assembled->profile), redactor.seen());
    if (!hits.empty()) {
      return {.error = {.kind = ErrorKind::safety,
                        .detail = "something that was masked (" + hits.front().where +
                                  ") turned up in the profile at line " +
                                  std::to_string(hits.front().line) + ", so nothing was written"},
              .leaked = true};
    }
    // Of a built-in profile nothing is a secret; of another one, what the device holds as well is.
    const bool builtIn = options_.base.empty() || bool(fixtures::builtInProfileText(options_.base));
    standInForSecrets(assembled->profile, walker.base(), [&](std::string_view value) {
      return builtIn || !redactor.seen().contains(value);
    });
    Dump dump{.profile = std::move(assembled->profile),
              .report = {.base = walker.base().name,
                         .requests = gate.requests(),
                         .handshakes = walker.handshakes(),
                         .resumedSteps = steps.resumed(),
                         .logins = gate.logins(),
                         .latencies = gate.latencies(),
                         .notes = walker.notes(),
                         .refused = walker.refused()}};
    dump.report.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(options_.time.now() - begun);
    for (std::string& each : assembled->notes) dump.report.notes.push_back(std::move(each));
    return {.dump = std::move(dump)};
  }

 private:
  static void redactAgain(fixtures::Redactor& redactor, const std::string& module, Json& sections) {
    for (auto& [section, facts] : *sections.members()) {
      for (const std::string_view key : {"fields", "rows"}) {
        const Json* content = facts.find(key);
        if (content == nullptr) continue;
        Json answer = Json::object(), inner = Json::object();
        inner.set(section, *content);
        answer.set(module, std::move(inner));
        const Json redacted = redactor.redactBody(answer);
        if (const Json* again = redacted.at({module, section})) facts.set(key, *again);
      }
    }
  }

  const ConnectionOptions& connection_;
  const DumpOptions& options_;
  Journal& journal_;
};

// During what it failed, for the exit code: a login that was refused is for safety.
During duringOf(const Error& error) {
  return error.kind == ErrorKind::refused ? During::login : During::command;
}

}  // namespace

std::filesystem::path journalFor(const std::filesystem::path& out) {
  std::filesystem::path journal = out;
  journal += ".partial";
  return journal;
}

std::variant<Dump, ExitCode> dumpTarget(const ConnectionOptions& connection,
                                        const DumpOptions& options, Console& console) {
  std::optional<fixtures::Profile> ownBase;
  if (!options.base.empty()) {
    auto base = fixtures::findProfile(options.base);
    if (!base) return complain(console, ExitCode::usage, base.error().detail);
    ownBase = *std::move(base);
  }
  auto password = readPassword(connection.password, console, connection.username, promptOnTerminal);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);
  Journal journal;
  if (!options.journal.empty()) {
    auto opened = Journal::open(options.journal, headOf(connection, options));
    if (!opened) return complain(console, ExitCode::usage, opened.error().detail);
    journal = *std::move(opened);
    if (journal.size() > 0)
      note(console, "going on with the dump that was interrupted (" +
                        std::to_string(journal.size()) + " steps are in " +
                        options.journal.string() + ")");
  }

  std::optional<Dump> dump;
  const ExitCode code = withTransport(connection, console, [&](client::HttpsTransport& transport) {
    auto budget = loginBudget(connection.target, console);
    if (!budget) return complain(console, ExitCode::usage, budget.error().detail);
    const fixtures::Profile* base = ownBase ? &*ownBase : nullptr;
    Run run(connection, options, journal);
    Outcome outcome = run.run(transport, *password, budget->get(), base);
    if (outcome.contradicted) {
      note(console,
           "what the interrupted dump had found is not what this device answers; it "
           "begins again");
      if (auto begun = journal.restart(); !begun)
        return complain(console, ExitCode::usage, begun.error().detail);
      outcome = run.run(transport, *password, budget->get(), base);
      if (outcome.contradicted)
        return complain(console, ExitCode::unreachable,
                        "the device answers differently each time it is asked");
    }
    if (outcome.leaked) {
      journal.remove();
      return complain(console, ExitCode::findings, outcome.error.detail);
    }
    if (outcome.dump) {
      dump = std::move(outcome.dump);
      return ExitCode::asExpected;
    }
    if (outcome.diskFailed) return complain(console, ExitCode::usage, outcome.error.detail);
    if (options.interrupted != nullptr && *options.interrupted != 0)
      return static_cast<ExitCode>(128 + *options.interrupted);
    return report(console, outcome.error, duringOf(outcome.error), "dump");
  });
  if (!dump) return code;
  return *std::move(dump);
}

}  // namespace stoklab::cli::dump
