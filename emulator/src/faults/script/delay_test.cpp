#include "faults/script/delay.h"

#include <gtest/gtest.h>

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;

double mean(const Delay& delay) {
  constexpr int kDraws = 20'000;
  SeededRandom chance(7);
  std::int64_t sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += delay.draw(chance).count();
  return static_cast<double>(sum) / kDraws;
}

}  // namespace

TEST(Delay, IsAsGivenIfItIsFixed) {
  SeededRandom chance(1);
  EXPECT_EQ(Delay{.a = 250}.draw(chance), 250ms);
}

TEST(Delay, HasTheMeanOfItsDistribution) {
  EXPECT_NEAR(mean({.kind = Delay::Kind::uniform, .a = 100, .b = 300}), 200, 2);
  EXPECT_NEAR(mean({.kind = Delay::Kind::normal, .a = 200, .b = 20}), 200, 2);
  EXPECT_NEAR(mean({.kind = Delay::Kind::exponential, .a = 200}), 200, 5);
}

TEST(Delay, StaysWithinItsBounds) {
  SeededRandom chance(3);
  for (int i = 0; i < 1000; ++i) {
    const auto uniform = Delay{.kind = Delay::Kind::uniform, .a = 10, .b = 12}.draw(chance);
    EXPECT_GE(uniform, 10ms);
    EXPECT_LE(uniform, 12ms);
    // Half of these would be negative, and a tenth longer than a minute.
    EXPECT_GE((Delay{.kind = Delay::Kind::normal, .a = 0, .b = 50'000}.draw(chance)), 0ms);
    EXPECT_LE((Delay{.kind = Delay::Kind::exponential, .a = 26'000}.draw(chance)),
              kLongestScriptedDelay);
  }
}

TEST(Delay, IsTheSameForTheSameChance) {
  SeededRandom one(9), other(9);
  const Delay delay{.kind = Delay::Kind::normal, .a = 1000, .b = 300};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(delay.draw(one), delay.draw(other));
}

}  // namespace stoklab::emulator
