#include "target.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace stoklab::cli {

namespace {

protocol::Error wrong(std::string_view text, const std::string& why) {
  return protocol::malformed("\"" + std::string(text) + "\" is no target: " + why +
                             " (a target looks like https://192.0.2.7 or https://192.0.2.7:8443)");
}

bool isNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
}

bool isAddressCharacter(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.' || c == '%' ||
         std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

bool consumePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string Target::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return name + ":" + std::to_string(port);
}

std::string Target::text() const { return (tls ? "https://" : "http://") + authority(); }

bool Target::isLoopback() const {
  if (host == "localhost" || host == "::1") return true;
  // A name such as 127.example.org is not an address.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

Result<Target> parseTarget(std::string_view text) {
  Target target;
  std::string_view rest = text;
  if (consumePrefix(rest, "http://")) {
    target.tls = false;
    target.port = 80;
  } else if (!consumePrefix(rest, "https://")) {
    return wrong(text, "it does not begin with https:// or http://");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != std::string_view::npos) {
    return wrong(text, "there is something behind the port");
  }
  if (rest.find('@') != std::string_view::npos) {
    // The text may hold a password, so it is not repeated.
    return protocol::malformed(
        "a target holds no user: give it with --username, and the password in STOKLAB_PASSWORD");
  }

  std::string_view host;
  if (consumePrefix(rest, "[")) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return wrong(text, "the bracket is not closed");
    host = rest.substr(0, close);
    rest.remove_prefix(close + 1);
    if (host.find(':') == std::string_view::npos ||
        !std::all_of(host.begin(), host.end(), isAddressCharacter)) {
      return wrong(text, "there is no IPv6 address in the brackets");
    }
    if (!rest.empty() && !rest.starts_with(':')) {
      return wrong(text, "only a port may follow the bracket");
    }
  } else {
    host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(host.size());
    if (host.empty()) return wrong(text, "the host is missing");
    if (!std::all_of(host.begin(), host.end(), isNameCharacter)) {
      return wrong(text, "the host has a character that no name has");
    }
  }
  target.host = std::string(host);

  if (consumePrefix(rest, ":")) {
    const auto port = parsePort(rest);
    if (!port) return wrong(text, "the port is no number from 1 to 65535");
    target.port = *port;
  }
  return target;
}

}  // namespace stoklab::cli
