// Refusals of well-formed requests: ERR-UNKNOWN, ERR-ENUM, ERR-RANGE and their neighbours.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Eq;

const Setting kLuma{"image", "common", "luma"};
const Setting kVolume{"audio_config", "speaker", "volume"};

// The field codes of the image settings (section 9) lie side by side.
bool isImageCode(std::int64_t code) { return code <= -60701 && code >= -60799; }

AnswerMatcher RefusesTheChoice() {
  return answerThat("error_code -60311, -60312 or one from -60799 to -60701", [](const Answer& a) {
    const auto code = a.code();
    return code && (*code == -60311 || *code == -60312 || isImageCode(*code));
  });
}

AnswerMatcher RefusesTheNumber() {
  return answerThat("error_code from -60324 to -60321, or one from -60799 to -60701",
                    [](const Answer& a) {
                      const auto code = a.code();
                      return code && ((*code <= -60321 && *code >= -60324) || isImageCode(*code));
                    });
}

// After whatever was asked, an ordinary read has to work.
void expectService() { EXPECT_THAT(readWitness(), HasCode(0)); }

void expectCode(std::string_view body, int code) {
  EXPECT_THAT(device().command(body), HasCode(code));
  expectService();
}

REQUIREMENT(Refused, HasAnIntegerCode, "ERR-CODE-INTEGER") {
  const std::string dead(32, '0');
  const std::vector<Answer> answers = {
      device().askForChallenge(),
      readWitness(),
      device().command(R"({"method":"get","no_such_module":{"name":"none"}})"),
      device().command(R"({"method":"do","system":{"no_such_action":null}})"),
      device().commandAs(dead, getWitness()),
  };
  EXPECT_THAT(answers, testing::Each(Holds("error_code", AnInteger())));
}

REQUIREMENT(Refused, UnknownModule, "ERR-UNKNOWN-MODULE") {
  expectCode(R"({"method":"get","no_such_module":{"name":"none"}})", -40106);
}

REQUIREMENT(Refused, UnknownSection, "ERR-UNKNOWN-SECTION") {
  expectCode(R"({"method":"get","image":{"name":"no_such_section"}})", -40106);
}

REQUIREMENT(Refused, UnknownTable, "ERR-UNKNOWN-TABLE") {
  expectCode(R"({"method":"get","image":{"table":"no_such_table"}})", -40106);
}

REQUIREMENT(Refused, UnknownAction, "ERR-UNKNOWN-ACTION") {
  expectCode(R"({"method":"do","system":{"no_such_action":null}})", -40106);
}

REQUIREMENT(Refused, UnknownMethod, "ERR-UNKNOWN-METHOD") {
  expectCode(R"({"method":"guess","image":{"name":"switch"}})", -40105);
}

REQUIREMENT(Refused, SetOfAnUnknownModule, "ERR-SET-UNKNOWN-MODULE") {
  expectCode(R"({"method":"set","no_such_module":{"none":{"a":"1"}}})", -40106);
}

REQUIREMENT(Refused, SetOfAnUnknownSection, "ERR-SET-UNKNOWN-SECTION") {
  expectCode(R"({"method":"set","image":{"no_such_section":{"a":"1"}}})", -40106);
}

REQUIREMENT(Refused, SetOfAnUnknownField, "ERR-SET-UNKNOWN-FIELD") {
  device().command(R"({"method":"set","image":{"switch":{"no_such_field":"1"}}})");
  const Answer after = getSwitch();
  EXPECT_THAT(after, HasCode(0));
  EXPECT_THAT(after, Lacks("image.switch.no_such_field"));
}

REQUIREMENT(Refused, ValueOutsideItsEnumeration, "ERR-ENUM") {
  EXPECT_THAT(device().change(kNightMode, "no_such_mode"), RefusesTheChoice());
}

REQUIREMENT(Refused, ValueOutsideItsEnumerationIsNotStored, "ERR-ENUM-KEEPS") {
  const std::string before = device().read(kNightMode);
  device().change(kNightMode, "no_such_mode");
  EXPECT_THAT(device().read(kNightMode), Eq(before));
}

REQUIREMENT(Refused, NumberOutsideItsRange, "ERR-RANGE") {
  EXPECT_THAT(device().change(kLuma, "1000"), RefusesTheNumber());
}

REQUIREMENT(Refused, TextForANumber, "ERR-NOT-A-NUMBER") {
  EXPECT_THAT(device().change(kLuma, "bright"), RefusesTheNumber());
}

REQUIREMENT(Refused, NumberIsNotStored, "ERR-RANGE-KEEPS") {
  const std::string before = device().read(kLuma);
  device().change(kLuma, "1000");
  EXPECT_THAT(device().read(kLuma), Eq(before));
}

REQUIREMENT(Refused, WritesNoneOfTheFields, "ERR-ALL-OR-NOTHING") {
  device().remember(kNightMode);
  device().remember(kLuma);
  const std::string mode = device().read(kNightMode);
  const std::string luma = device().read(kLuma);
  const std::string other = luma == "60" ? "61" : "60";
  // The good field comes first, so that writing while checking would be seen.
  EXPECT_THAT(device().command(R"({"method":"set","image":{"common":{"luma":)" + jsonString(other) +
                               R"(},"switch":{"pre_night_vision_mode":"no_such_mode"}}})"),
              IsRefusal());
  EXPECT_THAT(device().read(kLuma), Eq(luma));
  EXPECT_THAT(device().read(kNightMode), Eq(mode));
}

REQUIREMENT(Refused, WritesNoneOfTheModules, "ERR-ALL-OR-NOTHING-MODULES") {
  device().remember(kVolume);
  device().remember(kNightMode);
  const std::string volume = device().read(kVolume);
  const std::string other = volume == "60" ? "61" : "60";
  EXPECT_THAT(device().command(
                  R"({"method":"set","audio_config":{"speaker":{"volume":)" + jsonString(other) +
                  R"(}},"image":{"switch":{"pre_night_vision_mode":"no_such_mode"}}})"),
              IsRefusal());
  EXPECT_THAT(device().read(kVolume), Eq(volume));
}

REQUIREMENT(Refused, ObjectForAString, "ERR-VALUE-OBJECT") {
  device().remember(kNightMode);
  const std::string before = device().read(kNightMode);
  EXPECT_THAT(device().command(setBody(kNightMode, R"({"a":"b"})")), IsRefusal());
  EXPECT_THAT(device().read(kNightMode), Eq(before));
}

}  // namespace
}  // namespace stoklab::conformance
