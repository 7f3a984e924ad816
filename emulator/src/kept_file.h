// Small files that an installation makes once and keeps: keys and certificates.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

std::optional<std::string> contentOf(const std::filesystem::path& file);

// The content of `directory`/`name` if it is there and usable, else what `make` returns, which is
// stored there first: file mode 0600, directory mode 0700, written under another name and renamed,
// one process at a time. Fails with ErrorKind::malformed if it cannot be stored.
protocol::Result<std::string> keptFile(const std::filesystem::path& directory,
                                       const std::string& name,
                                       const std::function<bool(std::string_view)>& isUsable,
                                       const std::function<protocol::Result<std::string>()>& make);

}  // namespace stoklab::emulator
