#include "output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stoklab::cli {

using protocol::Json;

namespace {

Json json(const char* text) { return *protocol::parseJson(text); }

std::string printed(Format format, const char* settings) {
  std::istringstream in;
  std::ostringstream out, err;
  Console console{.in = in, .out = out, .err = err, .environment = {}, .format = format};
  printSettings(console, "values", json(settings));
  EXPECT_EQ(err.str(), "");
  return out.str();
}

}  // namespace

TEST(SettingLines, NameEachFieldByItsPath) {
  EXPECT_EQ(settingLines(json(R"({"image":{"switch":{"flicker":"50hz","ldc":"off"},
                                           "common":{"luma":"50"}}})")),
            "image.switch.flicker = 50hz\n"
            "image.switch.ldc = off\n"
            "image.common.luma = 50\n");
}

TEST(SettingLines, NameTheRowsOfATable) {
  EXPECT_EQ(settingLines(json(R"({"m":{"t":[{"t_1":{"a":"1"}},{"t_2":{"a":"2"}}]}})")),
            "m.t.t_1.a = 1\n"
            "m.t.t_2.a = 2\n");
}

TEST(SettingLines, ShowEveryOtherKindAsJson) {
  EXPECT_EQ(settingLines(json(R"({"a":{"i":3,"b":true,"n":null,"l":["x","y"],"e":[],"o":{}}})")),
            "a.i = 3\n"
            "a.b = true\n"
            "a.n = null\n"
            "a.l = [\"x\",\"y\"]\n"
            "a.e = []\n"
            "a.o = {}\n");
}

TEST(SettingLines, LetNoControlCharacterOfADeviceReachTheTerminal) {
  EXPECT_EQ(settingLines(json(R"({"a":{"b":"\u001b[2J\n"}})")), "a.b = \"\\u001b[2J\\n\"\n");
}

TEST(Settings, AreADocumentWithItsSchemaVersion) {
  EXPECT_EQ(*protocol::parseJson(printed(Format::json, R"({"image":{"switch":{"ldc":"off"}}})")),
            json(R"({"schema_version":1,"values":{"image":{"switch":{"ldc":"off"}}}})"));
}

TEST(Settings, HideSecretsInBothFormats) {
  for (const Format format : {Format::text, Format::json}) {
    const std::string text = printed(format, R"({"wifi":{"ap":{"password":"hunter2"}}})");
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("hunter2")));
    EXPECT_THAT(text, testing::HasSubstr("***"));
  }
}

TEST(NamedRows, LeaveWhatIsNoTableAsItIs) {
  for (const char* text : {R"(["a"])", R"([])", R"([{"a":{},"b":{}}])", R"([{"a":"x"}])", "3"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(printJson(namedRows(json(text))), text);
  }
  EXPECT_EQ(printJson(namedRows(json(R"([{"t_1":{"a":"1"}}])"))), R"({"t_1":{"a":"1"}})");
}

}  // namespace stoklab::cli
