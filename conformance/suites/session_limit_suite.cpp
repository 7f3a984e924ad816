// What many logins, a reboot and time do to sessions: SESS-MANY-LOGINS and its neighbours. Only
// against an emulator that the run starts.
#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Each;

SUITE_NEEDS_OWN_EMULATOR(ManyLogins);
SUITE_NEEDS_OWN_EMULATOR(Reboot);
SUITE_NEEDS_HURRIED_EMULATOR(Expiry);

constexpr int kLogins = 72;

struct ManySessions {
  std::vector<Answer> logins;
  std::vector<bool> alive;  // afterwards, in the order of the logins
};

const ManySessions& manySessions() {
  static const ManySessions story = [] {
    ManySessions s;
    for (int i = 0; i < kLogins; ++i) s.logins.push_back(device().loginNormally());
    for (const Answer& login : s.logins) {
      const std::string token = percentDecode(login.text("stok").value_or("none"));
      s.alive.push_back(device().commandAs(token, getWitness()).succeeded());
    }
    return s;
  }();
  return story;
}

REQUIREMENT(ManyLogins, AreAllAccepted, "SESS-MANY-LOGINS") {
  EXPECT_THAT(manySessions().logins, Each(IsLoggedIn()));
}

REQUIREMENT(ManyLogins, LeaveTheNewestAlive, "SESS-NEWEST-LIVES") {
  EXPECT_TRUE(manySessions().alive.back()) << "the token of the last of 72 logins is dead";
}

REQUIREMENT(ManyLogins, EndTheOldestFirst, "SESS-OLDEST-GOES") {
  const std::vector<bool>& alive = manySessions().alive;
  if (std::find(alive.begin(), alive.end(), false) == alive.end())
    throw NotApplicable("no session ended in 72 logins");
  const auto firstAlive = std::find(alive.begin(), alive.end(), true);
  EXPECT_TRUE(std::find(firstAlive, alive.end(), false) == alive.end())
      << "a session ended although an older one lives";
}

// Asks until the device is back. A camera takes most of a minute, an emulator what its options say.
bool comesBack() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      if (challengeIn(device().askForChallenge())) return true;
    } catch (const WireFailure&) {
      // Not yet.
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(device().own() ? 50 : 250));
  }
  return false;
}

struct RebootStory {
  std::string token;
  Answer answer;
  bool back = false;
};

const RebootStory& rebootStory() {
  static const RebootStory story = [] {
    RebootStory s;
    s.token = device().newSession();
    s.answer = device().commandAs(s.token, R"({"method":"do","system":{"reboot":null}})");
    s.back = comesBack();
    return s;
  }();
  return story;
}

REQUIREMENT(Reboot, IsAnsweredAndOver, "CMD-DO-REBOOT") {
  EXPECT_THAT(rebootStory().answer, HasCode(0));
  EXPECT_TRUE(rebootStory().back) << "no challenge within 90 seconds of the reboot";
}

REQUIREMENT(Reboot, EndsSessions, "SESS-REBOOT-ENDS") {
  const RebootStory& story = rebootStory();
  if (!story.back) throw Blocked("the device did not come back");
  EXPECT_THAT(device().commandAs(story.token, getWitness()), IsRefusal());
  EXPECT_THAT(device().loginNormally(), IsLoggedIn());
}

REQUIREMENT(Expiry, EndsSessions, "SESS-EXPIRY-ENDS") {
  const auto lifetime = device().sessionLifetime();
  if (!lifetime) throw NotApplicable("a session lives longer than the judge waits");
  const std::string token = device().newSession();
  if (!device().commandAs(token, getWitness()).succeeded())
    throw Blocked("the token of a login is dead at once");
  std::this_thread::sleep_for(*lifetime + std::chrono::milliseconds(100));
  EXPECT_THAT(device().commandAs(token, getWitness()), IsRefusal());
}

}  // namespace
}  // namespace stoklab::conformance
