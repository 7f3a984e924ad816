// A seeded set of firmware changes: all of them are found over the network, by the right rule, at
// the right level, and nothing else is.
#include "mutations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dumped_device.h"
#include "stoklab/fixtures/drift.h"

namespace stoklab::drift {

using fixtures::Profile;

namespace {

Profile deviceBefore(const Mutation& mutation) {
  Profile profile = *fixtures::builtInProfile(fixtures::kDefaultProfile);
  if (mutation.prepare) mutation.prepare(profile);
  return profile;
}

Profile dumpOf(Profile profile, const Mutation& mutation) {
  auto options = DumpedDevice::unthrottled();
  options.costly = mutation.costly;
  return DumpedDevice(std::move(profile)).dump(options);
}

bool isCostly(const Mutation& mutation) {
  const auto& costly = mutation.costly;
  return costly.failedLogins > 0 || costly.rewrite || costly.sessionUpTo.count() > 0;
}

// Most have one device before.
Profile dumpBefore(const Mutation& mutation) {
  if (mutation.prepare || isCostly(mutation)) return dumpOf(deviceBefore(mutation), mutation);
  static const Profile kDump = dumpOf(deviceBefore(mutation), mutation);
  return kDump;
}

bool concernsValues(const Mutation& mutation) {
  return std::any_of(mutation.findings.begin(), mutation.findings.end(), [](const auto& each) {
    return fixtures::findDriftRule(each.rule)->layer == fixtures::DriftLayer::values;
  });
}

class DumpOfAMutation : public ::testing::TestWithParam<Mutation> {};

}  // namespace

TEST_P(DumpOfAMutation, ShowsItByTheRightRuleAtTheRightLevelAndNothingElse) {
  const Mutation& mutation = GetParam();
  Profile after = deviceBefore(mutation);
  mutation.change(after);
  const auto report = compareProfiles(dumpBefore(mutation), dumpOf(after, mutation),
                                      {.values = concernsValues(mutation)});
  std::vector<ExpectedFinding> missing = mutation.findings;
  for (const auto& finding : report.findings) {
    const auto expected =
        std::find_if(missing.begin(), missing.end(), [&](const ExpectedFinding& each) {
          return each.rule == finding.rule && finding.path.starts_with(each.path);
        });
    EXPECT_NE(expected, missing.end())
        << "not expected: " << finding.rule << " " << finding.path << ": " << finding.before.text
        << " -> " << finding.after.text;
    if (expected == missing.end()) continue;
    EXPECT_EQ(finding.level, fixtures::findDriftRule(expected->rule)->level);
    EXPECT_FALSE(isGuess(finding)) << finding.path << " is not measured";
    missing.erase(expected);
  }
  for (const ExpectedFinding& each : missing)
    ADD_FAILURE() << "not found: " << each.rule << " " << each.path;
}

INSTANTIATE_TEST_SUITE_P(All, DumpOfAMutation, ::testing::ValuesIn(mutations()),
                         [](const auto& mutation) { return mutation.param.name; });

TEST(Mutations, AreAtLeastSixtyAndNameRulesThatExist) {
  EXPECT_GE(mutations().size(), 60U);
  std::set<std::string> names;
  for (const Mutation& mutation : mutations()) {
    EXPECT_TRUE(names.insert(mutation.name).second) << mutation.name;
    for (const ExpectedFinding& each : mutation.findings)
      EXPECT_NE(fixtures::findDriftRule(each.rule), nullptr) << each.rule;
  }
}

}  // namespace stoklab::drift
