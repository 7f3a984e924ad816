// How long a session lives, and whether a request prolongs it. Waits for as long as it takes.
//
// The one thing not to get wrong: each time it asks too late, the session is dead and the next look
// needs a login of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "dump/gate.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli::dump {

struct SessionOperations {
  std::function<Result<void>()> logIn;
  std::function<Result<bool>()> isAlive;  // asks something, which is a use of the session
};

// So many logins it takes at most.
int loginsForSessionLife(std::chrono::seconds upTo);

// First the session is asked over and over for `upTo`: if it dies all the same, it has a fixed
// life. Else it is left alone, for times that close in on its life. Facts: {"lifetime_s": 1800,
// "expiry": "sliding"}, or {"longer_than_s": N} if it lives longer than `upTo`. Exact to a second,
// or to a fortieth for long lives.
Result<protocol::Json> measureSessionLife(const SessionOperations& session,
                                          std::chrono::seconds upTo, const Time& time);

}  // namespace stoklab::cli::dump
