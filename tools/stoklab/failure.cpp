#include "failure.h"

#include <algorithm>
#include <array>

#include "stoklab/protocol/device_code.h"

namespace stoklab::cli {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;

namespace {

struct Row {
  ErrorKind kind;
  ExitCode contact, login, command;
};

constexpr std::array kTable = {
    Row{ErrorKind::transport, ExitCode::unreachable, ExitCode::unreachable, ExitCode::unreachable},
    Row{ErrorKind::malformed, ExitCode::unreachable, ExitCode::unreachable, ExitCode::unreachable},
    Row{ErrorKind::refused, ExitCode::findings, ExitCode::safety, ExitCode::findings},
    Row{ErrorKind::locked, ExitCode::safety, ExitCode::safety, ExitCode::safety},
    Row{ErrorKind::safety, ExitCode::safety, ExitCode::safety, ExitCode::safety},
};

// Refusals that are about who asks, not about what is asked.
constexpr std::array kSessionCodes = {
    protocol::code::kUnauthorized,  protocol::code::kSessionTimeout, protocol::code::kLocked,
    protocol::code::kFactoryState,  protocol::code::kTooManyClients, protocol::code::kLoggedOut,
    protocol::code::kLockedForGood, protocol::code::kNonceInvalid,   protocol::code::kDeadSession,
};

bool isAboutTheSession(const Error& error) {
  return error.deviceCode && std::find(kSessionCodes.begin(), kSessionCodes.end(),
                                       *error.deviceCode) != kSessionCodes.end();
}

std::string advice(const Error& error, During during) {
  switch (error.kind) {
    case ErrorKind::transport:
      return error.execution == Execution::mayHaveRun
                 ? "read before you repeat it"
                 : "check the target and that the device is on";
    case ErrorKind::malformed:
      return "is there a camera of this protocol at the target?";
    case ErrorKind::refused:
      if (during == During::login) {
        return "check --username and the password before you try again: each wrong one brings the "
               "device closer to locking itself";
      }
      return "";
    case ErrorKind::locked:
      return "no further login until then: each one may prolong it";
    case ErrorKind::safety:
      return "";
  }
  return "";
}

}  // namespace

ExitCode exitCodeFor(const Error& error, During during) {
  if (error.kind == ErrorKind::refused && during == During::command && isAboutTheSession(error)) {
    return ExitCode::safety;
  }
  for (const Row& row : kTable) {
    if (row.kind != error.kind) continue;
    switch (during) {
      case During::contact:
        return row.contact;
      case During::login:
        return row.login;
      case During::command:
        return row.command;
    }
  }
  return ExitCode::fault;
}

ExitCode report(Console& console, const Error& error, During during, std::string_view tried) {
  std::string line = std::string(tried) + ": " + describe(error);
  if (const std::string what = advice(error, during); !what.empty()) line += "; " + what;
  return complain(console, exitCodeFor(error, during), line);
}

}  // namespace stoklab::cli
