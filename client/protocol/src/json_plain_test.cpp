// The quick reader of JSON, held against Poco's on texts that are almost right.
#include "json_plain.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace stoklab::protocol {
namespace {

constexpr std::size_t kDepth = 64;

bool isPlain(std::string_view text, std::size_t depth = kDepth) {
  return parsePlainJson(text, depth).has_value();
}

// What parseJson() makes of it when it has to leave it to Poco: a level of array around a number
// that is not plain, and taken off again.
Result<Json> byPoco(std::string_view text) {
  auto around = parseJson("[0.5," + std::string(text) + "]", {.maxDepth = kDepth + 1});
  if (!around) return std::move(around).error();
  if (around->size() != 2) return malformed("several values");
  return std::move((*around->elements())[1]);
}

std::string randomText(std::mt19937& random) {
  static constexpr std::array<std::string_view, 30> kPieces = {
      "{",     "}",     "[",       "]",           ",",     ":",
      "\"a\"", "\"b\"", "\"\"",    "1",           "-7",    "0",
      "-0",    "01",    "1.5",     "1e3",         "true",  "false",
      "null",  " ",     "\n",      "\"\\",        "\\n\"", "\"",
      "\x7F",  "\xC3",  "\"a\":1", "\"\\u0041\"", "nul",   "123456789012345678"};
  std::string text;
  for (auto count = 1 + random() % 9; count > 0; --count)
    text += kPieces[random() % kPieces.size()];
  return text;
}

// Well-formed, most of it.
std::string randomValue(std::mt19937& random, int depth) {
  const auto more = [&] { return randomValue(random, depth - 1); };
  switch (random() % (depth > 0 ? 9 : 6)) {
    case 0:
      return std::to_string(static_cast<int>(random() % 2001) - 1000);
    case 1:
      return R"("text with \"quotes\" \\ \/ \t")";
    case 2:
      return "true";
    case 3:
      return " null";
    case 4:
      return "\"\"";
    case 5:
      return "\"" + std::string(random() % 40, 'x') + "\"";
    case 6:
      return "[" + more() + " ,\n" + more() + "]";
    case 7:
      return R"({"a":)" + more() + R"(, "b" : )" + more() + "}";
    default:
      return R"({"module":)" + more() + "}";
  }
}

}  // namespace

TEST(PlainJson, ReadsWhatDevicesSay) {
  const auto value = parsePlainJson(
      R"( {"method":"get" , "image":{"name":["switch","common"]},"n":-12,"t":true,"z":null,"e":{}} )",
      kDepth);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(
      printJson(*value),
      R"({"method":"get","image":{"name":["switch","common"]},"n":-12,"t":true,"z":null,"e":{}})");
}

TEST(PlainJson, LeavesTheRestToPoco) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1",
                           "[1,]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "1.0",
                           "1e2",
                           "-0",
                           "-",
                           "01",
                           "1234567890123456789",
                           "\"\\u0041\"",
                           "\"\\x\"",
                           "\"\xC3\xA4\"",
                           "\"a\nb\"",
                           "\"\x7F\"",
                           "tru",
                           "nulll",
                           "{\"a\":1,\"a\":2}",
                           "1 2",
                           "[]]",
                           "\"a"})
    EXPECT_FALSE(isPlain(text)) << text;
}

// Few keys are compared one by one, many are sorted.
TEST(PlainJson, FindsAKeyThatStandsTwiceAmongAnyNumber) {
  for (const int count : {2, 31, 32, 33, 34, 100}) {
    const auto object = [&](int first, int second) {
      std::string text = "{";
      for (int i = 0; i < count; ++i)
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i == second ? first : i) + "\":1";
      return text + "}";
    };
    EXPECT_TRUE(isPlain(object(0, 0))) << count;
    EXPECT_FALSE(isPlain(object(0, 1))) << count;
    EXPECT_FALSE(isPlain(object(0, count - 1))) << count;
    EXPECT_FALSE(isPlain(object(count - 2, count - 1))) << count;
    const auto value = parsePlainJson(object(0, 0), kDepth);
    ASSERT_TRUE(value && byPoco(object(0, 0)));
    EXPECT_EQ(*value, *byPoco(object(0, 0)));
  }
}

TEST(PlainJson, CountsLevels) {
  EXPECT_TRUE(isPlain("[[{}]]", 3));
  EXPECT_FALSE(isPlain("[[{}]]", 2));
  EXPECT_FALSE(isPlain(std::string(100'000, '['), kDepth));
  EXPECT_TRUE(isPlain("[[],[],[]]", 2));
}

TEST(PlainJson, MakesOfRandomTextsWhatPocoMakesOfThem) {
  std::mt19937 random(1);
  int plain = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string text = i % 2 == 0 ? randomText(random) : randomValue(random, 4);
    const auto mine = parsePlainJson(text, kDepth);
    if (!mine) continue;
    ++plain;
    const auto theirs = byPoco(text);
    ASSERT_TRUE(theirs.has_value()) << text;
    ASSERT_EQ(*mine, *theirs) << text;
  }
  EXPECT_GT(plain, 15'000);
}

TEST(PlainJson, IsNotTakenInBySingleChangedBytes) {
  const std::string good =
      R"({"method":"set","image":{"switch":{"flicker":"50hz","n":17}},"x":[1,"a\n"]})";
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    text[random() % text.size()] = static_cast<char>(random() % 256);
    const auto mine = parsePlainJson(text, kDepth);
    if (!mine) continue;
    const auto theirs = byPoco(text);
    ASSERT_TRUE(theirs.has_value()) << text;
    ASSERT_EQ(*mine, *theirs) << text;
  }
}

}  // namespace stoklab::protocol
