#include "harness/message.h"

#include <gtest/gtest.h>

namespace stoklab::conformance {
namespace {

TEST(Message, OfAMatcherIsTakenApart) {
  const RawFinding finding = readMessage(
      "Value of: device().askForChallenge()\nExpected: HTTP status 401\n  Actual: HTTP 200 {} "
      "(of type stoklab::conformance::Answer)");
  EXPECT_EQ(finding.what, "device().askForChallenge()");
  EXPECT_EQ(finding.expected, "HTTP status 401");
  EXPECT_EQ(finding.got, "HTTP 200 {}");
}

TEST(Message, OfACheckedConditionIsWhatTheTestSays) {
  const RawFinding finding =
      readMessage("Value of: back\n  Actual: false\nExpected: true\nthe device is away");
  EXPECT_EQ(finding.what, "the device is away");
  EXPECT_EQ(finding.expected, "");
}

TEST(Message, OfABareConditionIsTakenApart) {
  const RawFinding finding = readMessage("Value of: back\n  Actual: false\nExpected: true");
  EXPECT_EQ(finding.what, "back");
  EXPECT_EQ(finding.expected, "true");
  EXPECT_EQ(finding.got, "false");
}

TEST(Message, DoesNotSayWhereTextLiesInMemory) {
  const RawFinding finding = readMessage(
      "Value of: name\nExpected: is equal to 0x559803825f14 pointing to \"A\" or 0x7f pointing to "
      "\"B\"\n  Actual: \"a pointing to \\\"\"");
  EXPECT_EQ(finding.expected, "is equal to \"A\" or \"B\"");
  EXPECT_EQ(finding.got, "\"a pointing to \\\"\"");
}

TEST(Message, NamesTheScopesAndNotWhereTheyAre) {
  const RawFinding finding = readMessage(
      "Value of: state\nExpected: is equal to \"a\"\n  Actual: \"b\"\nGoogle Test trace:\n"
      "../../x/set_suite.cpp:130: auto_color\n../../x/set_suite.cpp:99: by night");
  EXPECT_EQ(finding.what, "state (auto_color, by night)");
  EXPECT_EQ(finding.expected, "is equal to \"a\"");
  EXPECT_EQ(finding.got, "\"b\"");
}

TEST(Message, OfAnythingElseIsKeptWhole) {
  const RawFinding finding = readMessage("Value of: x\nthe key is no base64\n");
  EXPECT_EQ(finding.what, "Value of: x\nthe key is no base64");
  EXPECT_EQ(finding.expected, "");
}

}  // namespace
}  // namespace stoklab::conformance
