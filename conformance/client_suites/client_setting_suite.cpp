// Settings as the client reads and writes them: CLIENT-GET and CLIENT-SET. What it reads is
// compared with what the judge reads; what it writes, the judge reads back.
#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "client_suites/client.h"
#include "harness/aspects.h"
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using client::NightVision;
using protocol::Json;
using protocol::SettingPath;
using testing::Eq;

const SettingPath kBrightness{"image", "common", "luma"};
const SettingPath kLoudness{"audio_config", "speaker", "volume"};

// What the client has to make of a value on the wire.
std::string decoded(const Value& value) {
  if (value.isText()) return printJson(Json(percentDecode(value.text)));
  return toText(value);
}

// Keys that begin with a dot say something about a section, and are no fields (E7).
bool isField(std::string_view key) { return !key.starts_with('.'); }

// The fields of `section` as the judge sees them, and as the client gave them.
void expectFields(const Value& section, const Json& given) {
  const auto named = [](const Member& member) { return isField(member.name); };
  const auto keyed = [](const auto& member) { return isField(member.key); };
  EXPECT_THAT(std::count_if(given.members()->begin(), given.members()->end(), keyed),
              Eq(std::count_if(section.members.begin(), section.members.end(), named)));
  for (const Member& field : section.members) {
    if (!isField(field.name)) continue;
    const Json* value = given.find(field.name);
    ASSERT_TRUE(value != nullptr) << "the client has lost " << field.name;
    EXPECT_THAT(field.name + ": " + printJson(*value),
                Eq(field.name + ": " + decoded(field.value)));
  }
}

REQUIREMENT(ClientGet, ReadsASection, "CLIENT-GET-SECTION") {
  const auto given = sharedClient().camera.get(SettingPath{"image", "switch"});
  ASSERT_THAT(outcomeOf(given, "image.switch"), Succeeds());
  const Answer answer = getSwitch();
  const Value* section = answer.at("image.switch");
  if (section == nullptr) throw Blocked("the judge cannot read image.switch");
  expectFields(*section, *given);
}

REQUIREMENT(ClientGet, ReadsSeveralAtOnce, "CLIENT-GET-SEVERAL") {
  Client& client = sharedClient();
  static_cast<void>(client.camera.get(nightPath()));  // whatever ended the session is over now
  client.transport.forget();
  const auto given =
      client.camera.get(std::vector<SettingPath>{nightPath(), kBrightness, kLoudness});
  EXPECT_THAT(client.transport.sent(), Eq(1));
  const std::vector<Json> seen = {
      percentDecode(device().read(device().nightSetting())),
      percentDecode(device().read({"image", "common", "luma"})),
      percentDecode(device().read({"audio_config", "speaker", "volume"}))};
  EXPECT_THAT(outcomeOf(given, "three settings"), Gives(Json::array(seen)));
}

REQUIREMENT(ClientGet, ReadsATable, "CLIENT-GET-TABLE") {
  const auto given = sharedClient().session.getTable("OSD", "label_info");
  ASSERT_THAT(outcomeOf(given, "OSD.label_info"), Succeeds());
  const Answer answer = device().command(R"({"method":"get","OSD":{"table":"label_info"}})");
  const Value* table = answer.at("OSD.label_info");
  if (table == nullptr) throw Blocked("the judge cannot read OSD.label_info");
  // A list of objects of one member each, or one object (D4).
  std::vector<Member> rows = table->members;
  for (const Value& item : table->items)
    rows.insert(rows.end(), item.members.begin(), item.members.end());
  EXPECT_THAT(given->size(), Eq(rows.size()));
  for (const Member& row : rows) {
    const Json* fields = given->find(row.name);
    ASSERT_TRUE(fields != nullptr) << "the client has lost " << row.name;
    expectFields(row.value, *fields);
  }
}

REQUIREMENT(ClientGet, BringsTheAnswerOfAnAction, "CLIENT-ACTION") {
  const auto reply = sharedClient().session.perform("system", "get_user_id");
  ASSERT_THAT(outcomeOf(reply, "system.get_user_id"), Succeeds());
  const Json* id = reply->body.at({"system", "user_id"});
  ASSERT_TRUE(id != nullptr) << "the answer holds no system.user_id";
  EXPECT_THAT(kindName(*id), Eq("integer"));
}

// --- set, read back, put back

// A setting that can be changed without harm, and two values of which it has at most one.
struct Choice {
  Setting setting;
  std::string_view one, other;
};

Setting inRow(std::string row, std::string field) { return {"OSD", row, field, "label_info"}; }

SettingPath writePath(const Setting& s) { return {s.module, s.section, s.field}; }

