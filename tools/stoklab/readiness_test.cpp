#include "readiness.h"

#include <gtest/gtest.h>

namespace stoklab::cli {

using namespace std::chrono_literals;

namespace {

// Time that passes only in pauses.
struct Clock {
  std::chrono::steady_clock::time_point time{};
  Pacer pacer{.now = [this] { return time; },
              .pause = [this](std::chrono::milliseconds step) { time += step; }};

  std::chrono::milliseconds passed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  }
};

}  // namespace

TEST(WaitUntil, DoesNotWaitForWhatIsThere) {
  Clock clock;
  EXPECT_TRUE(waitUntil({.total = 1s, .between = 50ms}, clock.pacer, [] { return true; }));
  EXPECT_EQ(clock.passed(), 0ms);
}

TEST(WaitUntil, LooksOnceWithoutPatience) {
  Clock clock;
  int looks = 0;
  EXPECT_FALSE(waitUntil({.total = 0s, .between = 50ms}, clock.pacer, [&] {
    ++looks;
    return false;
  }));
  EXPECT_EQ(looks, 1);
}

TEST(WaitUntil, GivesUpAtTheEndOfItsTimeAndNotLater) {
  Clock clock;
  EXPECT_FALSE(waitUntil({.total = 120ms, .between = 50ms}, clock.pacer, [] { return false; }));
  EXPECT_EQ(clock.passed(), 120ms);
}

TEST(WaitUntil, SeesWhatBecomesTrueInTheLastMoment) {
  Clock clock;
  EXPECT_TRUE(waitUntil({.total = 120ms, .between = 50ms}, clock.pacer,
                        [&] { return clock.passed() >= 120ms; }));
}

}  // namespace stoklab::cli
