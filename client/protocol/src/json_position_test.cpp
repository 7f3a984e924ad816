// What a text that is refused is said to be wrong with, and where; and how a large text is taken
// apart.
#include <vector>

#include "json_scan.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

const JsonLimits kStrict{.maxDepth = 8, .duplicateKeys = DuplicateKeys::reject};

std::string complaintAbout(const std::string& text) {
  const auto value = parseJson(text, kStrict);
  return value ? "accepted" : value.error().detail;
}

}  // namespace

TEST(JsonPosition, IsSaidOfTheFirstMistake) {
  struct Case {
    std::string text, complaint;
  };
  const std::vector<Case> cases = {
      {"{", "the text ends within an object at line 1, column 2"},
      {"[1,\n2", "the text ends within an array at line 2, column 2 ([1])"},
      {"{\"a\":\n", "the text ends where a value is due at line 2, column 1 (a)"},
      {"{\"a\":1,}", "a key in quotes is missing at line 1, column 8"},
      {"{\"a\" 1}", "\":\" is missing after a key at line 1, column 6 (a)"},
      {"{\"a\":1 \"b\":2}", "\",\" or \"}\" is missing at line 1, column 8 (a)"},
      {"[1 2]", "\",\" or \"]\" is missing at line 1, column 4 ([0])"},
      {"[1,]", "no value begins like this at line 1, column 4 ([1])"},
      {"tru", "no value begins like this at line 1, column 1"},
      {"{} {}", "something follows the end of the JSON text at line 1, column 4"},
      {"{\"log\":{\"entries\":[{},\n  {\"x\":01}]}}",
       "a number begins with 0 at line 2, column 8 (log.entries[1].x)"},
      {"[-]", "a number has no digits at line 1, column 2 ([0])"},
      {"[1.]", "a number has no digits after its point at line 1, column 2 ([0])"},
      {"[1e]", "a number has no digits in its exponent at line 1, column 2 ([0])"},
      {"[1e400]", "a number is too large at line 1, column 2 ([0])"},
      {"[9223372036854775808]", "a number does not fit 64 bits at line 1, column 2 ([0])"},
      {"{\"a\":\"x}", "a string that begins here does not end at line 1, column 6 (a)"},
      {"[\"a\tb\"]", "a control character stands unescaped in a string at line 1, column 4 ([0])"},
      {"[\"\\x\"]", "an escape that JSON does not know at line 1, column 3 ([0])"},
      {"[\"\\u00g0\"]", "\"\\u\" needs four hexadecimal digits at line 1, column 3 ([0])"},
      {"[\"\\ud83d\"]", "half a surrogate pair stands alone at line 1, column 3 ([0])"},
      {"[\"\\ude00\"]", "half a surrogate pair stands alone at line 1, column 3 ([0])"},
      {"[\"\xc3\xa9\xff\"]", "a byte is not UTF-8 at line 1, column 5 ([0])"},
      {"[\"\xc0\xaf\"]", "a byte is not UTF-8 at line 1, column 3 ([0])"},
      {"[\"\xed\xa0\x80\"]", "a byte is not UTF-8 at line 1, column 3 ([0])"},
      {"[\"\xf4\x90\x80\x80\"]", "a byte is not UTF-8 at line 1, column 3 ([0])"},
      {"{\"a\":{\"b\":1,\"c\":2,\"b\":3}}",
       "the key \"b\" stands twice in one object at line 1, column 19 (a)"},
      {"{\"b\":1,\"\\u0062\":2}", "the key \"b\" stands twice in one object at line 1, column 8"},
      {"[[[[[[[[[]]]]]]]]]",
       "objects and arrays nest deeper than 8 levels at line 1, column 9 "
       "([0][0][0][0][0][0][0][0])"},
      {"{\"a.b\":{\"\":[nul]}}", "no value begins like this at line 1, column 13 ([\"a.b\"][0])"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(complaintAbout(c.text), "not JSON: " + c.complaint);
  }
  EXPECT_EQ(complaintAbout(" \n"), "not JSON: the text is empty");
}

// The two readers of one text must not disagree, or a refusal has no place.
TEST(JsonPosition, IsFoundExactlyWhereTheParserRefuses) {
  const std::string seed =
      "{\"k\":[1,-2.5e3,true,null,\"a\\u00e9\\n\"],\"o\":{\"\xc3\xa9\":\"\xe2\x82\xac\"},\"n\":0}";
  const std::string replacements =
      "\"\\{}[],:0-.eE\t \x01\x7f\xc3\xff"
      "aut";
  int refused = 0;
  for (std::size_t i = 0; i < seed.size(); ++i) {
    for (const char c : replacements) {
      std::string text = seed;
      text[i] = c;
      SCOPED_TRACE(text);
      const bool parses = parseJson(text, kStrict).has_value();
      refused += parses ? 0 : 1;
      EXPECT_EQ(parses, !scanJson(text, {}, kStrict).mistake);
    }
    const std::string cut = seed.substr(0, i);
    EXPECT_TRUE(scanJson(cut, {}, kStrict).mistake || i == 0) << cut;
  }
  EXPECT_GT(refused, 500);
}

TEST(JsonPosition, OfSomethingVeryDeepIsShort) {
  const auto value = parseJson(std::string(1000, '['), {.maxDepth = 500});
  ASSERT_FALSE(value.has_value());
  EXPECT_THAT(value.error().detail, HasSubstr("([0][0][0]"));
  EXPECT_THAT(value.error().detail, HasSubstr("..."));
  EXPECT_LT(value.error().detail.size(), 300U);
}

TEST(JsonPosition, NeedsNoLongTimeForManyKeys) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text += "\"7\":1}";
  const auto kept = parseJson(text);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->size(), 50'000U);
  EXPECT_EQ((*kept->members())[7], (JsonMember{"7", 1}));
  EXPECT_THAT(parseJson(text, kStrict), FailsSaying(HasSubstr("\"7\" stands twice")));
}

