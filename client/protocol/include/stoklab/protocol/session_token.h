// The secret that a device hands out at login. Every later request carries it in its path,
// "/stok=<token>/ds", so whoever logs a path logs the secret: pass paths through redactPath()
// on their way to a log, an error or a trace.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

// Immutable; const members may be called from several threads.
class SessionToken {
 public:
  // Takes the "stok" field of a login reply as it came; it may be percent-encoded (facts.md H2).
  // Fails with ErrorKind::malformed if it is empty, longer than 1024 bytes or holds a control
  // character once decoded.
  static Result<SessionToken> parse(std::string_view stok);

  // Where commands are POSTed while the token lasts, e.g. "/stok=9c0ffee1/ds".
  std::string commandPath() const { return path("ds"); }

  // Pages, uploads and downloads under the session (H11): path("admin/x") is
  // "/stok=9c0ffee1/admin/x".
  std::string path(std::string_view rest) const;

  // The secret itself, decoded.
  const std::string& text() const { return text_; }

 private:
  explicit SessionToken(std::string text) : text_(std::move(text)) {}
  std::string text_;  // never empty
};

// What stands behind "/stok=<token>/": both parts as they are in `target`, not decoded.
struct SessionPath {
  std::string_view token;  // may be empty
  std::string_view rest;   // "ds"; without the leading slash
};

// nullopt if `target` does not begin with "/stok=". The views point into `target`.
std::optional<SessionPath> splitSessionPath(std::string_view target);

// `path` with its token, if it has one, replaced by "***".
std::string redactPath(std::string_view path);

}  // namespace stoklab::protocol
