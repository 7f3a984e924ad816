#include "suites/common.h"

#include <algorithm>

namespace stoklab::conformance {

std::string otherNightValue() {
  const Setting& setting = device().nightSetting();
  const bool preference = setting == kNightMode;
  const std::string one = preference ? "off" : "wtl_night_vision";
  const std::string two = preference ? "auto_ir" : "inf_night_vision";
  return device().read(setting) == one ? two : one;
}

bool areRows(const Value& table) {
  if (profiled().tablesAreObjects) {
    return table.isObject() && std::all_of(table.members.begin(), table.members.end(),
                                           [](const Member& row) { return row.value.isObject(); });
  }
  return table.isList() &&
         std::all_of(table.items.begin(), table.items.end(), [](const Value& row) {
           return row.members.size() == 1 && row.members.front().value.isObject();
         });
}

AnswerMatcher CarriesChallenge() {
  return answerThat("a challenge: data.key, data.nonce and data.encrypt_type", [](const Answer& a) {
    const Value* types = a.at("data.encrypt_type");
    return challengeIn(a).has_value() && types != nullptr && types->isList();
  });
}

AnswerMatcher IsLoggedIn() {
  return answerThat("error_code 0 and a token stok", [](const Answer& a) {
    return a.code() == 0 && !a.text("stok").value_or("").empty();
  });
}

AnswerMatcher IsLocked() {
  return answerThat("the code -40404, on top or in data", [](const Answer& a) {
    return a.code() == -40404 || a.integer("data.code") == -40404;
  });
}

}  // namespace stoklab::conformance
