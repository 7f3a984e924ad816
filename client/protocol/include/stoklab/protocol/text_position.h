// Where something stands in a text, as an editor counts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stoklab::protocol {

struct TextPosition {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // in bytes, from 1
};

// Of the byte at `offset`; of the end of `text` if it is beyond. Looks at all that comes before:
// for messages, not for loops.
TextPosition positionIn(std::string_view text, std::size_t offset);

// "line 3, column 17"
std::string toText(TextPosition position);

}  // namespace stoklab::protocol
