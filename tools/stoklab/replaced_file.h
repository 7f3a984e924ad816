// Files that people keep, written whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Writes `content` beside `file` and renames it, so that nobody reads half a file and a failure
// leaves the old one alone. Keeps the mode of a file that is there, and follows a symbolic link.
// What is no regular file, such as a pipe, is written to as it is. Fails with
// ErrorKind::malformed: the file's name and the system's reason.
protocol::Result<void> replaceFile(const std::filesystem::path& file, std::string_view content);

}  // namespace stoklab::cli
