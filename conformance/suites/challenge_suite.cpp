// The challenge, its key and its nonce: AUTH-CHALLENGE, AUTH-KEY and AUTH-NONCE-FRESH.
#include <algorithm>
#include <set>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Eq;

REQUIREMENT(Challenge, HasItsStatus, "AUTH-CHALLENGE-STATUS") {
  const Answer answer = device().askForChallenge();
  EXPECT_THAT(answer, HasStatus(profiled().challengeStatus));
  EXPECT_THAT(answer, HasJson());
}

REQUIREMENT(Challenge, HasItsErrorCode, "AUTH-CHALLENGE-CODE") {
  EXPECT_THAT(device().askForChallenge(), HasCode(-40401));
}

REQUIREMENT(Challenge, HasItsDataCode, "AUTH-CHALLENGE-DATA-CODE") {
  EXPECT_THAT(device().askForChallenge(), HasDataCode(profiled().challengeDataCode));
}

REQUIREMENT(Challenge, ListsItsMethods, "AUTH-CHALLENGE-METHODS") {
  const auto isMethod = [](const Value& v) {
    return v.isText() && (v.text == "1" || v.text == "2");
  };
  EXPECT_THAT(device().askForChallenge(),
              Holds("data.encrypt_type", valueThat("a list of strings", [](const Value& v) {
                      return v.isList() && std::all_of(v.items.begin(), v.items.end(),
                                                       [](const Value& i) { return i.isText(); });
                    })));
  EXPECT_THAT(device().askForChallenge(),
              Holds("data.encrypt_type", valueThat("a list with 1 or 2", [=](const Value& v) {
                      return std::any_of(v.items.begin(), v.items.end(), isMethod);
                    })));
}

REQUIREMENT(Challenge, HasANonceOfEightCharacters, "AUTH-CHALLENGE-NONCE") {
  EXPECT_THAT(device().askForChallenge(), Holds("data.nonce", TextMatches("[0-9A-Za-z]{8}")));
}

REQUIREMENT(Challenge, NamesThePasswordType, "AUTH-CHALLENGE-PASSWD-TYPE") {
  const std::string& type = profiled().passwdType;
  const Answer answer = device().askForChallenge();
  if (type.empty()) {
    EXPECT_THAT(answer, Lacks("data.passwdType"));
  } else {
    EXPECT_THAT(answer, Holds("data.passwdType", TextIs(type)));
  }
}

REQUIREMENT(Challenge, TakesTheTextNull, "AUTH-CHALLENGE-ARGUMENT") {
  EXPECT_THAT(
      device().post("/", R"({"method":"do","user_management":{"get_encrypt_info":"null"}})"),
      CarriesChallenge());
}

REQUIREMENT(Challenge, TakesTheMethodLast, "AUTH-CHALLENGE-METHOD-LAST") {
  EXPECT_THAT(device().post("/", R"({"user_management":{"get_encrypt_info":null},"method":"do"})"),
              CarriesChallenge());
}

REQUIREMENT(Challenge, ComesForAPage, "AUTH-CHALLENGE-BY-PAGE") {
  EXPECT_THAT(device().get("/pc/Content.htm"), CarriesChallenge());
}

REQUIREMENT(Challenge, ComesForAnEmptyLogin, "AUTH-CHALLENGE-BY-EMPTY-LOGIN") {
  EXPECT_THAT(device().sendLogin(R"({"method":"do","login":{}})", true), CarriesChallenge());
}

REQUIREMENT(Challenge, EncodesTheKey, "AUTH-KEY-ENCODING") {
  const Answer answer = device().askForChallenge();
  ASSERT_THAT(answer, Holds("data.key", AText()));
  const std::string key = *answer.text("data.key");
  EXPECT_TRUE(isDeviceEncoded(key)) << "the key is not encoded as the device encodes: " << key;
  EXPECT_TRUE(fromBase64(percentDecode(key))) << "the decoded key is no base64";
}

REQUIREMENT(Challenge, HasAKeyOf1024Bits, "AUTH-KEY-SHAPE") {
  const Answer answer = device().askForChallenge();
  ASSERT_THAT(answer, Holds("data.key", AText()));
  const auto der = fromBase64(percentDecode(*answer.text("data.key")));
  ASSERT_TRUE(der) << "the decoded key is no base64";
  EXPECT_THAT(der->size(), Eq(profiled().keyLacksSignByte ? 161U : 162U));
  const auto shape = keyShape(profiled().keyLacksSignByte ? withSignByte(*der) : *der);
  ASSERT_TRUE(shape) << "the key is no RSA SubjectPublicKeyInfo";
  EXPECT_THAT(shape->bits, Eq(1024));
  EXPECT_THAT(shape->exponent, Eq(65537UL));
}

REQUIREMENT(Challenge, HasANonceOfItsOwn, "AUTH-NONCE-FRESH") {
  constexpr int kChallenges = 16;
  std::set<std::string> nonces;
  for (int i = 0; i < kChallenges; ++i) nonces.insert(device().challenge().nonce);
  EXPECT_THAT(nonces.size(), Eq(16U)) << "different nonces in 16 challenges";
}

}  // namespace
}  // namespace stoklab::conformance
