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

}  // namespace
}  // namespace stoklab::conformance
