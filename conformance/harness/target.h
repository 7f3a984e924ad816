// Where the device is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::conformance {

struct Target {
  bool tls = true;
  std::string host = {};
  std::uint16_t port = 443;

  std::string url() const;         // "https://192.0.2.7:8443"; the usual port is left out
  std::string hostHeader() const;  // "192.0.2.7:8443"
};

// "https://host[:port][/]" or "http://...". Empty if it is anything else.
std::optional<Target> parseTarget(std::string_view url);

}  // namespace stoklab::conformance
