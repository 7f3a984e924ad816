#include "harness/login_guard.h"

#include <gmock/gmock.h>

#include "harness/stops.h"

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Answer answer(const std::string& body) { return {{}, parseJson(body)}; }
const Answer kAccepted = answer(R"({"error_code":0,"stok":"x"})");
Answer refusedWith(int attemptsLeft) {
  return answer(R"({"error_code":-40401,"data":{"code":-40401,"max_time":10,"time":)" +
                std::to_string(attemptsLeft) + "}}");
}

struct Ledger : LoginLedger {
  std::string begin() override { return forbids; }
  void concluded(bool refused) override { told.push_back(refused); }
  std::string forbids;
  std::vector<bool> told;
};

std::string whyStopped(const std::function<void()>& act) {
  try {
    act();
  } catch (const SafetyStop& stop) {
    return stop.what();
  }
  return "(it went on)";
}

TEST(LoginGuard, TellsTheLedgerOfEveryLogin) {
  Ledger ledger;
  LoginGuard guard(false, 1, &ledger);
  guard.before(false);
  guard.after(kAccepted, false);
  guard.before(true);
  guard.after(refusedWith(9), true);
  guard.before(false);
  guard.lost();
  EXPECT_THAT(ledger.told, ElementsAre(false, true, true));
  EXPECT_EQ(guard.accepted(), 1);
  EXPECT_EQ(guard.refused(), 1);
}

TEST(LoginGuard, StopsWhenTheLedgerForbids) {
  Ledger ledger;
  ledger.forbids = "three were refused already";
  LoginGuard guard(false, 3, &ledger);
  EXPECT_THAT(whyStopped([&] { guard.before(false); }), HasSubstr("three were refused"));
}

TEST(LoginGuard, RisksNoMoreThanItMay) {
  LoginGuard guard(false, 1);
  guard.before(true);
  guard.after(refusedWith(9), true);
  EXPECT_THROW(guard.before(true), NotAllowed);
  EXPECT_NO_THROW(guard.before(false));
}

TEST(LoginGuard, DoesNotCountAcceptedLoginsAsRefusals) {
  LoginGuard guard(false, 1);
  guard.after(kAccepted, true);
  EXPECT_NO_THROW(guard.before(true));
  EXPECT_EQ(guard.refused(), 0);
}

TEST(LoginGuard, DoesNotCountALockAsARefusal) {
  LoginGuard guard(true, 0);
  guard.after(answer(R"({"error_code":-40404,"data":{"code":-40404,"time":0}})"), true);
  EXPECT_EQ(guard.refused(), 0);
}

TEST(LoginGuard, StopsAtARefusalThatWasNotMeant) {
  LoginGuard guard(false, 3);
  EXPECT_THAT(whyStopped([&] { guard.after(refusedWith(9), false); }), HasSubstr("refused"));
}

TEST(LoginGuard, StopsAtALockAndSaysHowLong) {
  LoginGuard guard(false, 3);
  try {
    guard.after(answer(R"({"error_code":-40401,"data":{"code":-40404,"sec_left":77}})"), true);
    ADD_FAILURE() << "it went on";
  } catch (const SafetyStop& stop) {
    EXPECT_EQ(stop.secondsLeft(), 77);
  }
}

TEST(LoginGuard, StopsBeforeAnAttemptIsSpentWhenFewAreLeft) {
  const LoginGuard guard(false, 3);
  EXPECT_NO_THROW(guard.look(refusedWith(3)));
  EXPECT_THAT(whyStopped([&] { guard.look(refusedWith(2)); }), HasSubstr("only 2"));
  EXPECT_THAT(whyStopped([&] { guard.look(answer(R"({"data":{"time":"1"}})")); }),
              HasSubstr("only 1"));
  // A device that never allows more than two is not a device that has few left.
  EXPECT_NO_THROW(guard.look(answer(R"({"data":{"time":2,"max_time":2}})")));
}

TEST(LoginGuard, LetsEverythingPassOnAnOwnEmulator) {
  Ledger ledger;
  ledger.forbids = "nothing is allowed";
  LoginGuard guard(true, 0, &ledger);
  guard.before(true);
  guard.after(refusedWith(0), false);
  guard.look(refusedWith(0));
  EXPECT_TRUE(ledger.told.empty());
}

}  // namespace
}  // namespace stoklab::conformance
