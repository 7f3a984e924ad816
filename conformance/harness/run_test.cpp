#include "harness/run.h"

#include <gmock/gmock.h>

#include "harness/stops.h"

namespace stoklab::conformance {
namespace {

Requirement of(Effect effect) {
  Requirement requirement;
  requirement.effect = effect;
  return requirement;
}

bool isAllowed(Effect effect, Tier tier, int failedLogins = 0) {
  ConformOptions options;
  options.target = "https://192.0.2.7";
  options.allow = tier;
  options.allowFailedLogins = failedLogins;
  return !forbiddenBy(of(effect), options);
}

TEST(Tiers, LetATargetBeReadByDefault) {
  EXPECT_TRUE(isAllowed(Effect::readOnly, Tier::readOnly));
  EXPECT_FALSE(isAllowed(Effect::reversible, Tier::readOnly));
  EXPECT_FALSE(isAllowed(Effect::disruptive, Tier::readOnly));
  EXPECT_FALSE(isAllowed(Effect::costsAnAttempt, Tier::readOnly));
}

TEST(Tiers, IncludeTheOnesBefore) {
  EXPECT_TRUE(isAllowed(Effect::reversible, Tier::reversible));
  EXPECT_FALSE(isAllowed(Effect::disruptive, Tier::reversible));
  EXPECT_TRUE(isAllowed(Effect::reversible, Tier::disruptive));
  EXPECT_TRUE(isAllowed(Effect::disruptive, Tier::disruptive));
}

TEST(Tiers, DoNotIncludeWrongPasswords) {
  EXPECT_FALSE(isAllowed(Effect::costsAnAttempt, Tier::disruptive));
  EXPECT_TRUE(isAllowed(Effect::costsAnAttempt, Tier::readOnly, 1));
}

TEST(Tiers, DoNotConcernAnEmulatorOfTheRun) {
  for (const Effect effect :
       {Effect::readOnly, Effect::reversible, Effect::disruptive, Effect::costsAnAttempt})
    EXPECT_FALSE(forbiddenBy(of(effect), ConformOptions{}));
}

Answer answer(const char* body) {
  Answer a;
  a.http.status = 401;
  a.http.body = body;
  a.json = parseJson(body);
  return a;
}

TEST(LoginGuard, StopsAtTheFirstLock) {
  LoginGuard guard(false, 5);
  try {
    guard.after(answer(R"({"error_code":-40401,"data":{"code":-40404,"sec_left":900}})"), true);
    FAIL() << "it went on";
  } catch (const SafetyStop& stop) {
    EXPECT_EQ(stop.secondsLeft(), 900);
  }
}

TEST(LoginGuard, StopsWhenFewAttemptsAreLeft) {
  LoginGuard guard(false, 5);
  EXPECT_NO_THROW(guard.after(answer(R"({"error_code":-40401,"data":{"time":3}})"), true));
  EXPECT_THROW(guard.after(answer(R"({"error_code":-40401,"data":{"time":2}})"), true), SafetyStop);
}

TEST(LoginGuard, StopsWhenTheRealPasswordIsRefused) {
  LoginGuard guard(false, 5);
  EXPECT_THROW(guard.after(answer(R"({"error_code":-40401,"data":{"time":9}})"), false),
               SafetyStop);
}

TEST(LoginGuard, AllowsAsManyRefusalsAsItWasTold) {
  LoginGuard guard(false, 1);
  EXPECT_NO_THROW(guard.before(true));
  guard.after(answer(R"({"error_code":-40401,"data":{"time":9}})"), true);
  EXPECT_THROW(guard.before(true), NotAllowed);
}

TEST(LoginGuard, DoesNotCountAcceptedLoginsAsRefusals) {
  LoginGuard guard(false, 1);
  guard.after(answer(R"({"error_code":0,"stok":"abcdefgh"})"), true);
  EXPECT_NO_THROW(guard.before(true));
  EXPECT_EQ(guard.accepted(), 1);
  EXPECT_EQ(guard.refused(), 0);
}

TEST(LoginGuard, LetsAnOwnEmulatorBeLocked) {
  LoginGuard guard(true, 0);
  EXPECT_NO_THROW(guard.before(true));
  EXPECT_NO_THROW(
      guard.after(answer(R"({"error_code":-40404,"data":{"code":-40404,"time":0}})"), true));
  EXPECT_EQ(guard.refused(), 0);
}

}  // namespace
}  // namespace stoklab::conformance
