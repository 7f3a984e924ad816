// What every verb that talks to a device has in common: the options that say where it is, who we
// are and whom we trust, and a connection made from them.
//
// The one thing not to get wrong: nothing secret travels before the certificate has been judged,
// and no verb makes a second login.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "login_budget.h"
#include "output.h"
#include "password_source.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "target.h"

namespace CLI {
class App;
}

namespace stoklab::cli {

struct TrustOptions {
  std::string pin = {};            // --tls-pin
  std::string authorityFile = {};  // --ca
  bool insecure = false;           // --insecure
};

struct ConnectionOptions {
  std::string target = {};
  double timeoutSeconds = 10;  // of connecting, and of silence while waiting for an answer
  TrustOptions trust = {};
  std::string username = "admin";
  PasswordOptions password = {};
  // For a verb that goes to many devices: the password, which has been read already; who is asked
  // before it is sent, if anybody, and whose no ends it with ExitCode::safety; and who is told what
  // came of the login.
  std::optional<std::string> knownPassword = {};
  std::function<bool()> mayLogIn = {};
  std::function<void(const Result<client::LoginFacts>&)> onLogin = {};
};

// --target, --timeout, --tls-pin, --ca, --insecure
void addTargetOptions(CLI::App& command, ConnectionOptions& options);
// the same, and --username, --password-file, --password-fd
void addSessionOptions(CLI::App& command, ConnectionOptions& options);

// Whom to trust. A device that is neither on this machine nor named by an option is trusted on
// first use: its certificate is remembered, and a note says so; afterwards it must be the same.
// Connects without sending anything, then calls `work`. Reports what fails.
ExitCode withTransport(const ConnectionOptions& options, Console& console,
                       const std::function<ExitCode(client::HttpsTransport&)>& work);

// The budget of refused logins of the device behind `url`; null for a target on this machine if
// there is no place for state. Fails with ErrorKind::malformed if `url` is no target, or without a
// place. `patience` is how long a login waits for one that another process is making.
Result<std::unique_ptr<LoginBudget>> loginBudget(
    const std::string& url, Console& console,
    std::chrono::milliseconds patience = LoginBudgetOptions{}.patience);

// For a program that makes its own connections: the SHA-256 of the certificate to insist on, by the
// same rules; empty if any will do. Sends nothing. An exit code if that fails; it has been
// reported.
std::variant<std::string, ExitCode> certificateToTrust(const ConnectionOptions& options,
                                                       Console& console);

// What becomes of the session on the device when the work is done.
enum class Afterwards {
  logOut,   // so that it does not take the place of another one
  leaveIt,  // the work has ended it, or hands it on
};

// Connects, logs in once, calls `work`, and logs out. Reports what fails; a failed logout is no
// failure.
ExitCode withSession(const ConnectionOptions& options, Console& console, Afterwards afterwards,
                     const std::function<ExitCode(client::Session&)>& work);

// As withSession(), and what the login granted.
ExitCode withLogin(
    const ConnectionOptions& options, Console& console, Afterwards afterwards,
    const std::function<ExitCode(client::Session&, const client::LoginFacts&)>& work);

}  // namespace stoklab::cli
