// Every profile: what a dump of its emulator says is what the profile says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dumped_device.h"
#include "stoklab/protocol/json.h"

namespace stoklab::drift {

using fixtures::Profile;
using protocol::Json;
using ::testing::IsEmpty;

namespace {

// Without what says how something is known.
Json withoutEvidence(const Json& json) {
  if (const auto* members = json.members()) {
    Json out = Json::object();
    for (const auto& [key, value] : *members) {
      if (key == "evidence" || key == "source" || key == "sources" || key == "note") continue;
      out.set(key, withoutEvidence(value));
    }
    return out;
  }
  if (const auto* elements = json.elements()) {
    Json out = Json::array();
    for (const Json& each : *elements) out.push(withoutEvidence(each));
    return out;
  }
  return json;
}

Json essenceOf(const Profile& profile) {
  Json json = *protocol::parseJson(printProfile(profile));
  json.erase("name");
  return withoutEvidence(json);
}

class RoundTrip : public ::testing::TestWithParam<std::string> {};

}  // namespace

TEST_P(RoundTrip, OfAProfileThroughItsEmulatorAndADumpIsEqual) {
  const Profile profile = *fixtures::builtInProfile(GetParam());
  DumpedDevice device(profile);
  auto options = DumpedDevice::unthrottled();
  options.base = GetParam();
  const Profile dumped = device.dump(options);
  EXPECT_THAT(findingsBetween(profile, dumped, true), IsEmpty());
  EXPECT_TRUE(sameContent(essenceOf(profile), essenceOf(dumped)));
}

TEST_P(RoundTrip, FindsNoDriftBetweenTwoDumpsOfOneDevice) {
  DumpedDevice device(*fixtures::builtInProfile(GetParam()));
  const Profile first = device.dump(), second = device.dump();
  EXPECT_THAT(findingsBetween(first, second, true), IsEmpty());
  EXPECT_EQ(printProfile(first), printProfile(second));
}

TEST_P(RoundTrip, GivesAProfileThatParses) {
  DumpedDevice device(*fixtures::builtInProfile(GetParam()));
  const Profile dumped = device.dump();
  const auto parsed = fixtures::parseProfile(printProfile(dumped), "dump");
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(printProfile(*parsed), printProfile(dumped));
}

INSTANTIATE_TEST_SUITE_P(Profiles, RoundTrip, ::testing::ValuesIn(fixtures::builtInProfiles()),
                         [](const auto& name) {
                           std::string text = name.param;
                           std::replace_if(
                               text.begin(), text.end(),
                               [](char c) { return c == '.' || c == '-'; }, '_');
                           return text;
                         });

}  // namespace stoklab::drift
