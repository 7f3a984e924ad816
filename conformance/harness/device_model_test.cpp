#include "harness/device_model.h"

#include <gmock/gmock.h>

#include <array>

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A profile with the one section, and one field with the one rule.
std::string profileWith(const std::string& section) {
  return R"({"name":"c350","modules":{"led":{"config":)" + section + "}}}";
}

constexpr const char* kSection =
    R"({"kind":"section","access":"read-write","evidence":"vendor-code","sources":["VC","KS"],)"
    R"("fields":{"enabled":"on","delay":"5","seconds":7,"days":["1"],"state":"up%2fon"},)"
    R"("rules":{"enabled":{"allowed":["on","off"],"error_code":-1},"delay":{"minimum":0,"maximum":9},)"
    R"("state":{"read_only":true,"max_length":44}},)"
    R"("couplings":[{"when":"enabled","target":"state","map":{"on":"up%2fon","off":"down"}}]})";

// The section with a piece of text replaced.
std::string sectionWith(const std::string& piece, const std::string& other) {
  std::string text = kSection;
  const std::size_t at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return text.replace(at, piece.size(), other);
}

SectionModel sectionOf(const std::string& text) {
  return readDeviceModel(profileWith(text), "c350").modules.at(0).sections.at(0);
}

std::string errorOf(const std::string& profile) {
  try {
    readDeviceModel(profile, "c350");
  } catch (const ModelError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DeviceModel, SaysHowTheDeviceAnswers) {
  const ProtocolModel usual = readDeviceModel(R"({"modules":{}})", "c350").protocol;
  EXPECT_EQ(usual.challengeStatus, 401);
  EXPECT_EQ(usual.deadTokenStatus, 401);
  EXPECT_EQ(usual.passwdType, "md5");
  EXPECT_FALSE(usual.orgAuthPwd || usual.keyLacksSignByte);
  EXPECT_FALSE(usual.metaKeys || usual.tablesAreObjects);
  const ProtocolModel other =
      readDeviceModel(R"({"modules":{},"authentication":{"challenge_status":{"value":200},)"
                      R"("challenge_data_code":{"value":-40410},"refused_status":{"value":403},)"
                      R"("dead_token_status":{"value":202},"passwd_type":{"value":""},)"
                      R"("password_transform":{"value":"org-auth-pwd"},)"
                      R"("key_form":{"value":"spki-without-sign-byte"}},)"
                      R"("wire":{"meta_keys":{"value":true},"table_form":{"value":"object"}}})",
                      "m")
          .protocol;
  EXPECT_EQ(other.challengeStatus, 200);
  EXPECT_EQ(other.challengeDataCode, -40410);
  EXPECT_EQ(other.refusedStatus, 403);
  EXPECT_EQ(other.deadTokenStatus, 202);
  EXPECT_EQ(other.passwdType, "");
  EXPECT_TRUE(other.orgAuthPwd && other.keyLacksSignByte);
  EXPECT_TRUE(other.metaKeys && other.tablesAreObjects);
}

TEST(DeviceModel, SaysWhereAnAnswerOfTheProfileCannotBeRead) {
  EXPECT_THAT(errorOf(R"({"modules":{},"authentication":{"challenge_status":{"value":"200"}}})"),
              HasSubstr("authentication.challenge_status.value: expected an integer"));
  EXPECT_THAT(errorOf(R"({"modules":{},"authentication":{"refused_status":{}}})"),
              HasSubstr("authentication.refused_status: has no member value"));
}

TEST(DeviceModel, NamesModulesAndSections) {
  const DeviceModel model = readDeviceModel(profileWith(kSection), "c350");
  EXPECT_EQ(model.name, "c350");
  ASSERT_THAT(model.modules, SizeIs(1));
  EXPECT_EQ(model.modules[0].name, "led");
  ASSERT_THAT(model.modules[0].sections, SizeIs(1));
  const SectionModel& section = model.modules[0].sections[0];
  EXPECT_EQ(section.name, "config");
  EXPECT_EQ(section.kind, SectionKind::section);
  EXPECT_TRUE(section.writable);
  EXPECT_EQ(section.evidence, Evidence::vendorCode);
  EXPECT_THAT(section.sources, ElementsAre("VC", "KS"));
}

TEST(DeviceModel, KnowsTheTypeOfAFieldByItsValue) {
  const SectionModel section = sectionOf(kSection);
  EXPECT_EQ(section.find("enabled")->kind, Value::Kind::text);
  EXPECT_EQ(section.find("seconds")->kind, Value::Kind::integer);
  EXPECT_EQ(section.find("days")->kind, Value::Kind::list);
  EXPECT_EQ(section.find("nothing"), nullptr);
}

TEST(DeviceModel, KnowsTheRulesOfAField) {
  const SectionModel section = sectionOf(kSection);
  EXPECT_THAT(section.find("enabled")->rule.allowed, ElementsAre("on", "off"));
  EXPECT_EQ(section.find("delay")->rule.minimum, 0);
  EXPECT_EQ(section.find("delay")->rule.maximum, 9);
  EXPECT_FALSE(section.find("delay")->rule.readOnly);
  EXPECT_TRUE(section.find("state")->rule.readOnly);
  EXPECT_EQ(section.find("state")->rule.maxLength, 44u);
  EXPECT_FALSE(section.find("seconds")->rule.limits());
}

TEST(DeviceModel, KnowsWhatFollowsWhat) {
  const SectionModel section = sectionOf(kSection);
  ASSERT_THAT(section.couplings, SizeIs(1));
  EXPECT_EQ(section.couplings[0].when, "enabled");
  EXPECT_EQ(section.couplings[0].target, "state");
  EXPECT_THAT(section.couplings[0].map,
              ElementsAre(std::pair("on", "up%2fon"), std::pair("off", "down")));
}

TEST(DeviceModel, KnowsTheFieldsOfATableByItsRowsAndRules) {
  const SectionModel table = sectionOf(
      R"({"kind":"table","access":"read-only","evidence":"analogue","sources":["JB"],)"
      R"("fields":{"row_1":{"a":"1"},"row_2":{"a":"2","b":3}},"rules":{"c":{"minimum":1}}})");
  EXPECT_EQ(table.kind, SectionKind::table);
  EXPECT_FALSE(table.writable);
  ASSERT_THAT(table.fields, SizeIs(3));
  EXPECT_EQ(table.fields[0].name, "a");
  EXPECT_EQ(table.fields[1].kind, Value::Kind::integer);
  EXPECT_EQ(table.fields[2].name, "c");
}

TEST(DeviceModel, LeavesActionsOut) {
  const DeviceModel model = readDeviceModel(
      profileWith(R"({"kind":"action","access":"perform","fields":{},"answer":{}})"), "c350");
  ASSERT_THAT(model.modules, SizeIs(1));
  EXPECT_THAT(model.modules[0].sections, IsEmpty());
}

TEST(DeviceModel, SaysWhereAProfileIsWrong) {
  const std::vector<std::array<std::string, 3>> cases = {
      {R"("kind":"section")", R"("kind":"drawer")", "led.config.kind: expected one of section"},
      {R"("access":"read-write")", R"("access":7)", "led.config.access: expected a string"},
      {R"("evidence":"vendor-code")", R"("evidence":"hearsay")", "led.config.evidence: 'hearsay'"},
      {R"("sources":["VC","KS"])", R"("sources":["VC",1])", "led.config.sources[1]: expected"},
      {R"("minimum":0)", R"("minimum":"0")", "rules.delay.minimum: expected an integer"},
      {R"("minimum":0)", R"("minimum":10)", "rules.delay: the minimum is above the maximum"},
      {R"("max_length":44)", R"("max_length":0)", "rules.state.max_length: expected a length"},
      {R"("read_only":true)", R"("read_only":1)", "rules.state.read_only: expected true"},
      {R"("delay":{"minimum")", R"("nothing":{"minimum")", "rules.nothing: the section has no"},
      {R"("target":"state")", R"("target":"none")", "couplings[0]: the section has no field none"},
      {R"("map":{"on":"up%2fon")", R"("map":{"on":1)", "couplings[0].map.on: expected a string"},
      {R"("fields":{)", R"("felder":{)", "led.config: has no member fields"},
  };
  for (const auto& [piece, other, message] : cases) {
    SCOPED_TRACE(other);
    const std::string error = errorOf(profileWith(sectionWith(piece, other)));
    EXPECT_THAT(error, HasSubstr("profile c350: modules."));
    EXPECT_THAT(error, HasSubstr(message));
  }
}

TEST(DeviceModel, RefusesWhatIsNoProfile) {
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"modules":[]})",
                           R"({"modules":{"led":1}})", R"({"modules":{"led":{"config":"on"}}})"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(errorOf(text), HasSubstr("profile c350: "));
  }
}

TEST(DeviceModel, ComparesTextsByWhatTheyStandFor) {
  EXPECT_TRUE(sameText("1%2F25", "1%2f25"));
  EXPECT_TRUE(sameText("2880*1620", "2880%2a1620"));
  EXPECT_FALSE(sameText("a+b", "a b"));
}

}  // namespace
}  // namespace stoklab::conformance
