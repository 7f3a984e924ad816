// Too many wrong passwords: LOCK. One story, told once against an emulator of its own, and judged
// from several sides.
#include <chrono>
#include <thread>
#include <vector>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Each;
using testing::Ge;

SUITE_NEEDS_HURRIED_EMULATOR(Lockout);

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kMostAttempts = 30;
constexpr std::chrono::seconds kLongestWait{5};

struct LockStory {
  std::int64_t maximum = 0;      // what the device says it allows
  std::vector<Answer> refusals;  // before the lock
  Answer locked;                 // the first answer that says so, or the last one at all
  Answer later;                  // another refusal, when the seconds had time to pass
  Answer correct;                // to the correct password
  Clock::time_point since;       // of the lock
};

Answer refuse() { return device().login({.password = "certainly not the password"}, true); }

bool isLocked(const Answer& answer) {
  return answer.code() == -40404 || answer.integer("data.code") == -40404;
}

// The countdown is in whole seconds, and it runs on the device, so there is nothing to do but wait
// for it; how long is bounded.
Answer waitForCountdown(const Answer& locked) {
  const auto from = locked.integer("data.sec_left");
  const auto enough = Clock::now() + std::chrono::milliseconds(1200);
  Answer later = refuse();
  while (Clock::now() < enough && from && later.integer("data.sec_left") >= from) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    later = refuse();
  }
  return later;
}

const LockStory& lockStory() {
  static const LockStory story = [] {
    LockStory s;
    s.locked = refuse();
    s.maximum = s.locked.integer("data.max_time").value_or(0);
    if (s.maximum < 1 || s.maximum > kMostAttempts)
      throw Blocked("the refusal does not say how many attempts there are");
    for (std::int64_t i = 0; i <= s.maximum && !isLocked(s.locked); ++i) {
      s.refusals.push_back(s.locked);
      s.locked = refuse();
    }
    s.since = Clock::now();
    s.later = waitForCountdown(s.locked);
    s.correct = device().login({}, true);
    return s;
  }();
  return story;
}

REQUIREMENT(Lockout, ComesAfterTheLastAttempt, "LOCK-AFTER-MAX") {
  EXPECT_THAT(lockStory().locked, IsLocked());
}

REQUIREMENT(Lockout, DoesNotComeEarly, "LOCK-NOT-BEFORE") {
  const LockStory& story = lockStory();
  EXPECT_THAT(story.refusals, Each(HasCode(-40401)));
  EXPECT_THAT(static_cast<std::int64_t>(story.refusals.size()), Ge(story.maximum - 1));
}

REQUIREMENT(Lockout, IsAnnouncedByTheAttemptsLeft, "LOCK-ATTEMPTS-REACH-ONE") {
  const LockStory& story = lockStory();
  std::int64_t expected = story.maximum;
  for (const Answer& refusal : story.refusals) {
    if (--expected < 1) break;
    EXPECT_THAT(refusal, Holds("data.time", IntegerIs(expected)));
  }
  EXPECT_THAT(expected, testing::Le(1));
}

REQUIREMENT(Lockout, SaysItsSeconds, "LOCK-SECONDS-LEFT") {
  EXPECT_THAT(lockStory().locked, Holds("data.sec_left", IntegerBetween(1, 1800)));
}

REQUIREMENT(Lockout, CountsDown, "LOCK-COUNTS-DOWN") {
  const auto from = lockStory().locked.integer("data.sec_left");
  if (!from) throw Blocked("the lock does not say its seconds");
  EXPECT_THAT(lockStory().later, Holds("data.sec_left", IntegerBetween(1, *from - 1)));
}

REQUIREMENT(Lockout, RefusesTheCorrectPassword, "LOCK-CORRECT-PASSWORD") {
  EXPECT_THAT(lockStory().correct, IsLocked());
}

REQUIREMENT(Lockout, GivesNoToken, "LOCK-NO-TOKEN") {
  EXPECT_THAT(lockStory().locked, Lacks("stok"));
  EXPECT_THAT(lockStory().correct, Lacks("stok"));
}

REQUIREMENT(Lockout, Ends, "LOCK-ENDS") {
  const LockStory& story = lockStory();
  const auto seconds = story.locked.integer("data.sec_left");
  if (!isLocked(story.locked) || !seconds) throw Blocked("there is no lock that says its seconds");
  if (*seconds > kLongestWait.count())
    throw NotApplicable("the lock lasts " + std::to_string(*seconds) + " seconds");
  const auto over = story.since + std::chrono::seconds(*seconds + 1);
  Answer answer = device().login({}, true);
  while (isLocked(answer) && Clock::now() < over) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    answer = device().login({}, true);
  }
  EXPECT_THAT(answer, IsLoggedIn());
}

}  // namespace
}  // namespace stoklab::conformance
