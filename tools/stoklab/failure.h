// How an error of the libraries ends the program: one table from what failed to an exit code, and
// one line that says what to do now.
#pragma once

#include <string>
#include <string_view>

#include "output.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// What was going on. A refusal means something else at the login (wrong password, and one attempt
// less) than for a command (the device cannot do that, or does not like a value).
enum class During { contact, login, command };

//                contact       login         command
//   transport    unreachable   unreachable   unreachable
//   malformed    unreachable   unreachable   unreachable   not an answer of this protocol
//   refused      findings      safety        findings      safety if the code is about the session
//   locked       safety        safety        safety
//   safety       safety        safety        safety
ExitCode exitCodeFor(const protocol::Error& error, During during);

// Complains in one line: what was tried, why it failed, what to do. Returns the exit code.
ExitCode report(Console& console, const protocol::Error& error, During during,
                std::string_view tried);

}  // namespace stoklab::cli
