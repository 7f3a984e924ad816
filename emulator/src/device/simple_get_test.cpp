#include "device/simple_get.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "device/request_body.h"

namespace stoklab::emulator {
namespace {

using protocol::Json;

TEST(SimpleGet, TakesASectionOrATable) {
  const auto section = readSimpleGet(R"({"method":"get","image":{"name":"switch"}})");
  ASSERT_TRUE(section);
  EXPECT_EQ(section->module, "image");
  EXPECT_EQ(section->name, "switch");
  EXPECT_FALSE(section->table);
  const auto table = readSimpleGet(
      " {\t\"method\" : \"get\",\r\n\"harddisk_manage\": {\"table\": \"hd_info\"} }\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->module, "harddisk_manage");
  EXPECT_EQ(table->name, "hd_info");
  EXPECT_TRUE(table->table);
}

TEST(SimpleGet, LeavesEverythingElse) {
  for (const char* body :
       {"", "{}", R"({"method":"set","image":{"name":"switch"}})",
        R"({"method":"get","image":{"name":["switch"]}})",
        R"({"method":"get","image":{"name":"switch","table":"x"}})",
        R"({"method":"get","image":{"names":"switch"}})", R"({"method":"get","image":{"name":""}})",
        R"({"method":"get","":{"name":"switch"}})",
        R"({"method":"get","image":{"name":"sw%69tch"}})",
        R"({"method":"get","image":{"name":"sw\u0069tch"}})",
        R"({"method":"get","method":{"name":"switch"}})",
        R"({"method":"get","image":{"name":"switch"}} x)",
        R"({"method":"get","image":{"name":"switch"}},)", R"({"method":"get","image":{"name":"s)",
        R"({"method":"get","image":{"name":"switch"},"led":{"name":"config"}})",
        "{\"method\":\"get\",\"im\xC3\xA4ge\":{\"name\":\"switch\"}}"})
    EXPECT_FALSE(readSimpleGet(body)) << body;
}

// Texts near the shape, with every part now and then another.
std::string randomBody(std::mt19937& random) {
  static constexpr std::array<std::string_view, 26> kWords = {
      "{",     "}",        "\"",   ":",     ",",       "\"method\"", "\"get\"",    "\"set\"", " ",
      "\"n\"", "\"name\"", "\\",   "%41",   "[",       "]",          "\"table\"",  "\n",      "1",
      "null",  "\xC3\xA4", "\x01", "image", "\"a b\"", "\"\"",       "\"switch\"", "\t"};
  std::string body = R"({"method":"get","image":{"name":"switch"}})";
  for (auto changes = random() % 4; changes > 0; --changes) {
    const auto word = kWords[random() % kWords.size()];
    const auto at = random() % (body.size() + 1);
    if (random() % 2 == 0)
      body.insert(at, word);
    else
      body.replace(at, random() % 9, word);
  }
  return body;
}

TEST(SimpleGet, MeansWhatTheBodyMeans) {
  std::mt19937 random(7);
  int taken = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string body = randomBody(random);
    const auto get = readSimpleGet(body);
    if (!get) continue;
    ++taken;
    auto whole = readRequestBody(body);
    ASSERT_TRUE(whole) << body;
    EXPECT_EQ(whole->method, protocol::Method::get) << body;
    const Json inner = Json::object({{get->table ? "table" : "name", Json(get->name)}});
    EXPECT_EQ(whole->modules, Json::object({{std::string(get->module), inner}})) << body;
  }
  EXPECT_GT(taken, 5'000);
}

}  // namespace
}  // namespace stoklab::emulator
