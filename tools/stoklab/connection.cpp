#include "connection.h"

#include <cctype>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "access_options.h"
#include "failure.h"
#include "options.h"
#include "state_directory.h"
#include "trust_store.h"

namespace stoklab::cli {

namespace {

using client::HttpsOptions;
using client::HttpsTransport;
using client::TlsOptions;
using client::TlsTrust;

// Where the certificate of a device is kept when it is trusted on first use.
struct FirstUse {
  TrustStore store;
  std::string authority;
};

HttpsOptions httpsOptions(const ConnectionOptions& options, const Target& target) {
  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.timeoutSeconds));
  HttpsOptions https{.host = target.host, .port = target.port, .tls = target.tls};
  https.deadlines.connect = timeout;
  https.deadlines.read = timeout;
  https.deadlines.total = 3 * timeout;
  return https;
}

bool trustsOnFirstUse(const TrustOptions& trust, const Target& target) {
  return target.tls && !target.isLoopback() && !trust.insecure && trust.pin.empty() &&
         trust.authorityFile.empty();
}

// Options about a certificate that there will not be.
Result<void> checkTrust(const TrustOptions& trust, const Target& target) {
  if (target.tls) return {};
  const bool any = trust.insecure || !trust.pin.empty() || !trust.authorityFile.empty();
  if (!any) return {};
  return protocol::malformed(target.text() +
                             " is not encrypted and shows no certificate: --tls-pin, --ca and "
                             "--insecure say nothing about "
                             "it; leave them out, or name an https:// target");
}

TlsOptions chosenTrust(const TrustOptions& trust) {
  if (!trust.pin.empty()) return {.trust = TlsTrust::pin, .pin = trust.pin};
  if (!trust.authorityFile.empty()) {
    return {.trust = TlsTrust::authorityFile, .authorityFile = trust.authorityFile};
  }
  return {.trust = TlsTrust::acceptAny};
}

// The certificate that the device shows now. Sends nothing.
Result<std::string> lookAtCertificate(const HttpsOptions& https) {
  HttpsTransport probe(https);
  if (auto connected = probe.connect(); !connected) return connected.error();
  if (!probe.tlsFacts()) return protocol::malformed("there was no TLS handshake");
  return probe.tlsFacts()->certificateSha256;
}

// After a connection that insisted on a certificate has failed: was that the reason?
std::optional<std::string> anotherCertificate(HttpsOptions https) {
  const std::string expected = std::exchange(https.security, TlsOptions{}).pin;
  const auto seen = lookAtCertificate(https);
  if (!seen || *seen == expected) return std::nullopt;
  return *seen;
}

ExitCode complainOfChange(const FirstUse& firstUse, const std::string& expected,
                          const std::string& seen, Console& console) {
  return complain(console, ExitCode::unreachable,
                  firstUse.authority +
                      " shows another certificate than before, so nothing was sent: "
                      "SHA-256 " +
                      seen + " instead of " + expected +
                      "; if the device is known to have a new one, take its entry out of " +
                      firstUse.store.file().string());
}

Result<FirstUse> openStore(const Target& target, Console& console) {
  const auto file = TrustStore::defaultFile(console.environment);
  if (!file) return file.error();
  auto store = TrustStore::read(*file);
  if (!store) return store.error();
  return FirstUse{*std::move(store), target.authority()};
}

// The certificate to insist on: the remembered one, or the one that is seen and remembered now.
// An exit code if that fails; it has been reported.
std::variant<std::string, ExitCode> pinOnFirstUse(FirstUse& firstUse, const HttpsOptions& https,
                                                  Console& console) {
  if (auto known = firstUse.store.find(firstUse.authority)) return *std::move(known);
  const auto seen = lookAtCertificate(https);
  if (!seen) return report(console, seen.error(), During::contact, firstUse.authority);
  // Others of this process may have remembered theirs meanwhile; the file is written as a whole.
  static std::mutex remembering;
  const std::lock_guard lock(remembering);
  auto fresh = TrustStore::read(firstUse.store.file());
  if (!fresh) return complain(console, ExitCode::usage, fresh.error().detail);
  firstUse.store = *std::move(fresh);
  if (auto kept = firstUse.store.remember(firstUse.authority, *seen); !kept) {
    return complain(console, ExitCode::usage, kept.error().detail);
  }
  note(console, "first contact with " + firstUse.authority + ": its certificate (SHA-256 " + *seen +
                    ") is trusted from now on; " + firstUse.store.file().string() +
                    " remembers it");
  return *seen;
}

}  // namespace

namespace {

// 64 hex digits in lower case, of a fingerprint that a person wrote, perhaps with colons.
Result<std::string> normalFingerprint(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != ':') digits += static_cast<char>(std::tolower(byte));
  }
  if (digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos)
    return digits;
  return protocol::malformed("--tls-pin takes the SHA-256 of a certificate: 64 hex digits");
}

}  // namespace

Result<std::unique_ptr<LoginBudget>> loginBudget(const std::string& url, Console& console,
                                                 std::chrono::milliseconds patience) {
  const auto target = parseTarget(url);
  if (!target) return target.error();
  const auto directory = stateDirectory(console.environment);
  if (!directory && target->isLoopback()) return std::unique_ptr<LoginBudget>();
  if (!directory) return directory.error();
  return std::make_unique<LoginBudget>(
      LoginBudgetOptions{.directory = *directory / "logins",
                         .authority = target->authority(),
                         .patience = patience,
                         .now = [] { return std::chrono::system_clock::now(); }});
}

