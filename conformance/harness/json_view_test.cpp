#include "harness/json_view.h"

#include <gmock/gmock.h>

namespace stoklab::conformance {
namespace {

TEST(JsonView, KeepsOrderAndRepeatedMembers) {
  const auto value = parseJson(R"({"z":1,"a":2,"z":3})");
  ASSERT_TRUE(value);
  EXPECT_THAT(value->names(), testing::ElementsAre("z", "a", "z"));
  EXPECT_EQ(toText(*value), R"({"z":1,"a":2,"z":3})");
}

TEST(JsonView, TellsNumbersFromStrings) {
  const auto value = parseJson(R"([-40401,"-40401",1.5,true,null])");
  ASSERT_TRUE(value);
  ASSERT_EQ(value->items.size(), 5U);
  EXPECT_EQ(value->items[0].integer, -40401);
  EXPECT_TRUE(value->items[1].isText());
  EXPECT_EQ(value->items[2].kind, Value::Kind::real);
  EXPECT_EQ(value->items[3].kind, Value::Kind::boolean);
  EXPECT_EQ(value->items[4].kind, Value::Kind::null);
}

TEST(JsonView, FollowsAPath) {
  const auto value = parseJson(R"({"data":{"nonce":"abc","list":[1]}})");
  ASSERT_TRUE(value);
  ASSERT_NE(value->at("data.nonce"), nullptr);
  EXPECT_EQ(value->at("data.nonce")->text, "abc");
  EXPECT_EQ(value->at("data.none"), nullptr);
  EXPECT_EQ(value->at("data.nonce.deeper"), nullptr);
}

TEST(JsonView, LeavesPercentSequencesAlone) {
  const auto value = parseJson(R"({"a":"x%2by"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("a")->text, "x%2by");
}

TEST(JsonView, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", "{", "{}}", "no", "{\"a\":}", "[1,]"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parseJson(text));
  }
}

TEST(JsonView, RefusesWhatIsTooDeep) {
  EXPECT_TRUE(parseJson(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parseJson(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(parseJson(std::string(100'000, '[')));
}

}  // namespace
}  // namespace stoklab::conformance