// As the client reads it: a row's field is a part of the row, below the table.
Outcome readByClient(const Setting& s) {
  const std::string name = writePath(s).text();
  if (s.table.empty()) return outcomeOf(sharedClient().camera.get(writePath(s)), name);
  const auto rows = sharedClient().session.getTable(s.module, s.table);
  if (!rows) return outcomeOf(rows, name);
  const Json* value = rows->at({s.section, s.field});
  return outcomeOf(client::Result<Json>(value == nullptr ? Json() : *value), name);
}

void changeThereAndBack(const Choice& choice) {
  const Setting& setting = choice.setting;
  const std::string name = writePath(setting).text();
  client::Camera& camera = sharedClient().camera;
  device().remember(setting);
  const std::string old = percentDecode(device().read(setting));
  const std::string value(old == choice.one ? choice.other : choice.one);

  ASSERT_THAT(outcomeOf(camera.set(writePath(setting), value), "set " + name), Succeeds());
  EXPECT_THAT(readByClient(setting), Gives(value));
  EXPECT_THAT(name + ": " + percentDecode(device().read(setting)), Eq(name + ": " + value));

  ASSERT_THAT(outcomeOf(camera.set(writePath(setting), old), "put back " + name), Succeeds());
  EXPECT_THAT(readByClient(setting), Gives(old));
  EXPECT_THAT(name + ": " + percentDecode(device().read(setting)), Eq(name + ": " + old));
}

// Leaves out what the device does not have, and what may only be done to an emulator.
void changeEach(std::span<const Choice> choices) {
  bool any = false;
  for (const Choice& choice : choices) {
    const Setting& s = choice.setting;
    const std::string path = s.module + "." + (s.table.empty() ? s.section : s.table + "[]");
    if (!mayDisrupt() && !hazardOf(s.module, s.section, s.field).empty()) continue;
    if (device().offers(path) == false || !device().tryToRead(s)) continue;
    any = true;
    changeThereAndBack(choice);
  }
  if (!any) throw NotApplicable("the device has none of these settings");
}

REQUIREMENT(ClientSet, ChangesTheImage, "CLIENT-SET-IMAGE") {
  const std::array choices = {
      Choice{{"image", "switch", "pre_night_vision_mode"}, "off", "auto_ir"},
      Choice{{"image", "switch", "flicker"}, "60hz", "50hz"},
      Choice{{"image", "switch", "flip_type"}, "center", "off"},
      Choice{{"image", "switch", "ldc"}, "on", "off"},
      Choice{{"image", "switch", "wtl_intensity_level"}, "2", "4"},
      Choice{{"image", "switch", "full_color_people_enhance"}, "on", "off"},
      Choice{{"image", "switch", "full_color_vehicle_enhance"}, "on", "off"},
      Choice{{"image", "switch", "overexposure_people_suppression"}, "on", "off"},
      Choice{{"image", "switch", "schedule_start_time"}, "25200", "21600"},
      Choice{{"image", "switch", "schedule_end_time"}, "61200", "64800"},
      Choice{{"image", "common", "luma"}, "45", "55"},
      Choice{{"image", "common", "contrast"}, "45", "55"},
      Choice{{"image", "common", "saturation"}, "45", "55"},
      Choice{{"image", "common", "sharpness"}, "45", "55"},
      Choice{{"image", "common", "wide_dynamic"}, "on", "off"},
  };
  changeEach(choices);
}

REQUIREMENT(ClientSet, ChangesTheOverlay, "CLIENT-SET-OSD") {
  const std::array choices = {
      Choice{{"OSD", "date", "enabled"}, "off", "on"},
      Choice{{"OSD", "date", "x_coor"}, "1100", "1000"},
      Choice{{"OSD", "week", "enabled"}, "on", "off"},
      Choice{{"OSD", "week", "y_coor"}, "600", "500"},
      Choice{{"OSD", "font", "size"}, "32", "auto"},
      Choice{inRow("label_info_1", "enabled"), "off", "on"},
      Choice{inRow("label_info_1", "text"), "east gate", "west gate"},
      Choice{inRow("label_info_1", "x_coor"), "1200", "1000"},
  };
  changeEach(choices);
}

REQUIREMENT(ClientSet, ChangesTheSound, "CLIENT-SET-AUDIO") {
  const std::array choices = {
      Choice{{"audio_config", "speaker", "volume"}, "60", "61"},
      Choice{{"audio_config", "speaker", "mute"}, "on", "off"},
      Choice{{"audio_config", "microphone", "volume"}, "60", "61"},
      Choice{{"audio_config", "microphone", "mute"}, "on", "off"},
      Choice{{"audio_config", "microphone", "noise_cancelling"}, "off", "on"},
      Choice{{"audio_config", "microphone", "echo_cancelling"}, "on", "off"},
  };
  changeEach(choices);
}

