// Where the password comes from. There is no option that takes it itself: it would be visible to
// everybody on the machine in the list of processes.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "output.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

using protocol::Result;

struct PasswordOptions {
  std::string file = {};    // --password-file; "-" is standard input; empty: not given
  int fileDescriptor = -1;  // --password-fd; negative: not given
};

// Asks a person. Fails with ErrorKind::malformed if there is no terminal.
using Prompt = std::function<Result<std::string>(const std::string& question)>;

// The first of: the file or descriptor that an option names, STOKLAB_PASSWORD, the prompt. Of a
// file, the line break at its end does not belong to the password. Fails with
// ErrorKind::malformed if there is none, it is empty, longer than 1024 bytes, or cannot be read.
Result<std::string> readPassword(const PasswordOptions& options, Console& console,
                                 const std::string& whose, const Prompt& prompt);

// Asks on the terminal of the process, without an echo, which comes back also after Ctrl-C.
Result<std::string> promptOnTerminal(const std::string& question);

}  // namespace stoklab::cli
