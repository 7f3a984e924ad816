// Files that somebody gives to read as a whole: "-" is standard input.
#pragma once

#include <string>

#include "output.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Fails with ErrorKind::malformed, naming the file: it cannot be read, is a directory, or is larger
// than any recording (1 GiB).
protocol::Result<std::string> readWholeFile(Console& console, const std::string& file);

}  // namespace stoklab::cli
