// What a device can be made to say. It does so in its own words: a refusal that needs a challenge
// takes one from the device, so that key and nonce in it are good for a login.
#include <algorithm>

#include "faults/script/effect.h"
#include "faults/script/reading.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using fixtures::AuthenticationProfile;
using fixtures::Profile;
using protocol::Json;
using protocol::Result;

namespace {

constexpr std::int64_t kLongestLock = 31'536'000;  // a year
constexpr std::string_view kAskForChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

// With which HTTP status the profile answers that code; 200 where it does not say.
int statusOf(int code, RequestKind kind, const Profile& profile) {
  const AuthenticationProfile& rules = profile.authentication;
  if (kind == kLoginRequest) {
    if (code == rules.lockedErrorCode.value) return rules.lockedStatus.value;
    if (code == rules.refusedErrorCode.value) return rules.refusedStatus.value;
  } else if (kind == kChallengeRequest) {
    if (code == rules.challengeErrorCode.value) return rules.challengeStatus.value;
  } else if (code == rules.deadTokenErrorCode.value) {
    return rules.deadTokenStatus.value;
  }
  for (const auto& [name, answer] : profile.badRequests)
    if (answer.value.errorCode == code) return answer.value.status;
  return 200;
}

Result<Effect> readCode(const Json& value, const Json& all, const std::string& place) {
  const std::int64_t* code = value.integer();
  if (code == nullptr || *code == 0 || *code < INT32_MIN || *code > INT32_MAX)
    return wrongAt(place, "must be an integer other than 0, and of 32 bits");
  Json answer = Json::object({{"error_code", *code}});
  if (const Json* data = all.find("data")) {
    if (!data->isObject())
      return wrongAt(place.substr(0, place.rfind('.')) + ".data", "must be an object");
    answer.set("data", *data);
  }
  return Effect{.answer = [code = static_cast<int>(*code),
                           body = printJson(answer)](const Exchange& exchange) {
    const Profile& profile = *exchange.device.profile;
    return HttpReply{.status = statusOf(code, exchange.facts.kind(), profile),
                     .contentType = profile.transport.contentType.value,
                     .body = body};
  }};
}

struct Refused {
  int status, errorCode, dataCode;
  std::optional<std::int64_t> secondsLeft = {};
};

// The device's answer to whoever asks for a challenge, changed into a refusal.
HttpReply refusal(const Exchange& exchange, const Refused& refused) {
  HttpRequest ask = exchange.request;
  if (exchange.facts.kind() == kLoginRequest) ask.body = kAskForChallenge;
  HttpReply reply = exchange.inside.handle(ask, exchange.peer);
  auto answer = protocol::parseJson(reply.body);
  Json* data = answer ? answer->find("data") : nullptr;
  if (data == nullptr || !data->isObject()) return reply;  // it is away, or has lost its mind
  reply.status = refused.status;
  answer->set("error_code", refused.errorCode);
  data->set("code", refused.dataCode);
  if (refused.secondsLeft) data->set("sec_left", *refused.secondsLeft);
  reply.body = printJson(*answer);
  return reply;
}

// A locked device still gives out challenges, which say so.
HttpReply locked(const Exchange& exchange, std::int64_t seconds) {
  const AuthenticationProfile& rules = exchange.device.profile->authentication;
  const bool login = exchange.facts.kind() == kLoginRequest;
  return refusal(exchange,
                 {.status = (login ? rules.lockedStatus : rules.challengeStatus).value,
                  .errorCode = (login ? rules.lockedErrorCode : rules.challengeErrorCode).value,
                  .dataCode = rules.lockedDataCode.value,
                  .secondsLeft = seconds});
}

Result<Effect> readLockedSeconds(const Json& value, const Json&, const std::string& place) {
  const auto seconds = integerAt(value, place, 1, kLongestLock);
  if (!seconds) return seconds.error();
  return Effect{.answer = [seconds = *seconds](
                              const Exchange& exchange) { return locked(exchange, seconds); },
                .happensTo = kLoginRequest | kChallengeRequest};
}

HttpReply staleNonce(const Exchange& exchange) {
  const AuthenticationProfile& rules = exchange.device.profile->authentication;
  return refusal(exchange, {.status = rules.refusedStatus.value,
                            .errorCode = rules.refusedErrorCode.value,
                            .dataCode = rules.staleNonceDataCode.value});
}

Result<Effect> readStaleNonce(const Json& value, const Json&, const std::string& place) {
  if (auto is = trueAt(value, place); !is) return is.error();
  return Effect{.answer = staleNonce, .happensTo = kLoginRequest};
}

void revokeSession(const Exchange& exchange) {
  DeviceControl* const control = exchange.device.control;
  if (control == nullptr) return;
  const std::string token = exchange.facts.token();
  for (const SessionFacts& session : control->sessions())
    if (session.token == token) control->revokeSession(session.number);
}

Result<Effect> readRevoke(const Json& value, const Json&, const std::string& place) {
  const auto choice = choiceAt(value, place, {"before", "after"});
  if (!choice) return choice.error();
  return Effect{.answer =
                    [before = *choice == 0](const Exchange& exchange) {
                      if (before) revokeSession(exchange);
                      HttpReply reply = exchange.inside.handle(exchange.request, exchange.peer);
                      if (!before) revokeSession(exchange);
                      return reply;
                    },
                .happensTo = kCommandRequest | kUploadRequest};
}

constexpr EffectKind kEffects[] = {
    {{"code", "device",
      "Answers with that error code, any but 0; \"data\" beside it goes with the answer. Nothing "
      "is carried out.",
      R"({"code":-40109})"},
     readCode,
     "data"},
    {{"locked_seconds", "device",
      "Answers a login or a challenge as a device does that is locked for that many seconds.",
      R"({"locked_seconds":1800})"},
     readLockedSeconds},
    {{"stale_nonce", "device", "Refuses a login because its nonce is outdated.",
      R"({"stale_nonce":true})"},
     readStaleNonce},
    {{"revoke", "device",
      "Ends the session of a command or an upload, before or after it is carried out.",
      R"({"revoke":"before"})"},
     readRevoke},
};

}  // namespace

std::span<const EffectKind> deviceEffects() { return kEffects; }

}  // namespace stoklab::emulator
