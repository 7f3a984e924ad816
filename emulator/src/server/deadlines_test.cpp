#include "deadlines.h"

#include <gtest/gtest.h>

#include <array>

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;

constexpr Deadlines::Durations kDurations = {10ms, 20ms, 30ms, 100ms, 5ms};
constexpr Deadlines::TimePoint kStart{1h};

}  // namespace

TEST(Deadlines, ExpireWhenTheTimeOfTheirPhaseHasPassed) {
  Deadlines deadlines(kDurations);
  Deadlines::Entry entry;
  deadlines.arm(entry, Phase::request, kStart);
  EXPECT_EQ(deadlines.takeExpired(kStart + 19ms), nullptr);
  EXPECT_EQ(deadlines.takeExpired(kStart + 20ms), &entry);
  EXPECT_EQ(entry.phase(), Phase::request);
  EXPECT_EQ(deadlines.takeExpired(kStart + 1h), nullptr) << "it expires once";
}

TEST(Deadlines, StartAgainWhenArmedAgain) {
  Deadlines deadlines(kDurations);
  Deadlines::Entry entry;
  deadlines.arm(entry, Phase::idle, kStart);
  deadlines.arm(entry, Phase::idle, kStart + 90ms);
  EXPECT_EQ(deadlines.takeExpired(kStart + 189ms), nullptr);
  EXPECT_EQ(deadlines.takeExpired(kStart + 190ms), &entry);
  deadlines.arm(entry, Phase::linger, kStart + 190ms);
  EXPECT_EQ(deadlines.takeExpired(kStart + 195ms), &entry);
}

TEST(Deadlines, AreForgottenWhenDisarmed) {
  Deadlines deadlines(kDurations);
  std::array<Deadlines::Entry, 5> entries;
  for (auto& entry : entries) deadlines.arm(entry, Phase::write, kStart);
  for (const std::size_t i : {2U, 0U, 4U}) deadlines.disarm(entries[i]);  // middle, first, last
  deadlines.disarm(entries[2]);
  EXPECT_EQ(entries[2].phase(), Phase::none);
  EXPECT_EQ(deadlines.takeExpired(kStart + 30ms), &entries[1]);
  EXPECT_EQ(deadlines.takeExpired(kStart + 30ms), &entries[3]);
  EXPECT_EQ(deadlines.takeExpired(kStart + 30ms), nullptr);
}

TEST(Deadlines, NeverExpireInNoPhase) {
  Deadlines deadlines(kDurations);
  Deadlines::Entry entry;
  deadlines.arm(entry, Phase::idle, kStart);
  deadlines.arm(entry, Phase::none, kStart);
  EXPECT_EQ(deadlines.takeExpired(kStart + 1h), nullptr);
  EXPECT_EQ(deadlines.untilNext(kStart), std::nullopt);
}

TEST(Deadlines, SayHowLongToWaitForTheNearest) {
  Deadlines deadlines(kDurations);
  Deadlines::Entry idle;
  Deadlines::Entry handshake;
  EXPECT_EQ(deadlines.untilNext(kStart), std::nullopt);
  deadlines.arm(idle, Phase::idle, kStart);
  deadlines.arm(handshake, Phase::handshake, kStart + 2ms);
  EXPECT_EQ(deadlines.untilNext(kStart + 2ms), 10ms);
  EXPECT_EQ(deadlines.untilNext(kStart + 50ms), 0ms) << "overdue";
  deadlines.disarm(handshake);
  EXPECT_EQ(deadlines.untilNext(kStart + 50ms), 50ms);
}

TEST(Deadlines, LetAnExpiredOneBeArmedOrDisarmedLikeAnyOther) {
  Deadlines deadlines(kDurations);
  Deadlines::Entry one;
  Deadlines::Entry two;
  deadlines.arm(one, Phase::request, kStart);
  deadlines.arm(two, Phase::request, kStart + 1ms);
  ASSERT_EQ(deadlines.takeExpired(kStart + 20ms), &one);
  deadlines.disarm(one);
  EXPECT_EQ(deadlines.takeExpired(kStart + 21ms), &two);
  deadlines.arm(two, Phase::request, kStart + 21ms);
  EXPECT_EQ(deadlines.takeExpired(kStart + 41ms), &two);
}

}  // namespace stoklab::emulator