TEST(JsonEach, HandsOverTheElementsAndReturnsTheRest) {
  std::vector<std::string> elements;
  const auto rest =
      parseJsonEach(R"({"log":{"a":[7],"entries":[ {"x":[1]} , 2,"]"],"b":3},"entries":[8]})",
                    {"log", "entries"}, [&](std::string_view element) {
                      elements.emplace_back(element);
                      return Result<void>();
                    });
  ASSERT_THAT(rest, IsOk());
  EXPECT_THAT(elements, ElementsAre(R"({"x":[1]})", "2", R"("]")"));
  EXPECT_EQ(printJson(*rest), R"({"log":{"a":[7],"entries":[],"b":3},"entries":[8]})");
}

TEST(JsonEach, ReturnsEverythingIfThereIsNoSuchArray) {
  for (const char* text : {R"({"log":{"entries":{"a":[1]}}})", "[1,2]", "7", R"({"log":[[1]]})"}) {
    SCOPED_TRACE(text);
    const auto rest = parseJsonEach(text, {"log", "entries"}, [](std::string_view) {
      return Result<void>(malformed("must not be asked"));
    });
    ASSERT_THAT(rest, IsOk());
    EXPECT_EQ(printJson(*rest), text);
  }
}

TEST(JsonEach, StopsAtTheFirstFailure) {
  const auto rest = parseJsonEach("[0", {"log"}, [](std::string_view) { return Result<void>(); });
  EXPECT_THAT(rest, FailsSaying(HasSubstr("line 1, column 3")));
  int asked = 0;
  const auto stopped = parseJsonEach(R"({"a":[1,2,3]})", {"a"}, [&](std::string_view element) {
    ++asked;
    return element == "2" ? Result<void>(malformed("enough")) : Result<void>();
  });
  EXPECT_THAT(stopped, FailsSaying(HasSubstr("enough")));
  EXPECT_EQ(asked, 2);
}

TEST(JsonFind, ShowsTheTextOfAValue) {
  const std::string text = R"({"a":{"b": [1, 2] ,"c":"x"},"b":0})";
  EXPECT_EQ(findJson(text, {"a", "b"}), "[1, 2]");
  EXPECT_EQ(findJson(text, {"a", "c"}), "\"x\"");
  EXPECT_EQ(findJson(text, {"a"}), R"({"b": [1, 2] ,"c":"x"})");
  EXPECT_EQ(findJson(text, {"a", "d"}), std::nullopt);
  EXPECT_EQ(findJson(text + "x", {"a", "b"}), std::nullopt);
}

}  // namespace stoklab::protocol
