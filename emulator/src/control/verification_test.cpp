#include "control/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "control/test_camera.h"

namespace stoklab::emulator {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

constexpr const char* kRead = R"({"method":"get","image":{"name":"switch"}})";
constexpr const char* kWrite = R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})";

class Verified : public TestControl {
 public:
  explicit Verified(std::initializer_list<const char*> requests) {
    for (const char* request : requests) directory.at(0).receive(request);
  }
  std::string verify(const std::string& body) { return call("POST", "/verify", body); }
};

constexpr const char* kVerified = R"(200 {"verified":true})";

}  // namespace

TEST(Verification, HoldsWhereEverythingExpectedHasBeenSeen) {
  Verified control({kRead, kWrite});
  EXPECT_EQ(control.verify(R"({"expect":[{"method":"set","module":"image","section":"switch",)"
                           R"("field":"flicker","value":"60hz","kind":"command","status":200,)"
                           R"("error_code":0,"session":1,"client":"127.0.0.1","count":1},)"
                           R"({"method":"get"}]})"),
            kVerified);
  EXPECT_EQ(control.verify(R"({"expect":[]})"), kVerified);
  EXPECT_EQ(control.verify(R"({"expect":[{"method":"delete","count":0}]})"), kVerified);
  EXPECT_EQ(control.verify(R"({"expect":[{"method":"get","count":0}],"since":1})"), kVerified);
}

TEST(Verification, SaysWhatIsMissingAndWhatComesNearest) {
  Verified control({kRead, kWrite});
  const std::string answer = control.verify(
      R"({"expect":[{"method":"set","module":"image","section":"switch","field":"flicker",)"
      R"("value":"50hz"}]})");
  EXPECT_THAT(answer, StartsWith(R"(409 {"verified":false,"differences":[{"expected":)"));
  EXPECT_THAT(answer, HasSubstr("expected: set image.switch.flicker = \\\"50hz\\\", at least once; "
                                "seen: never; the nearest others are:\\n    n=2 set "
                                "image.switch.flicker = \\\"60hz\\\", answered with HTTP 200"));
  EXPECT_THAT(answer, Not(HasSubstr("n=1")));
}

TEST(Verification, CountsBetweenBounds) {
  Verified control({kRead, kRead, kRead});
  const auto with = [&](const std::string& bounds) {
    return control.verify(R"({"expect":[{"method":"get",)" + bounds + "}]}");
  };
  EXPECT_EQ(with(R"("count":3)"), kVerified);
  EXPECT_EQ(with(R"("at_least":2)"), kVerified);
  EXPECT_EQ(with(R"("at_least":1,"at_most":3)"), kVerified);
  EXPECT_THAT(with(R"("count":2)"), HasSubstr("get, exactly 2 times; seen: 3 times"));
  EXPECT_THAT(with(R"("at_most":1)"), HasSubstr("at most once; seen: 3 times"));
  EXPECT_THAT(with(R"("count":0)"), HasSubstr("get, never; seen: 3 times"));
}

TEST(Verification, MindsTheOrderIfItIsAskedTo) {
  Verified control({kRead, kWrite, kRead});
  const auto with = [&](const std::string& expectations) {
    return control.verify(R"({"in_order":true,"expect":[)" + expectations + "]}");
  };
  EXPECT_EQ(with(R"({"method":"get"},{"method":"set"},{"method":"get"})"), kVerified);
  EXPECT_EQ(with(R"({"method":"delete","count":0},{"method":"set"},{"method":"get"})"), kVerified);
  EXPECT_THAT(with(R"({"method":"set"},{"method":"get"},{"method":"set"})"),
              HasSubstr("number 3 (set) did not come after those before it"));
}

TEST(Verification, NoticesWhatElseHasBeenAsked) {
  Verified control({kRead, kWrite, R"({"method":"do","system":{"reboot":null}})"});
  EXPECT_EQ(control.verify(R"({"expect":[{"method":"set"}],"nothing_else":["set"]})"), kVerified);
  EXPECT_THAT(control.verify(R"({"expect":[{"method":"set"}],"nothing_else":["set","do"]})"),
              HasSubstr("expected no other request of set, do; seen: once, such as:\\n    n=3 do "
                        "system.reboot"));
}

TEST(Verification, MasksValuesThatBelongToSomebody) {
  Verified control({R"({"method":"set","user_management":{"root":{"passwd":"their-secret"}}})"});
  EXPECT_THAT(control.verify(R"({"expect":[{"module":"user_management","field":"passwd",)"
                             R"("value":"my-secret"}]})"),
              AllOf(StartsWith("409 "), HasSubstr("n=1 set user_management.root.passwd"),
                    Not(HasSubstr("their-secret")), Not(HasSubstr("my-secret"))));
  EXPECT_EQ(control.verify(R"({"expect":[{"field":"passwd","value":"their-secret"}]})"), kVerified);
}

TEST(Verification, ComparesValuesDecoded) {
  Verified control({R"({"method":"set","OSD":{"label":{"text":"front%20door","size":2}}})"});
  EXPECT_EQ(control.verify(R"({"expect":[{"field":"text","value":"front door"}]})"), kVerified);
  EXPECT_EQ(control.verify(R"({"expect":[{"field":"size","value":2}]})"), kVerified);
  EXPECT_THAT(control.verify(R"({"expect":[{"field":"size","value":"2"}]})"), StartsWith("409 "));
}

TEST(Verification, RefusesWhatIsNoExpectationAndSaysWhere) {
  Verified control({});
  EXPECT_THAT(control.verify(R"({"expect":[{},{"methd":"set"}]})"),
              AllOf(StartsWith("400 "), HasSubstr("there is no member expect[1].methd")));
  EXPECT_THAT(control.verify(R"({"expect":[1]})"), HasSubstr("expect[0] must be an object"));
  EXPECT_THAT(control.verify(R"({"expect":[{"value":1}]})"), HasSubstr("name the field as well"));
  EXPECT_THAT(control.verify(R"({"expect":[{"count":1,"at_most":2}]})"), StartsWith("400 "));
  EXPECT_THAT(control.verify(R"({"expect":[{"at_least":3,"at_most":2}]})"), StartsWith("400 "));
  EXPECT_THAT(control.verify(R"({"expect":[],"nothing_else":["put"]})"),
              HasSubstr("nothing_else[0] must be one of"));
  EXPECT_THAT(control.verify("{}"), HasSubstr("expect is missing"));
}

}  // namespace stoklab::emulator
