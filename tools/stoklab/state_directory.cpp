#include "state_directory.h"

namespace stoklab::cli {

protocol::Result<std::filesystem::path> stateDirectory(
    const std::function<std::optional<std::string>(const char*)>& environment) {
  // The XDG specification has relative paths ignored.
  if (const auto base = environment("XDG_STATE_HOME"); base && base->starts_with('/'))
    return std::filesystem::path(*base) / "stoklab";
  const auto home = environment("HOME");
  if (!home || home->empty())
    return protocol::malformed("no place for state: neither XDG_STATE_HOME nor HOME is set");
  return std::filesystem::path(*home) / ".local" / "state" / "stoklab";
}

}  // namespace stoklab::cli
