// Reading: CMD-GET.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

// The members of a section, or the end of the test.
const Value& sectionOf(const Answer& answer, std::string_view path) {
  const Value* section = answer.at(path);
  if (section == nullptr || !section->isObject())
    throw Blocked("the answer holds no object " + std::string(path));
  return *section;
}

// The order of two names among the members of an object.
std::vector<std::string> orderOf(const Value& object, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : object.names()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) out.push_back(name);
  }
  return out;
}

ValueMatcher AreRows() {
  return valueThat(profiled().tablesAreObjects ? "an object of rows, each an object"
                                               : "a list of objects, each with one object in it",
                   areRows);
}

// "image.switch"
std::string witnessPath() { return device().witness().module + "." + device().witness().section; }

REQUIREMENT(Get, AnswersASection, "CMD-GET-STRING") {
  const Answer answer = readWitness();
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds(witnessPath(), AnObject()));
  if (!device().offers("device_info.basic_info").value_or(true)) return;
  const Answer other = device().command(R"({"method":"get","device_info":{"name":"basic_info"}})");
  EXPECT_THAT(other, HasCode(0));
  EXPECT_THAT(other, Holds("device_info.basic_info", AnObject()));
}

REQUIREMENT(Get, AnswersSeveralSections, "CMD-GET-LIST") {
  const Answer answer =
      device().command(R"({"method":"get","image":{"name":["switch","common"]}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("image.switch", AnObject()));
  EXPECT_THAT(answer, Holds("image.common", AnObject()));
}

REQUIREMENT(Get, KeepsTheOrderOfTheRequest, "CMD-GET-LIST-ORDER") {
  const std::vector<std::string> both = {"switch", "common"};
  const Answer one = device().command(R"({"method":"get","image":{"name":["switch","common"]}})");
  const Answer two = device().command(R"({"method":"get","image":{"name":["common","switch"]}})");
  EXPECT_THAT(orderOf(sectionOf(one, "image"), both), ElementsAre("switch", "common"));
  EXPECT_THAT(orderOf(sectionOf(two, "image"), both), ElementsAre("common", "switch"));
}

REQUIREMENT(Get, AnswersATable, "CMD-GET-TABLE") {
  const Answer answer = device().command(R"({"method":"get","OSD":{"table":"label_info"}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("OSD.label_info", AreRows()));
}

REQUIREMENT(Get, AnswersAListOfTables, "CMD-GET-TABLE-LIST") {
  const Answer answer = device().command(R"({"method":"get","OSD":{"table":["label_info"]}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("OSD.label_info", AreRows()));
}

REQUIREMENT(Get, AnswersSectionsAndTables, "CMD-GET-NAME-AND-TABLE") {
  const Answer answer =
      device().command(R"({"method":"get","OSD":{"name":["date"],"table":["label_info"]}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("OSD.date", AnObject()));
  EXPECT_THAT(answer, Holds("OSD.label_info", AreRows()));
}

REQUIREMENT(Get, AnswersAnEmptyTable, "CMD-GET-EMPTY-TABLE") {
  const Answer answer = device().command(R"({"method":"get","user_management":{"table":"guest"}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("user_management.guest", AnEmptyList()));
}

REQUIREMENT(Get, AnswersSeveralModules, "CMD-GET-MODULES") {
  const Answer answer = device().command(
      R"({"method":"get","image":{"name":"switch"},"audio_config":{"name":"speaker"}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("image.switch", AnObject()));
  EXPECT_THAT(answer, Holds("audio_config.speaker", AnObject()));
}

REQUIREMENT(Get, MirrorsTheRequest, "CMD-GET-MIRROR") {
  const Setting& witness = device().witness();
  const Answer answer = readWitness();
  if (!answer.json) throw Blocked("the answer is no JSON");
  EXPECT_THAT(answer.json->names(), UnorderedElementsAre(witness.module, "error_code"));
  EXPECT_THAT(sectionOf(answer, witness.module).names(), ElementsAre(witness.section));
}

REQUIREMENT(Get, TakesTheMethodLast, "CMD-GET-METHOD-LAST") {
  const Setting& witness = device().witness();
  const Answer answer = device().command("{" + jsonString(witness.module) + R"(:{"name":)" +
                                         jsonString(witness.section) + R"(},"method":"get"})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds(witnessPath(), AnObject()));
}

REQUIREMENT(Get, IsTheSameTwice, "CMD-GET-SAME-TWICE") {
  const Answer first = readWitness();
  EXPECT_THAT(readWitness(), Holds(witnessPath(), IsValue(sectionOf(first, witnessPath()))));
}

REQUIREMENT(Get, ShowsNoMetaMembers, "CMD-GET-NO-META") {
  const auto names = sectionOf(readWitness(), witnessPath()).names();
  if (profiled().metaKeys) {
    EXPECT_THAT(names, testing::IsSupersetOf({".name", ".type"}));
  } else {
    EXPECT_THAT(names, testing::Each(testing::Not(testing::StartsWith("."))));
  }
}

REQUIREMENT(Get, ShowsStrings, "CMD-GET-STRINGS") {
  const Answer answer = getSwitch();
  for (const Member& field : sectionOf(answer, "image.switch").members) {
    if (field.name.starts_with('.')) continue;  // about the section, and no field of it (E7)
    SCOPED_TRACE(field.name);
    EXPECT_THAT(field.value, AText());
  }
}

REQUIREMENT(Get, EncodesStrings, "CMD-GET-ENCODED") {
  const Answer answer = device().command(R"({"method":"get","device_info":{"name":"basic_info"}})");
  bool anyEncoded = false;
  for (const Member& field : sectionOf(answer, "device_info.basic_info").members) {
    if (!field.value.isText()) continue;
    EXPECT_TRUE(isDeviceEncoded(field.value.text)) << field.name << " is " << field.value.text;
    anyEncoded = anyEncoded || field.value.text.find('%') != std::string::npos;
  }
  EXPECT_TRUE(anyEncoded) << "no value of device_info.basic_info has a space to be encoded";
}

REQUIREMENT(Get, ShowsLiveNumbers, "CMD-GET-LIVE-NUMBER") {
  EXPECT_THAT(device().command(R"({"method":"get","system":{"name":"clock_status"}})"),
              Holds("system.clock_status.seconds_from_1970", AnInteger()));
}

REQUIREMENT(Get, ShowsTheCapturedFields, "CMD-GET-SWITCH-FIELDS") {
  const std::vector<std::string> captured = {"schedule_end_time",
                                             "schedule_start_time",
                                             "clear_licence_plate_mode",
                                             "switch_mode",
                                             "rotate_type",
                                             "flip_type",
                                             "flicker",
                                             "ldc",
                                             "night_vision_mode",
                                             "pre_night_vision_mode",
                                             "full_color_people_enhance",
                                             "full_color_vehicle_enhance",
                                             "full_color_min_keep_time",
                                             "wtl_intensity_level",
                                             "overexposure_people_suppression",
                                             "best_view_distance",
                                             "image_scene_mode",
                                             "image_scene_mode_common",
                                             "image_scene_mode_shedday",
                                             "image_scene_mode_shednight",
                                             "image_scene_mode_autoday"};
  const Answer answer = getSwitch();
  EXPECT_THAT(sectionOf(answer, "image.switch").names(), IsSupersetOf(captured));
}

REQUIREMENT(Get, ShowsKnownNightValues, "CMD-GET-NIGHT-VALUES") {
  const Answer answer = getSwitch();
  EXPECT_THAT(answer, Holds("image.switch.pre_night_vision_mode",
                            TextMatches("human_triggered_color|auto_color|auto_ir|"
                                        "white_led_always_on|ir_always_on|off|custom")));
  EXPECT_THAT(answer, Holds("image.switch.night_vision_mode",
                            TextMatches("inf_night_vision|wtl_night_vision|md_night_vision")));
}

}  // namespace
}  // namespace stoklab::conformance
