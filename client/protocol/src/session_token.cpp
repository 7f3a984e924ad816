#include "stoklab/protocol/session_token.h"

#include <algorithm>

#include "stoklab/protocol/percent.h"

namespace stoklab::protocol {

namespace {
constexpr std::string_view kPrefix = "/stok=";
constexpr std::size_t kLongest = 1024;
}  // namespace

Result<SessionToken> SessionToken::parse(std::string_view stok) {
  if (stok.empty()) return malformed("the session token is empty");
  if (stok.size() > kLongest) return malformed("the session token is longer than 1024 bytes");
  std::string text = percentDecode(stok);
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return malformed("the session token holds a control character");
  return SessionToken(std::move(text));
}

std::string SessionToken::path(std::string_view rest) const {
  std::string path(kPrefix);
  path += percentEncode(text_, kClientAlphabet);
  path += '/';
  path += rest;
  return path;
}

std::optional<SessionPath> splitSessionPath(std::string_view target) {
  if (target.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  target.remove_prefix(kPrefix.size());
  const auto slash = target.find('/');
  if (slash == std::string_view::npos) return SessionPath{.token = target, .rest = {}};
  return SessionPath{.token = target.substr(0, slash), .rest = target.substr(slash + 1)};
}

std::string redactPath(std::string_view path) {
  const auto start = path.find(kPrefix);
  if (start == std::string_view::npos) return std::string(path);
  const auto tokenAt = start + kPrefix.size();
  const auto end = std::min(path.find_first_of("/?# ", tokenAt), path.size());
  std::string out(path.substr(0, tokenAt));
  out += "***";
  out += redactPath(path.substr(end));
  return out;
}

}  // namespace stoklab::protocol
