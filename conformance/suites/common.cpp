#include "suites/common.h"

namespace stoklab::conformance {

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
