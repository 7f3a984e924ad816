// Which certificate a device showed when it was first met. A camera's certificate is self-issued,
// so this is all that a client can hold on to: trust on first use, and refuse a change.
//
// The one thing not to get wrong: a file that cannot be read is an error, not an empty list. An
// empty list would trust anybody anew.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

using protocol::Result;

class TrustStore {
 public:
  // The store of the user: known_devices.json under $XDG_STATE_HOME/stoklab, which is
  // ~/.local/state/stoklab by default. Fails with ErrorKind::malformed without a home directory.
  static Result<std::filesystem::path> defaultFile(
      const std::function<std::optional<std::string>(const char*)>& environment);

  // Reads `file`; one that does not exist is an empty store. Fails with ErrorKind::malformed.
  static Result<TrustStore> read(const std::filesystem::path& file);

  // The SHA-256 of the certificate of `authority` ("192.0.2.7:443"), lower-case hex.
  std::optional<std::string> find(std::string_view authority) const;

  // Remembers it and writes the file, readable by its owner only, to a temporary name that is
  // renamed. What another process wrote since read() is lost: the next contact adds it again.
  // Fails with ErrorKind::malformed if the file cannot be written.
  Result<void> remember(const std::string& authority, const std::string& certificateSha256);

  const std::filesystem::path& file() const { return file_; }

 private:
  explicit TrustStore(std::filesystem::path file) : file_(std::move(file)) {}

  std::filesystem::path file_;
  std::map<std::string, std::string, std::less<>> certificates_;  // by authority
};

}  // namespace stoklab::cli
