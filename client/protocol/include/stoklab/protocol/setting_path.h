// "image.switch.pre_night_vision_mode": how people name a setting. A module, optionally a section
// (or table, or row), optionally a field.
#pragma once

#include <string>
#include <string_view>

#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

struct SettingPath {
  std::string module;
  std::string section = {};  // empty: the whole module
  std::string field = {};    // empty: the whole section

  // Fails with ErrorKind::malformed on empty parts, more than three of them, or a character that
  // names of this protocol do not use (they are ASCII letters, digits, '_' and '-'; a leading '.'
  // of old meta keys is not addressable).
  static Result<SettingPath> parse(std::string_view text);

  std::string text() const;

  friend bool operator==(const SettingPath&, const SettingPath&) = default;
};

}  // namespace stoklab::protocol
