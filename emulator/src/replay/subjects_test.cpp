#include "replay/subjects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "replay/test_trace.h"

namespace stoklab::emulator {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Subjects, OfAGetAreSectionsAndTables) {
  EXPECT_THAT(
      subjectsOf(json(R"({"OSD":{"name":["date","a%62"],"table":"label_info"},"method":"get"})")),
      ElementsAre(Subject{"OSD", "date"}, Subject{"OSD", "ab"}, Subject{"OSD", "label_info"}));
  EXPECT_THAT(subjectsOf(json(R"({"method":"get","image":{"switch":{}},"led":null})")),
              ElementsAre(Subject{"image", "switch"}, Subject{"led"}));
}

TEST(Subjects, OfASetAreWhatItWrites) {
  EXPECT_THAT(subjectsOf(json(R"({"method":"set","image":{"switch":{},"common":{}},"led":{}})")),
              ElementsAre(Subject{"image", "switch"}, Subject{"image", "common"}, Subject{"led"}));
}

TEST(Subjects, OfEverythingElseAreWholeModules) {
  for (const char* method : {"do", "add", "delete", "dance"}) {
    SCOPED_TRACE(method);
    EXPECT_THAT(subjectsOf(json(R"({"method":")" + std::string(method) + R"(","m":{"x":1}})")),
                ElementsAre(Subject{"m"}));
  }
  EXPECT_THAT(subjectsOf(json("null")), IsEmpty());
}

TEST(Subjects, TouchWithinTheirModule) {
  const std::vector<Subject> image{{"image", "switch"}};
  EXPECT_TRUE(touch(image, {{"image", "switch"}}));
  EXPECT_TRUE(touch(image, {{"led"}, {"image"}}));
  EXPECT_FALSE(touch(image, {{"image", "common"}}));
  EXPECT_FALSE(touch(image, {{"video", "switch"}}));
  EXPECT_FALSE(touch(image, {}));
}

TEST(Subjects, HoldRowsWithinTheirTable) {
  EXPECT_TRUE(touch({{"OSD", "label_info_12"}}, {{"OSD", "label_info"}}));
  EXPECT_TRUE(touch({{"OSD", "label_info"}}, {{"OSD", "label_info_12"}}));
  EXPECT_FALSE(touch({{"OSD", "label_info_1"}}, {{"OSD", "label_info_2"}}));
  EXPECT_FALSE(touch({{"OSD", "label_info_x"}}, {{"OSD", "label_info"}}));
  EXPECT_FALSE(touch({{"OSD", "label_info_"}}, {{"OSD", "label_info"}}));
}

TEST(Title, NamesARequestAndHoldsNoValue) {
  EXPECT_EQ(titleOf(json(R"({"method":"get","image":{"name":["switch","common"]}})")),
            "get image.switch, image.common");
  EXPECT_EQ(titleOf(json(R"({"method":"set","wifi":{"sta":{"psk_key":"hunter2"}}})")),
            "set wifi.sta");
  EXPECT_EQ(titleOf(json(R"({"method":"do","system":{"reboot":null}})")), "do system.reboot");
  EXPECT_EQ(titleOf(json(R"({"method":"do","login":{"username":"a","password":"b"}})")),
            "do login");
  EXPECT_EQ(titleOf(json(R"({"image":{"name":"switch"}})")), "image.switch");
  EXPECT_EQ(titleOf(json("null")), "a body that is no request");
  EXPECT_EQ(titleOf(json("{}")), "a body that is no request");
}

}  // namespace stoklab::emulator
