// Where a server of ours listens: "127.0.0.1", "127.0.0.1:8443", "[::1]:0".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct ListenAddress {
  std::string address = {};  // without brackets; whether it is an IP address, the server says
  std::optional<std::uint16_t> port = {};

  // Whether only programs on this machine get there.
  bool isLoopback() const;
  // "127.0.0.1:8443"
  static std::string authority(const std::string& address, std::uint16_t port);
};

// Fails with ErrorKind::malformed; the detail shows one that works.
protocol::Result<ListenAddress> parseListenAddress(std::string_view text);

}  // namespace stoklab::cli
