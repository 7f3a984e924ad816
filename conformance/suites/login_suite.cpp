// Logins that are accepted: AUTH-LOGIN. What one login can show is judged on the one that opened
// the session of the run.
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Ne;

REQUIREMENT(Login, AnswersWithAToken, "AUTH-LOGIN-SHAPE") {
  const Answer& answer = device().sessionLogin();
  EXPECT_THAT(answer, HasStatus(200));
  EXPECT_THAT(answer, Holds("error_code", IntegerIs(0)));
  EXPECT_THAT(answer, Holds("stok", TextMatches(".+")));
}

REQUIREMENT(Login, NamesTheGroup, "AUTH-LOGIN-GROUP") {
  const Answer& answer = device().sessionLogin();
  if (!answer.succeeded()) throw Blocked("the login was refused");
  EXPECT_THAT(answer, Holds("user_group", TextIs("root")));
}

REQUIREMENT(Login, GivesATokenOfLettersAndDigits, "AUTH-LOGIN-TOKEN-ALPHABET") {
  EXPECT_THAT(device().session(), testing::MatchesRegex("[0-9A-Za-z]{8,}"));
}

REQUIREMENT(Login, AcceptsType2, "AUTH-LOGIN-TYPE2") {
  EXPECT_THAT(device().sessionLogin(), IsLoggedIn());
}

REQUIREMENT(Login, AcceptsType1, "AUTH-LOGIN-TYPE1") {
  EXPECT_THAT(device().login({.encryptType = "1"}, true), IsLoggedIn());
}

REQUIREMENT(Login, AcceptsTheSecondKey, "AUTH-LOGIN-KEY2") {
  EXPECT_THAT(device().loginWithSecondKey(true), IsLoggedIn());
}

REQUIREMENT(Login, AcceptsRawBase64, "AUTH-LOGIN-RAW") {
  EXPECT_THAT(device().login({.form = PasswordForm::raw}, true), IsLoggedIn());
}

REQUIREMENT(Login, AcceptsPartlyEncodedBase64, "AUTH-LOGIN-PARTLY-ENCODED") {
  EXPECT_THAT(device().login({.form = PasswordForm::partlyEncoded}, true), IsLoggedIn());
}

REQUIREMENT(Login, TakesTheMethodLast, "AUTH-LOGIN-METHOD-LAST") {
  EXPECT_THAT(device().login({.methodLast = true}, true), IsLoggedIn());
}

REQUIREMENT(Login, GivesEachLoginATokenOfItsOwn, "AUTH-LOGIN-DISTINCT-TOKENS") {
  const std::string first = device().newSession();
  EXPECT_THAT(device().newSession(), Ne(first));
}

}  // namespace
}  // namespace stoklab::conformance
