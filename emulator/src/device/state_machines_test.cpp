// Nonces, lockout and sessions on a clock that is moved by hand.
#include <gmock/gmock.h>

#include <set>

#include "lockout.h"
#include "nonces.h"
#include "sessions.h"

namespace stoklab::emulator {

using namespace std::chrono_literals;

namespace {
struct World {
  ManualClock clock{Clock::Time(1s)};
  SeededRandom random{7};
  Environment environment{.clock = clock, .random = random};
};
}  // namespace

TEST(Random, DrawsEveryCharacterOfItsAlphabet) {
  SeededRandom random(3);
  const auto text = random.text(2000, "abc");
  EXPECT_EQ(std::set<char>(text.begin(), text.end()), (std::set<char>{'a', 'b', 'c'}));
}

TEST(Random, RepeatsItselfForTheSameSeed) {
  EXPECT_EQ(SeededRandom(5).text(32, "0123456789abcdef"),
            SeededRandom(5).text(32, "0123456789abcdef"));
  EXPECT_NE(SystemRandom().text(32, "0123456789abcdef"),
            SystemRandom().text(32, "0123456789abcdef"));
}

TEST(Nonces, AreGoodOnceAndForAWhile) {
  World world;
  Nonces nonces({.alphabet = "ab", .lifetime = 60s, .maxOutstanding = 8}, world.environment);
  const auto first = nonces.issue();
  EXPECT_TRUE(nonces.redeem(first));
  EXPECT_FALSE(nonces.redeem(first));
  const auto second = nonces.issue();
  world.clock.advance(60s);
  EXPECT_FALSE(nonces.redeem(second));
  EXPECT_FALSE(nonces.redeem("never"));
}

TEST(Nonces, AreBoundedAndTheOldestGoes) {
  World world;
  Nonces nonces({.alphabet = "0123456789", .lifetime = 60s, .maxOutstanding = 2},
                world.environment);
  const auto first = nonces.issue();
  const auto second = nonces.issue();
  const auto third = nonces.issue();
  EXPECT_EQ(nonces.size(), 2U);
  EXPECT_FALSE(nonces.redeem(first));
  EXPECT_TRUE(nonces.redeem(second));
  EXPECT_TRUE(nonces.redeem(third));
}

TEST(Lockout, CountsEachClientByItself) {
  World world;
  Lockout lockout(LockScope::client, 30s, world.clock);
  EXPECT_EQ(lockout.recordFailure("a", 2), 1);
  EXPECT_EQ(lockout.recordFailure("a", 2), 0);
  EXPECT_EQ(lockout.lockedFor("a"), 30s);
  EXPECT_EQ(lockout.lockedFor("b"), std::nullopt);
  world.clock.advance(29500ms);
  EXPECT_EQ(lockout.lockedFor("a"), 1s) << "rounded up, so that waiting that long is enough";
  world.clock.advance(500ms);
  EXPECT_EQ(lockout.lockedFor("a"), std::nullopt);
  EXPECT_EQ(lockout.recordFailure("a", 2), 1) << "the count starts again after the lock";
}

TEST(Lockout, CanCoverTheWholeDevice) {
  World world;
  Lockout lockout(LockScope::device, 30s, world.clock);
  lockout.recordFailure("a", 2);
  EXPECT_EQ(lockout.recordFailure("b", 2), 0);
  EXPECT_NE(lockout.lockedFor("c"), std::nullopt);
}

TEST(Lockout, CanStayForGoodAsAPlantedDefect) {
  World world;
  Lockout lockout(LockScope::client, 30s, world.clock, true);
  EXPECT_EQ(lockout.recordFailure("a", 1), 0);
  world.clock.advance(29s);
  EXPECT_EQ(lockout.lockedFor("a"), 1s);
  world.clock.advance(1h);
  EXPECT_EQ(lockout.lockedFor("a"), 1s);
}

TEST(Lockout, NeverLocksWithoutALimit) {
  World world;
  Lockout lockout(LockScope::client, 30s, world.clock);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(lockout.recordFailure("a", std::nullopt), std::nullopt);
  EXPECT_EQ(lockout.lockedFor("a"), std::nullopt);
}

TEST(Lockout, StaysBoundedUnderAFloodOfClients) {
  World world;
  Lockout lockout(LockScope::client, 30s, world.clock);
  for (int i = 0; i < 10000; ++i) lockout.recordFailure("client" + std::to_string(i), 10);
  EXPECT_EQ(lockout.recordFailure("client0", 10), 9) << "the least recently seen was forgotten";
  EXPECT_EQ(lockout.recordFailure("client9999", 10), 8);
}

TEST(Sessions, SlideOrStandStill) {
  for (const auto expiry : {fixtures::SessionExpiry::sliding, fixtures::SessionExpiry::fixed}) {
    World world;
    Sessions sessions({.tokenAlphabet = "0123456789abcdef",
                       .lifetime = 10min,
                       .expiry = expiry,
                       .maxSessions = 4},
                      world.environment);
    const std::string token = sessions.open("admin", "root").token;
    EXPECT_EQ(token.size(), 32U);
    world.clock.advance(6min);
    EXPECT_NE(sessions.use(token), nullptr);
    world.clock.advance(6min);
    EXPECT_EQ(sessions.use(token) != nullptr, expiry == fixtures::SessionExpiry::sliding);
  }
}

TEST(Sessions, EndOneByOneAndAllAtOnce) {
  World world;
  Sessions sessions({.tokenAlphabet = "abcdef", .lifetime = 10min, .maxSessions = 4},
                    world.environment);
  const std::string first = sessions.open("admin", "root").token;
  const std::string second = sessions.open("admin", "root").token;
  sessions.end(first);
  sessions.end("unknown");
  EXPECT_EQ(sessions.use(first), nullptr);
  EXPECT_NE(sessions.use(second), nullptr);
  sessions.endAll();
  EXPECT_EQ(sessions.use(second), nullptr);
  EXPECT_EQ(sessions.size(), 0U);
}

}  // namespace stoklab::emulator
