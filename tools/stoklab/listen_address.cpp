#include "listen_address.h"

#include <charconv>

#include "target.h"

namespace stoklab::cli {

using protocol::malformed;

namespace {

protocol::Error notAnAddress(std::string_view text) {
  return malformed("--listen " + std::string(text) +
                   ": write ADDRESS or ADDRESS:PORT, for example 127.0.0.1:8443 or [::1]:0");
}

}  // namespace

bool ListenAddress::isLoopback() const { return Target{.host = address}.isLoopback(); }

std::string ListenAddress::authority(const std::string& address, std::uint16_t port) {
  return Target{.host = address, .port = port}.authority();
}

protocol::Result<ListenAddress> parseListenAddress(std::string_view text) {
  ListenAddress listen;
  std::string_view rest = text;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return notAnAddress(text);
    listen.address = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    // An IPv6 address without brackets has several colons, and then no port.
    const auto colon = rest.find(':');
    const bool bare6 = colon != rest.rfind(':');
    listen.address = rest.substr(0, bare6 ? std::string_view::npos : colon);
    rest.remove_prefix(listen.address.size());
  }
  if (listen.address.empty()) return notAnAddress(text);
  if (rest.empty()) return listen;
  if (rest.front() != ':') return notAnAddress(text);
  rest.remove_prefix(1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (error != std::errc() || end != rest.data() + rest.size()) return notAnAddress(text);
  listen.port = port;
  return listen;
}

}  // namespace stoklab::cli
