#include "stoklab/protocol/text_position.h"

#include <algorithm>

namespace stoklab::protocol {

TextPosition positionIn(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t lineBegin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.line = static_cast<std::size_t>(lines) + 1, .column = before.size() - lineBegin + 1};
}

std::string toText(TextPosition position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

}  // namespace stoklab::protocol
