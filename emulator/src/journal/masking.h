// What a journal or the control interface shows of bodies and settings: as fixtures::Redactor
// leaves it, and besides no value of a secret or an identity, not even the one that every device of
// a profile has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/redaction.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// What stands where a value stood, if it has no shape that is worth keeping.
inline constexpr std::string_view kMasked = "***";

// For one page or answer: equal values get equal placeholders within it. Not thread-safe.
class Masker {
 public:
  explicit Masker(const fixtures::Profile* profile = nullptr) : redactor_({}, profile) {}

  protocol::Json body(const protocol::Json& body);
  // What stands at `path` among the settings: {"image","switch"}.
  protocol::Json settings(const std::vector<std::string>& path, const protocol::Json& value);
  // A path of a request, without its token and its query.
  static std::string path(std::string_view target);

 private:
  void maskRest(const protocol::Json& before, protocol::Json& after,
                std::vector<std::string_view>& path) const;

  fixtures::Redactor redactor_;
};

}  // namespace stoklab::emulator
