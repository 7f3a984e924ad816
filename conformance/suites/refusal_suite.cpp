// Logins that are refused: AUTH-REFUSED, AUTH-ATTEMPTS, AUTH-NO-ENCRYPT-TYPE, AUTH-HASH,
// AUTH-NONCE. A device counts them, so each suite here gets an emulator of its own and stays below
// the usual limit; what one refusal can show is judged on one refusal.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Not;

SUITE_NEEDS_OWN_EMULATOR(Refusal);
SUITE_NEEDS_OWN_EMULATOR(LoginWithoutType);
SUITE_NEEDS_OWN_EMULATOR(Hash);
SUITE_NEEDS_OWN_EMULATOR(UnusableLogin);
SUITE_NEEDS_OWN_EMULATOR(Nonce);

const LoginShape kWrong{.password = "certainly not the password"};

Answer refuse() { return device().login(kWrong, true); }

// The first wrong password of the suite, with the challenge that it used.
struct FirstRefusal {
  Challenge used;
  Answer answer;
};
const FirstRefusal& firstRefusal() {
  static const FirstRefusal story = [] {
    const Challenge used = device().challenge();
    return FirstRefusal{used, device().login(kWrong, used, true)};
  }();
  return story;
}

// What a refusal says is left, or the end of the test.
std::int64_t attemptsLeft(const Answer& answer) {
  const auto left = answer.integer("data.time");
  if (!left) throw Blocked("the refusal does not say how many attempts are left");
  return *left;
}

REQUIREMENT(Refusal, HasItsErrorCode, "AUTH-REFUSED-CODE") {
  EXPECT_THAT(firstRefusal().answer, HasCode(-40401));
}

REQUIREMENT(Refusal, HasItsDataCode, "AUTH-REFUSED-DATA-CODE") {
  EXPECT_THAT(firstRefusal().answer, HasDataCode(-40401));
}

REQUIREMENT(Refusal, HasItsStatus, "AUTH-REFUSED-STATUS") {
  EXPECT_THAT(firstRefusal().answer, HasStatus(profiled().refusedStatus));
  EXPECT_THAT(firstRefusal().answer, HasJson());
}

REQUIREMENT(Refusal, CountsTheAttemptsLeft, "AUTH-REFUSED-ATTEMPTS") {
  const Answer& answer = firstRefusal().answer;
  ASSERT_THAT(answer, Holds("data.max_time", IntegerBetween(1, 100)));
  EXPECT_THAT(answer, Holds("data.time", IntegerBetween(0, *answer.integer("data.max_time") - 1)));
}

REQUIREMENT(Refusal, CarriesAFreshChallenge, "AUTH-REFUSED-CHALLENGE") {
  const FirstRefusal& refusal = firstRefusal();
  EXPECT_THAT(refusal.answer, CarriesChallenge());
  EXPECT_THAT(refusal.answer, Not(Holds("data.nonce", TextIs(refusal.used.nonce))));
}

REQUIREMENT(Refusal, CarriesNoToken, "AUTH-REFUSED-NO-TOKEN") {
  EXPECT_THAT(firstRefusal().answer, Not(HasCode(0)));
  EXPECT_THAT(firstRefusal().answer, Lacks("stok"));
}

REQUIREMENT(Refusal, LeavesOneAttemptLess, "AUTH-ATTEMPTS-COUNT-DOWN") {
  const std::int64_t first = attemptsLeft(refuse());
  EXPECT_THAT(refuse(), Holds("data.time", IntegerIs(first - 1)));
}

REQUIREMENT(Refusal, CarriesAChallengeThatWorks, "AUTH-REFUSED-CHALLENGE-USABLE") {
  const auto challenge = challengeIn(refuse());
  if (!challenge) throw Blocked("the refusal carries no challenge");
  EXPECT_THAT(device().login({}, *challenge, true), IsLoggedIn());
}

REQUIREMENT(LoginWithoutType, IsRefused, "AUTH-NO-ENCRYPT-TYPE-REFUSED") {
  EXPECT_THAT(device().login({.encryptType = ""}, true), HasCode(-40401));
}

REQUIREMENT(LoginWithoutType, CostsNoAttempt, "AUTH-NO-ENCRYPT-TYPE-FREE") {
  const std::int64_t before = attemptsLeft(refuse());
  device().login({.password = kWrong.password, .encryptType = ""}, true);
  EXPECT_THAT(refuse(), Holds("data.time", IntegerIs(before - 1)));
}

REQUIREMENT(Hash, HasTheSaltFirst, "AUTH-HASH-SALT-FIRST") {
  EXPECT_THAT(device().login({.hash = HashForm::saltLastUpper}, true), IsRefusal());
}

REQUIREMENT(Hash, IsUpperCase, "AUTH-HASH-UPPER-CASE") {
  EXPECT_THAT(device().login({.hash = HashForm::saltFirstLower}, true), IsRefusal());
}

REQUIREMENT(UnusableLogin, WithoutANonce, "AUTH-NONCE-REQUIRED") {
  EXPECT_THAT(device().login({.nonce = ""}, true), IsRefusal());
}

REQUIREMENT(UnusableLogin, WithRandomCiphertext, "AUTH-CIPHERTEXT-RANDOM") {
  std::string bytes(128, '\x5a');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37 % 251);
  EXPECT_THAT(device().login({.ciphertext = toBase64(bytes)}, true), HasCode(-40401));
}

REQUIREMENT(UnusableLogin, WithThePaddingOfASignature, "AUTH-PADDING") {
  EXPECT_THAT(device().login({.padding = Padding::signature}, true), IsRefusal());
}

REQUIREMENT(UnusableLogin, WithCiphertextThatIsNoBase64, "AUTH-CIPHERTEXT-NOT-BASE64") {
  EXPECT_THAT(device().login({.ciphertext = "(this is no base64)"}, true), HasCode(-40401));
}

REQUIREMENT(UnusableLogin, WithAnEmptyPassword, "AUTH-PASSWORD-EMPTY") {
  EXPECT_THAT(device().login({.ciphertext = ""}, true), IsRefusal());
}

REQUIREMENT(UnusableLogin, OfAnUnknownUser, "AUTH-USER-UNKNOWN") {
  EXPECT_THAT(device().login({.username = "nobody"}, true), HasCode(-40401));
}

REQUIREMENT(Nonce, IsGoodForOneLogin, "AUTH-NONCE-SINGLE-USE") {
  const Challenge challenge = device().challenge();
  if (!device().login({}, challenge, true).succeeded()) throw Blocked("the login was refused");
  const Answer again = device().login({}, challenge, true);
  EXPECT_THAT(again, HasDataCode(-40410));
}

REQUIREMENT(Nonce, MustHaveBeenGivenOut, "AUTH-NONCE-UNKNOWN") {
  const Answer answer = device().login({.nonce = "zzzzzzzz"}, true);
  EXPECT_THAT(answer, HasDataCode(-40410));
}

}  // namespace
}  // namespace stoklab::conformance
