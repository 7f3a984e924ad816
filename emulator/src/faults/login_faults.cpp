// What can be wrong with a login, accepted or refused.
#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;

namespace {

// The data of a refusal that counts an attempt; nullptr if the answer is none.
Json* countedRefusal(Json& answer) {
  Json* data = answer.find("data");
  return data != nullptr && data->find("time") != nullptr ? data : nullptr;
}

void dropChallenge(const HttpRequest&, Json& answer) {
  Json* data = countedRefusal(answer);
  if (data == nullptr) return;
  data->erase("key");
  data->erase("nonce");
}

void giveToken(const HttpRequest&, Json& answer) {
  if (countedRefusal(answer) != nullptr) answer.set("stok", "0123456789abcdef0123456789abcdef");
}

void countNoAttempt(const HttpRequest&, Json& answer) {
  Json* data = countedRefusal(answer);
  const Json* most = data == nullptr ? nullptr : data->find("max_time");
  if (most == nullptr || most->integer() == nullptr) return;
  data->set("time", *most->integer() - 1);
}

bool hasToken(const Json& answer) { return answer.find("stok") != nullptr; }

// As the Tapo cameras do it.
void nestToken(const HttpRequest&, Json& answer) {
  if (!hasToken(answer)) return;
  const Json token = *answer.find("stok");
  answer.erase("stok");
  answer.set("result", Json::object({{"stok", token}}));
}

// The nonce of a refusal is one that was never given out.
void spoilNonce(const HttpRequest&, Json& answer) {
  Json* data = countedRefusal(answer);
  const Json* nonce = data == nullptr ? nullptr : data->find("nonce");
  if (nonce == nullptr || nonce->string() == nullptr) return;
  data->set("nonce", std::string(nonce->string()->rbegin(), nonce->string()->rend()));
}

// The device itself has accepted the login, so that no attempt is counted.
Fault::Wrap refusingType2() {
  return around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
    HttpReply reply = inside.handle(request, peer);
    const bool typed = request.body.find(R"("encrypt_type":"2")") != std::string_view::npos;
    if (!isLogin(request) || !typed || !hasToken(jsonOf(reply.body))) return reply;
    reply.status = 401;
    reply.body = R"({"error_code":-40401,"data":{"code":-40401}})";
    return reply;
  });
}

// A login without encrypt_type is taken for one of type 2.
void addType(const HttpRequest& request, std::string& body) {
  Json json = jsonOf(body);
  Json* login = isLogin(request) ? json.find("login") : nullptr;
  if (login == nullptr || login->find("password") == nullptr ||
      login->find("encrypt_type") != nullptr)
    return;
  login->set("encrypt_type", "2");
  body = printJson(json);
}

}  // namespace

