#include "stoklab/protocol/setting_path.h"

#include <algorithm>
#include <vector>

namespace stoklab::protocol {

namespace {
bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
}  // namespace

Result<SettingPath> SettingPath::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return malformed("\"" + std::string(text) + "\" is not a setting: " + std::string(why) +
                     "; write module, module.section or module.section.field");
  };
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '.') {
      parts.emplace_back();
    } else if (isNameCharacter(c)) {
      parts.back() += c;
    } else {
      return wrong("names are letters, digits, '_' and '-'");
    }
  }
  if (parts.size() > 3) return wrong("it has more than three parts");
  if (std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); }))
    return wrong("a part is empty");
  parts.resize(3);
  return SettingPath{.module = parts[0], .section = parts[1], .field = parts[2]};
}

std::string SettingPath::text() const {
  std::string text = module;
  if (!section.empty()) text += "." + section;
  if (!field.empty()) text += "." + field;
  return text;
}

}  // namespace stoklab::protocol
