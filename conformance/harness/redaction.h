// What keeps secrets out of reports. Text gets into a result only as Redacted, and only a Redactor
// makes one, so no writer can be handed anything else.
//
// Two nets: secrets that the run has learned (password, tokens, nonces, keys) are hidden wherever
// they stand, and what looks like one by its place (a token in a path, a secret member of an
// object) is hidden even if nobody learned it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace stoklab::conformance {

// Text that is safe to show: printable UTF-8, line breaks kept, secrets replaced by "***".
class Redacted {
 public:
  Redacted() = default;
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const Redacted&, const Redacted&) = default;

 private:
  friend class Redactor;
  explicit Redacted(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

class Redactor {
 public:
  // Hides `secret` and its percent-encoded spellings from now on. Shorter than four characters is
  // ignored: hiding it would hide the report.
  void learn(std::string_view secret);

  Redacted redact(std::string_view text) const;

 private:
  struct LongestFirst {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    }
  };
  std::set<std::string, LongestFirst> secrets_;
};

// Bytes that are not printable UTF-8 become "\xNN"; tabs and line breaks stay.
std::string printable(std::string_view text);

}  // namespace stoklab::conformance