std::vector<Fault> loginFaults() {
  return {
      {.name = "user-group-wrong",
       .sentence = "The administrator is logged in as a guest.",
       .breaks = {"AUTH-LOGIN-GROUP"},
       .changeProfile = [](Profile& p) { p.authentication.userGroup.value = "guest"; }},
      {.name = "token-of-punctuation",
       .sentence = "The token consists of punctuation marks.",
       .breaks = {"AUTH-LOGIN-TOKEN-ALPHABET"},
       .changeProfile = [](Profile& p) { p.authentication.tokenAlphabet.value = "-_.~"; }},
      {.name = "type1-refused",
       .sentence = "Encrypt type 1 is offered, but a login of that type is refused.",
       .breaks = {"AUTH-LOGIN-TYPE1"},
       .wrap = editingRequests([](const HttpRequest& request, std::string& body) {
         if (isLogin(request))
           body = replaced(body, R"("encrypt_type":"1")", R"("encrypt_type":"9")");
       })},
      {.name = "raw-base64-refused",
       .sentence = "A password in base64 is refused if a slash in it is not percent-encoded.",
       .breaks = {"AUTH-LOGIN-RAW"},
       .wrap = editingRequests([](const HttpRequest& request, std::string& body) {
         const bool typed = body.find(R"("encrypt_type":"2")") != std::string::npos;
         if (isLogin(request) && typed && body.find('/') != std::string::npos)
           body = replaced(body, R"("password":")", R"("password":"!)");
       })},
      {.name = "refusal-with-status-200",
       .sentence = "A refused login is answered with HTTP status 200.",
       .breaks = {"AUTH-REFUSED-STATUS"},
       .changeProfile = [](Profile& p) { p.authentication.refusedStatus.value = 200; }},
      {.name = "refusal-error-code-wrong",
       .sentence = "A refused login is answered with error_code -40411.",
       .breaks = {"AUTH-REFUSED-CODE", "AUTH-CIPHERTEXT-RANDOM", "AUTH-CIPHERTEXT-NOT-BASE64",
                  "AUTH-USER-UNKNOWN", "LOCK-NOT-BEFORE"},
       .changeProfile = [](Profile& p) { p.authentication.refusedErrorCode.value = -40411; }},
      {.name = "refusal-data-code-wrong",
       .sentence = "The code in the data of a refused login is that of a challenge.",
       .breaks = {"AUTH-REFUSED-DATA-CODE", "CLIENT-WRONG-PASSWORD"},
       .changeProfile = [](Profile& p) { p.authentication.refusedDataCode.value = -40407; }},
      {.name = "refusal-without-challenge",
       .sentence = "A refused login carries neither key nor nonce.",
       .breaks = {"AUTH-REFUSED-CHALLENGE"},
       .wrap = editingAnswers(dropChallenge)},
      {.name = "refusal-with-token",
       .sentence = "A refused login carries a token.",
       .breaks = {"AUTH-REFUSED-NO-TOKEN"},
       .wrap = editingAnswers(giveToken)},
      {.name = "attempts-not-counted",
       .sentence = "The attempts left do not become fewer, although the device locks.",
       .breaks = {"AUTH-ATTEMPTS-COUNT-DOWN", "AUTH-NO-ENCRYPT-TYPE-FREE",
                  "LOCK-ATTEMPTS-REACH-ONE"},
       .wrap = editingAnswers(countNoAttempt)},
      {.name = "attempts-not-told",
       .sentence = "A refused login does not say how many attempts are left, and none ever locks.",
       .breaks = {"AUTH-REFUSED-ATTEMPTS", "CLIENT-LOCKED", "CLIENT-WRONG-PASSWORD"},
       .changeProfile =
           [](Profile& p) {
             sectionOf(p, "unusual_detection", "login_error").fields.set("enabled", "off");
           }},
      {.name = "formless-login-costs",
       .sentence = "A login without encrypt_type costs an attempt.",
       .breaks = {"AUTH-NO-ENCRYPT-TYPE-FREE"},
       .lapse = [](Lapses& l) { l.formlessCounts = true; }},
      {.name = "stale-nonce-code-wrong",
       .sentence = "A used nonce is refused like a wrong password.",
       .breaks = {"AUTH-NONCE-SINGLE-USE", "AUTH-NONCE-UNKNOWN"},
       .changeProfile = [](Profile& p) { p.authentication.staleNonceDataCode.value = -40401; }},
      {.name = "nonce-accepted-twice",
       .sentence = "A nonce may be used again.",
       .breaks = {"AUTH-NONCE-SINGLE-USE"},
       .lapse = [](Lapses& l) { l.nonceStaysGood = true; }},
      {.name = "nonce-not-compared",
       .sentence = "Any nonce will do, whether it was given out or not.",
       .breaks = {"AUTH-NONCE-SINGLE-USE", "AUTH-NONCE-UNKNOWN"},
       .lapse = [](Lapses& l) { l.anyNonce = true; }},
      {.name = "nonce-not-needed",
       .sentence = "A password without a nonce is accepted.",
       .breaks = {"AUTH-NONCE-REQUIRED"},
       .lapse = [](Lapses& l) { l.noNonce = true; }},
      {.name = "lower-case-hash-accepted",
       .sentence = "A hash in lower-case hex is accepted.",
       .breaks = {"AUTH-HASH-UPPER-CASE"},
       .lapse = [](Lapses& l) { l.lowerCaseHash = true; }},
      {.name = "salt-last-accepted",
       .sentence = "A hash with the salt behind the password is accepted.",
       .breaks = {"AUTH-HASH-SALT-FIRST"},
       .lapse = [](Lapses& l) { l.saltLast = true; }},
      {.name = "any-user-accepted",
       .sentence = "The right password is enough, whatever the user name.",
       .breaks = {"AUTH-USER-UNKNOWN"},
       .lapse = [](Lapses& l) { l.anyUser = true; }},
      {.name = "login-status-202",
       .sentence = "An accepted login is answered with HTTP status 202.",
       .breaks = {"AUTH-LOGIN-SHAPE"},
       .wrap = changingReplies(isLogin,
                               [](HttpReply& reply) {
                                 if (reply.status == 200) reply.status = 202;
                               })},
      {.name = "token-nested",
       .sentence = "The token of a login stands in an object result, not at the top.",
       .breaks = {"CLIENT-LOGIN", "AUTH-LOGIN-SHAPE", "AUTH-LOGIN-TYPE1", "AUTH-LOGIN-TYPE2",
                  "AUTH-LOGIN-RAW", "AUTH-LOGIN-PARTLY-ENCODED", "AUTH-LOGIN-METHOD-LAST",
                  "AUTH-FLOOD-LOGIN", "AUTH-REFUSED-CHALLENGE-USABLE", "LOCK-ENDS",
                  "SESS-DEAD-TOKEN-LOGIN", "SESS-MANY-LOGINS", "SESS-NEWEST-LIVES"},
       .wrap = editingAnswers(nestToken)},
      {.name = "type2-refused",
       .sentence = "Encrypt type 2 is offered, but the right password is refused if it comes so.",
       .breaks = {"CLIENT-LOGIN", "AUTH-LOGIN-SHAPE", "AUTH-LOGIN-TYPE2", "AUTH-LOGIN-RAW",
                  "AUTH-LOGIN-PARTLY-ENCODED", "AUTH-LOGIN-METHOD-LAST", "AUTH-FLOOD-LOGIN",
                  "AUTH-REFUSED-CHALLENGE-USABLE", "LOCK-ENDS", "SESS-DEAD-TOKEN-LOGIN",
                  "SESS-MANY-LOGINS", "SESS-NEWEST-LIVES", "CLIENT-LOGIN"},
       .wrap = refusingType2()},
      {.name = "partly-encoded-password-refused",
       .sentence = "A password of which only some characters are percent-encoded is refused.",
       .breaks = {"AUTH-LOGIN-PARTLY-ENCODED"},
       .wrap = editingRequests([](const HttpRequest& request, std::string& body) {
         const bool bare = body.find("=\"") != std::string::npos;  // the end of the base64
         if (isLogin(request) && bare) body = replaced(body, "%2F", "!");
       })},
      {.name = "tokens-alike",
       .sentence = "A login gets the token of the newest session that is alive.",
       .breaks = {"AUTH-LOGIN-DISTINCT-TOKENS", "SESS-LOGOUT-OTHERS"},
       .lapse = [](Lapses& l) { l.oneToken = true; }},
      {.name = "formless-login-accepted",
       .sentence = "A login without encrypt_type is taken for one of type 2.",
       .breaks = {"AUTH-NO-ENCRYPT-TYPE-REFUSED", "AUTH-NO-ENCRYPT-TYPE-FREE"},
       .wrap = editingRequests(addType)},
      {.name = "formless-login-code-wrong",
       .sentence = "A login without encrypt_type is refused with error_code -40211.",
       .breaks = {"AUTH-NO-ENCRYPT-TYPE-REFUSED"},
       .changeProfile =
           [](Profile& p) {
             p.badRequests.find("login_malformed")->second.value.errorCode = -40211;
           }},
      {.name = "empty-password-accepted",
       .sentence = "An empty password is accepted.",
       .breaks = {"AUTH-PASSWORD-EMPTY"},
       .lapse = [](Lapses& l) { l.emptyPassword = true; }},
      {.name = "padding-not-checked",
       .sentence = "The padding of the RSA block around a password is not looked at.",
       .breaks = {"AUTH-PADDING"},
       .lapse = [](Lapses& l) { l.anyPadding = true; }},
      {.name = "refusal-nonce-useless",
       .sentence = "The nonce of a refused login cannot be used.",
       .breaks = {"AUTH-REFUSED-CHALLENGE-USABLE"},
       .wrap = editingAnswers(spoilNonce)},
  };
}

}  // namespace stoklab::emulator
