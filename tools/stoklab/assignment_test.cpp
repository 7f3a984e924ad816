#include "assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using testing::HasSubstr;
using testing::Not;

TEST(Assignment, IsAStringWhateverItLooksLike) {
  EXPECT_EQ(parseAssignment("volume=80")->second, protocol::Json("80"));
  EXPECT_EQ(parseAssignment("enabled=true")->second, protocol::Json("true"));
  EXPECT_EQ(parseAssignment("name=")->second, protocol::Json(""));
}

TEST(Assignment, SplitsAtTheFirstEqualsSign) {
  const auto assignment = parseAssignment("label=a=b:=c");
  ASSERT_THAT(assignment, IsOk());
  EXPECT_EQ(assignment->first, "label");
  EXPECT_EQ(assignment->second, protocol::Json("a=b:=c"));
}

TEST(Assignment, TakesJsonAfterColonEquals) {
  EXPECT_EQ(parseAssignment("id:=101")->second, protocol::Json(101));
  EXPECT_EQ(printJson(parseAssignment(R"(plan:=["0000-2400:2"])")->second), R"(["0000-2400:2"])");
  EXPECT_TRUE(parseAssignment("x:=null")->second.isNull());
}

TEST(Assignment, FailsWithoutAnEqualsSignANameOrJson) {
  EXPECT_THAT(parseAssignment("volume"), FailsSaying(HasSubstr("NAME=VALUE")));
  EXPECT_THAT(parseAssignment("=80"), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(parseAssignment(":=80"), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(parseAssignment("volume:=loud"), FailsSaying(HasSubstr("volume=VALUE")));
}

TEST(Arguments, KeepTheirOrder) {
  const auto arguments = parseArguments({"zoom=1", "action=start"});
  ASSERT_THAT(arguments, IsOk());
  EXPECT_EQ(printJson(*arguments), R"({"zoom":"1","action":"start"})");
}

TEST(Arguments, FailWhenAKeyIsGivenTwice) {
  EXPECT_THAT(parseArguments({"a=1", "a=2"}), FailsSaying(HasSubstr("a is given twice")));
}

TEST(Changes, NeedAPathDownToAField) {
  EXPECT_THAT(parseChanges({"image.switch=off"}), FailsSaying(HasSubstr("names no field")));
  EXPECT_THAT(parseChanges({"image..x=off"}), FailsWith(ErrorKind::malformed));
  const auto changes = parseChanges({"image.switch.flicker=50hz"});
  ASSERT_THAT(changes, IsOk());
  EXPECT_EQ(changes->front().path.text(), "image.switch.flicker");
}

TEST(Changes, FailWhenAFieldIsGivenTwice) {
  EXPECT_THAT(parseChanges({"a.b.c=1", "a.b.d=1", "a.b.c=2"}),
              FailsSaying(HasSubstr("a.b.c is given twice")));
}

TEST(Changes, NeverRepeatAValueInAnError) {
  EXPECT_THAT(parseChanges({"a.b=hunter2"}), FailsSaying(Not(HasSubstr("hunter2"))));
}

}  // namespace stoklab::cli
