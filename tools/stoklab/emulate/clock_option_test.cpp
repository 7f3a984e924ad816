#include "emulate/clock_option.h"

#include <gtest/gtest.h>

#include <chrono>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using emulator::Clock;
using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using std::chrono::seconds;

TEST(ClockOption, TakesNow) {
  const auto start = parseClock("now");
  ASSERT_THAT(start, IsOk());
  EXPECT_FALSE(start->at);
  EXPECT_FALSE(start->frozen);
}

TEST(ClockOption, TakesATimeToGoOnFrom) {
  const auto start = parseClock("2026-01-02T03:04:05Z");
  ASSERT_THAT(start, IsOk());
  EXPECT_EQ(start->at, Clock::Time(seconds(1767323045)));
  EXPECT_FALSE(start->frozen);
}

TEST(ClockOption, TakesATimeToStandStillAt) {
  const auto start = parseClock("frozen@1970-01-01T00:00:01Z");
  ASSERT_THAT(start, IsOk());
  EXPECT_EQ(start->at, Clock::Time(seconds(1)));
  EXPECT_TRUE(start->frozen);
}

TEST(ClockOption, StandsStillNow) {
  const auto start = parseClock("frozen");
  ASSERT_THAT(start, IsOk());
  EXPECT_FALSE(start->at);
  EXPECT_TRUE(start->frozen);
}

TEST(ClockOption, HasADefaultThatItTakes) { EXPECT_THAT(parseClock(kRepeatableClock), IsOk()); }

TEST(ClockOption, RejectsEverythingElse) {
  for (const char* text :
       {"", "Now", "frozen@", "frozen@now", "frozenX2026-01-01T00:00:00Z", "2026-01-01",
        "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z",
        "2026-01-01 00:00:00Z", "20260101T000000Z    "}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseClock(text), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::cli
