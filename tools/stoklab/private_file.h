// Small files that only their owner may read.
#pragma once

#include <filesystem>
#include <string>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Writes `content` to a temporary name of mode 0600 and renames it, so that nobody reads half a
// file; makes the directory. Fails with ErrorKind::malformed and the system's reason.
protocol::Result<void> replacePrivateFile(const std::filesystem::path& file,
                                          const std::string& content);

}  // namespace stoklab::cli