void addTargetOptions(CLI::App& command, ConnectionOptions& options) {
  addOption(
      command,
      {.name = "--target", .help = "the device: https://host[:port] or http://...", .value = "URL"},
      options.target);
  addTrustOptions(command, options);
}

void addSessionOptions(CLI::App& command, ConnectionOptions& options) {
  addTargetOptions(command, options);
  addLoginOptions(command, options);
}

ExitCode withTransport(const ConnectionOptions& options, Console& console,
                       const std::function<ExitCode(HttpsTransport&)>& work) {
  if (options.target.empty()) {
    return complain(console, ExitCode::usage,
                    "no device is named: use --target https://HOST[:PORT] or set STOKLAB_TARGET");
  }
  const auto target = parseTarget(options.target);
  if (!target) return complain(console, ExitCode::usage, target.error().detail);
  if (auto checked = checkTrust(options.trust, *target); !checked)
    return complain(console, ExitCode::usage, checked.error().detail);

  HttpsOptions https = httpsOptions(options, *target);
  https.security = chosenTrust(options.trust);
  std::optional<FirstUse> firstUse;
  if (trustsOnFirstUse(options.trust, *target)) {
    auto opened = openStore(*target, console);
    if (!opened) return complain(console, ExitCode::usage, opened.error().detail);
    firstUse = *std::move(opened);
    auto pin = pinOnFirstUse(*firstUse, https, console);
    if (const auto* code = std::get_if<ExitCode>(&pin)) return *code;
    https.security = {.trust = TlsTrust::pin, .pin = std::get<std::string>(std::move(pin))};
  }

  HttpsTransport transport(https);
  if (auto connected = transport.connect(); !connected) {
    // Before anything was sent, only an option can be malformed.
    if (connected.error().kind == protocol::ErrorKind::malformed) {
      return complain(console, ExitCode::usage, connected.error().detail);
    }
    if (firstUse) {
      if (const auto seen = anotherCertificate(https)) {
        return complainOfChange(*firstUse, https.security.pin, *seen, console);
      }
    }
    return report(console, connected.error(), During::contact, target->text());
  }
  return work(transport);
}

std::variant<std::string, ExitCode> certificateToTrust(const ConnectionOptions& options,
                                                       Console& console) {
  const auto target = parseTarget(options.target);
  if (!target) return complain(console, ExitCode::usage, target.error().detail);
  if (auto checked = checkTrust(options.trust, *target); !checked)
    return complain(console, ExitCode::usage, checked.error().detail);
  const bool anyWillDo =
      !target->tls || options.trust.insecure ||
      (options.trust.pin.empty() && options.trust.authorityFile.empty() && target->isLoopback());
  if (anyWillDo) return std::string();
  if (!options.trust.pin.empty()) {
    auto pin = normalFingerprint(options.trust.pin);
    if (pin) return *std::move(pin);
    return complain(console, ExitCode::usage, pin.error().detail);
  }
  std::string certificate;
  const ExitCode code = withTransport(options, console, [&](HttpsTransport& transport) {
    if (transport.tlsFacts()) certificate = transport.tlsFacts()->certificateSha256;
    return ExitCode::asExpected;
  });
  if (code != ExitCode::asExpected) return code;
  return certificate;
}

ExitCode withLogin(
    const ConnectionOptions& options, Console& console, Afterwards afterwards,
    const std::function<ExitCode(client::Session&, const client::LoginFacts&)>& work) {
  // Before the connection, so that a device is not kept waiting for somebody who types.
  auto password = options.knownPassword
                      ? Result<std::string>(*options.knownPassword)
                      : readPassword(options.password, console, options.username, promptOnTerminal);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);

  return withTransport(options, console, [&](HttpsTransport& transport) {
    if (options.mayLogIn && !options.mayLogIn()) return ExitCode::safety;
    auto budget = loginBudget(options.target, console);
    if (!budget) return complain(console, ExitCode::usage, budget.error().detail);
    if (*budget) {
      if (auto begun = (*budget)->begin(); !begun)
        return report(console, begun.error(), During::login, "login");
    }
    client::Session session(transport, {options.username, *std::move(password)});
    const auto facts = session.login();
    // Nothing counts on the device if no login was sent.
    if (*budget) (*budget)->conclude(!facts && session.loginsSent() > 0);
    if (options.onLogin) options.onLogin(facts);
    if (!facts) return report(console, facts.error(), During::login, "login");
    const ExitCode code = work(session, *facts);
    if (afterwards == Afterwards::logOut && code != ExitCode::unreachable) {
      // The device forgets the session by itself some time.
      if (auto ended = session.logout(); !ended) return code;
    }
    return code;
  });
}

ExitCode withSession(const ConnectionOptions& options, Console& console, Afterwards afterwards,
                     const std::function<ExitCode(client::Session&)>& work) {
  return withLogin(
      options, console, afterwards,
      [&](client::Session& session, const client::LoginFacts&) { return work(session); });
}

}  // namespace stoklab::cli
