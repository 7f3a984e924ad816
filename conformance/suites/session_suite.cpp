// Tokens, dead tokens and logout: SESS, but for what many logins do.
#include <cctype>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Not;

// Of the right shape, and nobody's.
constexpr std::string_view kNoToken = "0123456789abcdef0123456789abcdef";

Answer deadToken() { return device().commandAs(kNoToken, getWitness()); }

REQUIREMENT(Token, StandsInThePath, "SESS-TOKEN-IN-PATH") {
  const Answer answer = readWitness();
  EXPECT_THAT(answer, HasStatus(200));
  EXPECT_THAT(answer, HasCode(0));
}

REQUIREMENT(Token, MayBeEncoded, "SESS-TOKEN-ENCODED") {
  const std::string path = "/stok=" + percentEncodeAll(device().session()) + "/ds";
  EXPECT_THAT(device().post(path, getWitness()), HasCode(0));
}

REQUIREMENT(Token, IsNotTiedToAConnection, "SESS-ANY-CONNECTION") {
  const HttpRequest get{.path = "/stok=" + percentEncode(device().session(), false) + "/ds",
                        .body = getWitness()};
  Connection connection = device().connect();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = device().exchange(connection, get);
    EXPECT_THAT(answer, HasCode(0));
    if (answer.http.header("Connection") == "close") connection = device().connect();
  }
  EXPECT_THAT(readWitness(), HasCode(0));
  EXPECT_THAT(readWitness(), HasCode(0));
}

REQUIREMENT(Token, LivesBesideAnother, "SESS-TWO-COEXIST") {
  const std::string first = device().newSession();
  const std::string second = device().newSession();
  EXPECT_THAT(device().commandAs(first, getWitness()), HasCode(0));
  EXPECT_THAT(device().commandAs(second, getWitness()), HasCode(0));
}

REQUIREMENT(DeadToken, HasItsStatus, "SESS-DEAD-TOKEN-STATUS") {
  EXPECT_THAT(deadToken(), HasStatus(profiled().deadTokenStatus));
}

REQUIREMENT(DeadToken, HasItsErrorCode, "SESS-DEAD-TOKEN-CODE") {
  EXPECT_THAT(deadToken(), HasCode(-40401));
}

REQUIREMENT(DeadToken, BringsAChallenge, "SESS-DEAD-TOKEN-CHALLENGE") {
  EXPECT_THAT(deadToken(), CarriesChallenge());
}

REQUIREMENT(DeadToken, BringsAChallengeThatWorks, "SESS-DEAD-TOKEN-LOGIN") {
  const auto challenge = challengeIn(deadToken());
  if (!challenge) throw Blocked("the answer to a dead token carries no challenge");
  EXPECT_THAT(device().login({}, *challenge, false), IsLoggedIn());
}

REQUIREMENT(DeadToken, ReadsNothingWithoutAPath, "SESS-NO-TOKEN") {
  const Answer answer = device().post("/", getWitness());
  EXPECT_THAT(answer, IsRefusal());
  EXPECT_THAT(answer, Lacks(device().witness().module));
}

REQUIREMENT(DeadToken, MayNotBeEmpty, "SESS-EMPTY-TOKEN") {
  EXPECT_THAT(device().commandAs("", getWitness()), IsRefusal());
}

REQUIREMENT(DeadToken, IsOneInAnotherCase, "SESS-WRONG-CASE-TOKEN") {
  std::string token = device().session();
  for (char& c : token) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(std::isupper(byte) != 0 ? std::tolower(byte) : std::toupper(byte));
  }
  if (token == device().session()) throw NotApplicable("the token has no letters");
  EXPECT_THAT(device().commandAs(token, getWitness()), IsRefusal());
}

REQUIREMENT(DeadToken, WritesNothing, "SESS-DEAD-TOKEN-WRITES-NOTHING") {
  if (device().witness().module != "image")
    throw NotApplicable("the device has no setting of a picture");
  const Setting& setting = device().nightSetting();
  device().remember(setting);
  const std::string before = device().read(setting);
  const std::string other = jsonString(otherNightValue());
  EXPECT_THAT(device().commandAs(kNoToken, setBody(setting, other)), IsRefusal());
  EXPECT_THAT(device().read(setting), testing::Eq(before));
}

// Logs in and out again, and returns the token that should be dead now, with the answer.
struct LoggedOut {
  std::string token;
  Answer answer;
};
LoggedOut logOut(std::string_view argument) {
  LoggedOut out{device().newSession(), {}};
  out.answer = device().commandAs(
      out.token, R"({"method":"do","system":{"logout":)" + std::string(argument) + "}}");
  return out;
}

REQUIREMENT(Logout, Succeeds, "SESS-LOGOUT-ANSWER") {
  EXPECT_THAT(logOut("\"null\"").answer, HasCode(0));
}

REQUIREMENT(Logout, EndsTheSession, "SESS-LOGOUT-ENDS") {
  const LoggedOut out = logOut("\"null\"");
  EXPECT_THAT(device().commandAs(out.token, getWitness()), IsRefusal());
}

REQUIREMENT(Logout, LeavesOtherSessions, "SESS-LOGOUT-OTHERS") {
  const std::string other = device().newSession();
  logOut("\"null\"");
  EXPECT_THAT(device().commandAs(other, getWitness()), HasCode(0));
}

REQUIREMENT(Logout, TakesJsonNull, "SESS-LOGOUT-NULL") {
  const LoggedOut out = logOut("null");
  EXPECT_THAT(out.answer, HasCode(0));
  EXPECT_THAT(device().commandAs(out.token, getWitness()), IsRefusal());
}

}  // namespace
}  // namespace stoklab::conformance
