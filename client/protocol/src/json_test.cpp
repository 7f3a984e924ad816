#include "stoklab/protocol/json.h"

#include "stoklab/protocol/json_poco.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::HasSubstr;

TEST(Json, KeepsTheOrderOfKeys) {
  const std::string text = R"({"method":"get","b":1,"a":{"z":null,"y":[true,false]}})";
  const auto value = parseJson(text);
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(printJson(*value), text);
}

TEST(Json, KeepsIntegersAndRealsApart) {
  for (const char* text : {"0", "-40401", "9223372036854775807", "1.5", "1.0", "-0.25", "1e+300"}) {
    SCOPED_TRACE(text);
    const auto value = parseJson(text);
    ASSERT_THAT(value, IsOk());
    EXPECT_EQ(printJson(*value), text);
  }
}

TEST(Json, RefusesWhatIsNotOneJsonText) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "{\"a\":1} x",
                           "{\"a\":1}{\"b\":2}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "[1,2",
                           "tru",
                           "01",
                           "1e400",
                           "123456789012345678901234567890",
                           "18446744073709551615",
                           "{\"a\":\"tab\there\"}",
                           "\"\\ud83d\"",
                           "/*c*/{}",
                           "\xef\xbb\xbf{}",
                           "'a'",
                           "NaN"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseJson(text), FailsWith(ErrorKind::malformed));
  }
}

TEST(Json, RefusesTextThatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(parseJson(nested(30), {.maxDepth = 32}), IsOk());
  EXPECT_THAT(parseJson(nested(40), {.maxDepth = 32}), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(parseJson(nested(1000000)), FailsWith(ErrorKind::malformed));
}

TEST(Json, MeasuresTheDepthOfAnyText) {
  EXPECT_EQ(jsonDepth(""), 0U);
  EXPECT_EQ(jsonDepth(R"({"a":[1,{"b":"[[[[\"[["}]})"), 3U);
  EXPECT_EQ(jsonDepth("]]]{{{"), 3U);
}

TEST(Json, KeepsTheLastOfTwoEqualKeysUnlessToldToRefuse) {
  const auto value = parseJson(R"({"a":1,"b":2,"a":3})");
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(printJson(*value), R"({"a":3,"b":2})");
  EXPECT_THAT(parseJson(R"({"a":1,"a":3})", {.duplicateKeys = DuplicateKeys::reject}),
              FailsSaying(HasSubstr("\"a\"")));
}

TEST(Json, KeepsAllOfEqualKeysIfToldTo) {
  const std::string_view text = R"({"a":1,"b":{"c":[],"c":null},"a":3})";
  const auto value = parseJson(text, {.duplicateKeys = DuplicateKeys::keepAll});
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(printJson(*value), text);
}

TEST(Json, EscapesWhatMustBeEscapedAndNothingElse) {
  using namespace std::string_literals;
  EXPECT_EQ(printJson(Json("q\" b\\ n\n / \x01 \0 é"s)),
            "\"q\\\" b\\\\ n\\n / \\u0001 \\u0000 é\"");
}

TEST(Json, ReadsEscapedText) {
  const auto value = parseJson("\"\\u00e9\\ud83d\\ude00\\/\"");
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(*value->string(), "é😀/");
}

TEST(Json, PrintsForPeople) {
  EXPECT_EQ(printPrettyJson(Json::object({{"a", Json::array({1, "x"})}, {"b", Json::object()}})),
            "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}");
}

TEST(Json, ComparesWithAndWithoutOrder) {
  const Json a = Json::object({{"x", 1}, {"y", Json::array({1, 2})}});
  const Json b = Json::object({{"y", Json::array({1, 2})}, {"x", 1}});
  const Json c = Json::object({{"y", Json::array({2, 1})}, {"x", 1}});
  EXPECT_NE(a, b);
  EXPECT_TRUE(sameContent(a, b));
  EXPECT_FALSE(sameContent(b, c));
  EXPECT_FALSE(sameContent(Json(1), Json(1.0)));
}

TEST(Json, FindsSetsAndErases) {
  Json value;
  value.set("a", 1);
  value.set("b", Json::object({{"c", "deep"}}));
  value.set("a", 2);
  ASSERT_NE(value.at({"b", "c"}), nullptr);
  EXPECT_EQ(*value.at({"b", "c"})->string(), "deep");
  EXPECT_EQ(value.at({"b", "c", "d"}), nullptr);
  EXPECT_EQ(*value.find("a")->integer(), 2);
  EXPECT_TRUE(value.erase("a"));
  EXPECT_FALSE(value.erase("a"));
  EXPECT_EQ(value.size(), 1U);
}

TEST(Json, IsHandedToPocoInOrder) {
  const Json value = Json::object({{"b", 1}, {"a", Json::array({nullptr, true, 0.5, "x"})}});
  std::string text = toPoco(value).toString();
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  EXPECT_EQ(text, R"({"b":1,"a":[null,true,0.5,"x"]})");
}

}  // namespace stoklab::protocol
