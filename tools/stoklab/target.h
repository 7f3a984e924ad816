// Where a device is: "https://192.0.2.7", "https://[::1]:8443", "http://127.0.0.1:8080".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

using protocol::Result;

struct Target {
  bool tls = true;
  std::string host;  // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 443;

  // "https://192.0.2.7:443": always with the port.
  std::string text() const;
  // "192.0.2.7:443"
  std::string authority() const;
  // Whether it can only be this machine: localhost, 127.0.0.0/8, ::1.
  bool isLoopback() const;
};

// Fails with ErrorKind::malformed; the detail says what is wrong and shows a target that works.
// A path other than "/", a query or a user in the URL are errors.
Result<Target> parseTarget(std::string_view text);

}  // namespace stoklab::cli
