#include "stoklab/protocol/text_position.h"

#include <gtest/gtest.h>

namespace stoklab::protocol {

TEST(TextPosition, CountsLinesAndBytesFromOne) {
  const std::string_view text =
      "ab\nc\xc3\xa9"
      "d\n";
  EXPECT_EQ(toText(positionIn(text, 0)), "line 1, column 1");
  EXPECT_EQ(toText(positionIn(text, 2)), "line 1, column 3");
  EXPECT_EQ(toText(positionIn(text, 3)), "line 2, column 1");
  EXPECT_EQ(toText(positionIn(text, 6)), "line 2, column 4");
}

TEST(TextPosition, OfWhatLiesBeyondIsTheEnd) {
  EXPECT_EQ(toText(positionIn("", 7)), "line 1, column 1");
  EXPECT_EQ(toText(positionIn("ab\n", 7)), "line 2, column 1");
}

}  // namespace stoklab::protocol
