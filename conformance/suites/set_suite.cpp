// Writing: CMD-SET and CMD-NIGHT. Every test remembers what it touches before it sends anything.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Eq;

const Setting kLuma{"image", "common", "luma"};
const Setting kVolume{"audio_config", "speaker", "volume"};

// A mode that is not the present one.
std::string otherMode() { return device().read(kNightMode) == "off" ? "auto_ir" : "off"; }

// A number that is not the present one, within every range that was published.
std::string otherNumber(const Setting& setting) {
  return device().read(setting) == "60" ? "61" : "60";
}

REQUIREMENT(Set, AnswersOnlyTheCode, "CMD-SET-ANSWER") {
  const Answer answer = device().change(kNightMode, otherMode());
  EXPECT_THAT(answer, HasStatus(200));
  EXPECT_THAT(answer, HasCode(0));
  ASSERT_TRUE(answer.json);
  EXPECT_THAT(answer.json->names(), testing::ElementsAre("error_code"));
}

REQUIREMENT(Set, IsReadBack, "CMD-SET-STORES") {
  const std::string mode = otherMode();
  EXPECT_THAT(device().change(kNightMode, mode), HasCode(0));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
}

REQUIREMENT(Set, AcceptsThePresentValue, "CMD-SET-SAME-VALUE") {
  EXPECT_THAT(device().change(kNightMode, device().read(kNightMode)), HasCode(0));
}

REQUIREMENT(Set, LeavesOtherFields, "CMD-SET-LEAVES-REST") {
  const Answer before = getSwitch();
  device().change(kNightMode, otherMode());
  const Answer after = getSwitch();
  const Value* old = before.at("image.switch");
  const Value* now = after.at("image.switch");
  if (old == nullptr || now == nullptr) throw Blocked("image.switch cannot be read");
  for (const Member& field : old->members) {
    if (field.name == "pre_night_vision_mode" || field.name == "night_vision_mode") continue;
    SCOPED_TRACE(field.name);
    const Value* value = now->find(field.name);
    ASSERT_TRUE(value != nullptr) << field.name << " is gone";
    EXPECT_THAT(*value, IsValue(field.value));
  }
}

REQUIREMENT(Set, TakesTheMethodLast, "CMD-SET-METHOD-LAST") {
  const std::string mode = otherMode();
  device().remember(kNightMode);
  EXPECT_THAT(device().command(R"({"image":{"switch":{"pre_night_vision_mode":)" +
                               jsonString(mode) + R"(}},"method":"set"})"),
              HasCode(0));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
}

REQUIREMENT(Set, WritesSeveralSections, "CMD-SET-SECTIONS") {
  const std::string mode = otherMode();
  const std::string luma = otherNumber(kLuma);
  device().remember(kNightMode);
  device().remember(kLuma);
  EXPECT_THAT(
      device().command(R"({"method":"set","image":{"switch":{"pre_night_vision_mode":)" +
                       jsonString(mode) + R"(},"common":{"luma":)" + jsonString(luma) + "}}}"),
      HasCode(0));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
  EXPECT_THAT(device().read(kLuma), Eq(luma));
}

REQUIREMENT(Set, WritesSeveralModules, "CMD-SET-MODULES") {
  const std::string mode = otherMode();
  const std::string volume = otherNumber(kVolume);
  device().remember(kNightMode);
  device().remember(kVolume);
  EXPECT_THAT(device().command(R"({"method":"set","image":{"switch":{"pre_night_vision_mode":)" +
                               jsonString(mode) + R"(}},"audio_config":{"speaker":{"volume":)" +
                               jsonString(volume) + "}}}"),
              HasCode(0));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
  EXPECT_THAT(device().read(kVolume), Eq(volume));
}

Answer setWithTypes(const std::string& mode) {
  device().remember(kNightMode);
  return device().command(R"({"method":"set","image":{"switch":{"types":["pre_night_vision_mode"],)"
                          R"("pre_night_vision_mode":)" +
                          jsonString(mode) + "}}}");
}

REQUIREMENT(Set, AcceptsTypes, "CMD-SET-TYPES") {
  const std::string mode = otherMode();
  EXPECT_THAT(setWithTypes(mode), HasCode(0));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
}

REQUIREMENT(Set, DoesNotStoreTypes, "CMD-SET-TYPES-NOT-STORED") {
  setWithTypes(otherMode());
  const Answer answer = getSwitch();
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Lacks("image.switch.types"));
}

REQUIREMENT(Set, AcceptsANumber, "CMD-SET-NUMBER") {
  const std::string volume = otherNumber(kVolume);
  device().remember(kVolume);
  EXPECT_THAT(device().command(setBody(kVolume, volume)), HasCode(0));
}

REQUIREMENT(Set, StoresANumberAsString, "CMD-SET-NUMBER-STORED-AS-STRING") {
  const std::string volume = otherNumber(kVolume);
  device().remember(kVolume);
  if (!device().command(setBody(kVolume, volume)).succeeded())
    throw Blocked("the number was not accepted");
  EXPECT_THAT(device().command(R"({"method":"get","audio_config":{"name":"speaker"}})"),
              Holds("audio_config.speaker.volume", TextIs(volume)));
}

// --- night vision

// Sets the preference and looks at the state that follows from it.
void expectState(const char* preference, const char* state) {
  SCOPED_TRACE(preference);
  EXPECT_THAT(device().change(kNightMode, preference), HasCode(0));
  EXPECT_THAT(device().read(kNightState), Eq(state));
}

REQUIREMENT(NightVision, FollowsHumanTriggeredColor, "CMD-NIGHT-HUMAN-COLOR") {
  device().change(kNightMode, "off");
  expectState("human_triggered_color", "md_night_vision");
}

REQUIREMENT(NightVision, FollowsWhiteLight, "CMD-NIGHT-WHITE") {
  for (const char* preference : {"auto_color", "white_led_always_on"}) {
    device().change(kNightMode, "off");
    expectState(preference, "wtl_night_vision");
  }
}

REQUIREMENT(NightVision, FollowsInfrared, "CMD-NIGHT-INFRARED") {
  for (const char* preference : {"auto_ir", "ir_always_on", "off", "custom"}) {
    device().change(kNightMode, "human_triggered_color");
    expectState(preference, "inf_night_vision");
  }
}

// Tries to write the state itself, with a value that it does not have.
Answer writeState() {
  device().remember(kNightMode);
  const bool infrared = device().read(kNightState) == "inf_night_vision";
  return device().command(
      setBody(kNightState, infrared ? "\"wtl_night_vision\"" : "\"inf_night_vision\""));
}

REQUIREMENT(NightVision, RefusesASetOfTheState, "CMD-NIGHT-STATE-READ-ONLY") {
  EXPECT_THAT(writeState(), IsRefusal());
}

REQUIREMENT(NightVision, KeepsTheState, "CMD-NIGHT-STATE-KEPT") {
  const std::string state = device().read(kNightState);
  const std::string mode = device().read(kNightMode);
  writeState();
  EXPECT_THAT(device().read(kNightState), Eq(state));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
}

}  // namespace
}  // namespace stoklab::conformance