REQUIREMENT(ClientSet, ChangesWhatIsDetected, "CLIENT-SET-DETECTION") {
  const std::array choices = {
      Choice{{"motion_detection", "motion_det", "enabled"}, "off", "on"},
      Choice{{"motion_detection", "motion_det", "digital_sensitivity"}, "40", "60"},
      Choice{{"motion_detection", "motion_det", "people_enabled"}, "on", "off"},
      Choice{{"motion_detection", "motion_det", "vehicle_enabled"}, "on", "off"},
      Choice{{"motion_detection", "sound_alarm_info", "sound_alarm_times"}, "2", "3"},
      Choice{{"tamper_detection", "tamper_det", "enabled"}, "on", "off"},
      Choice{{"tamper_detection", "tamper_det", "digital_sensitivity"}, "40", "60"},
      Choice{{"linecrossing_detection", "detection", "enabled"}, "on", "off"},
      Choice{{"led", "config", "enabled"}, "off", "on"},
  };
  changeEach(choices);
}

REQUIREMENT(ClientSet, WritesSeveralAtOnce, "CLIENT-SET-SEVERAL") {
  const Setting luma{"image", "common", "luma"};
  const Setting volume{"audio_config", "speaker", "volume"};
  for (const Setting& setting : {device().nightSetting(), luma, volume}) device().remember(setting);
  const std::string mode = otherNightValue();
  Client& client = sharedClient();
  static_cast<void>(client.camera.get(nightPath()));
  client.transport.forget();
  // A number travels as a string, because that is what the device keeps (W7).
  EXPECT_THAT(
      outcomeOf(client.camera.set({{nightPath(), mode}, {kBrightness, 47}, {kLoudness, "62"}}),
                "set of three"),
      Succeeds());
  EXPECT_THAT(client.transport.sent(), Eq(1));
  EXPECT_THAT(device().read(device().nightSetting()), Eq(mode));
  EXPECT_THAT(device().read(luma), Eq("47"));
  EXPECT_THAT(device().read(volume), Eq("62"));
}

REQUIREMENT(ClientSet, ChoosesNightVision, "CLIENT-NIGHT-VISION") {
  client::Camera& camera = sharedClient().camera;
  const auto generation = camera.nightVisionGeneration();
  if (!generation) throw Blocked("the client cannot tell how night vision is written");
  const bool split = *generation == client::NightVisionGeneration::split;
  device().remember(split ? kNightMode : kNightState);
  const std::vector<NightVision> modes =
      split ? std::vector{NightVision::off, NightVision::irAlwaysOn, NightVision::autoIr}
            : std::vector{NightVision::autoColor, NightVision::autoIr};
  for (const NightVision mode : modes) {
    const std::string name(toText(mode));
    EXPECT_THAT(outcomeOf(camera.setNightVision(mode), "set to " + name), Succeeds());
    EXPECT_THAT(outcomeOf(camera.nightVision(), "night vision"), Gives(name));
    const std::string seen = split ? device().read(kNightMode) : name;
    EXPECT_THAT(seen, Eq(name));
  }
}

// --- text and rows

REQUIREMENT(ClientText, SurvivesThereAndBack, "CLIENT-TEXT") {
  const Setting label = inRow("label_info_1", "text");
  device().remember(label);
  for (const char* text : {"Gate 7, \"east/west\"", "a+b=c&d", "100%25 of it", "caf\xc3\xa9"}) {
    ASSERT_THAT(outcomeOf(sharedClient().camera.set(writePath(label), text), "set"), Succeeds());
    EXPECT_THAT(readByClient(label), Gives(text));
    EXPECT_THAT(percentDecode(device().read(label)), Eq(text));
  }
}

bool hasOperator(client::Session& session) {
  const auto rows = session.getTable("user_management", "admin");
  if (!rows) throw Blocked("the client cannot read the table of operators");
  return rows->find("admin_8") != nullptr;
}

// Takes the row away again, whatever the test did.
struct Cleanup {
  Cleanup() = default;
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;
  ~Cleanup() {
    try {
      device().command(R"({"method":"delete","user_management":{"name":["admin_8"]}})");
    } catch (const std::exception&) {
      // Whatever is wrong now was wrong in the test already.
    }
  }
};

REQUIREMENT(ClientRows, ComeAndGo, "CLIENT-ROWS") {
  client::Session& session = sharedClient().session;
  const Cleanup cleanup;
  EXPECT_THAT(
      outcomeOf(
          session.add("user_management", "admin", "admin_8",
                      Json::object({{"username", "client"}, {"comment", ""}, {"ciphertext", ""}})),
          "add"),
      Succeeds());
  EXPECT_TRUE(hasOperator(session)) << "the row was not added";
  EXPECT_THAT(outcomeOf(session.remove("user_management", {"admin_8"}), "delete"), Succeeds());
  EXPECT_FALSE(hasOperator(session)) << "the row was not deleted";
}

}  // namespace
}  // namespace stoklab::conformance
