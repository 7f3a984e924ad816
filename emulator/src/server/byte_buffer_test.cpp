#include "byte_buffer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

namespace stoklab::emulator {

TEST(ByteBuffer, BehavesLikeAStringThatIsEatenFromTheFront) {
  std::mt19937 random(3);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  ByteBuffer buffer;
  std::string model;
  for (int i = 0; i < 20'000; ++i) {
    switch (below(4)) {
      case 0:
      case 1: {
        const std::string text(below(700), static_cast<char>('a' + below(26)));
        buffer.append(text);
        model += text;
        break;
      }
      case 2: {
        const std::size_t count = below(model.size() + 1);
        buffer.consume(count);
        model.erase(0, count);
        break;
      }
      default: {
        const std::size_t offset = below(model.size() + 1);
        const std::size_t count = below(model.size() - offset + 1);
        buffer.erase(offset, count);
        model.erase(offset, count);
      }
    }
    ASSERT_EQ(buffer.view(), model);
  }
}

TEST(ByteBuffer, DoesNotGrowWhenItIsFilledAndEmptiedInTurns) {
  ByteBuffer buffer;
  buffer.room(1024);
  for (int i = 0; i < 1000; ++i) {
    buffer.append(std::string(600, 'x'));
    buffer.consume(600);
  }
  EXPECT_EQ(buffer.capacity(), 1024U);
}

TEST(ByteBuffer, OwnsNothingOnceReleasedOrMovedFrom) {
  ByteBuffer buffer;
  buffer.append("text");
  ByteBuffer other = std::move(buffer);
  EXPECT_EQ(buffer.capacity(), 0U);  // NOLINT(bugprone-use-after-move): this is what it promises
  EXPECT_EQ(other.view(), "text");
  other.release();
  EXPECT_EQ(other.capacity(), 0U);
  EXPECT_TRUE(other.empty());
}

}  // namespace stoklab::emulator
