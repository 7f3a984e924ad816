// What a device says to whoever has no session: which of the calls it is, and who comes in.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "device_impl.h"
#include "request_body.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Method;

const std::array<Device::Impl::Door, 4> Device::Impl::kDoors = {{
    {"user_management", "get_encrypt_info", &Impl::giveChallenge},
    {"login", "", &Impl::login},
    {"query_auth_log", "", &Impl::authLog},
    {"set_password", "", &Impl::setPassword},
}};

// What can be said without a session. Anything else is answered with a challenge (C11).
HttpReply Device::Impl::door(const Visit& visit) {
  auto request = readRequestBody(visit.request.body);
  if (!request) {
    const std::lock_guard lock(mutex_);
    if (isAway()) return {.afterwards = Afterwards::drop};
    return answers_.refusal(request.refusal());
  }
  if (request->method == Method::perform) {
    for (const Door& row : kDoors) {
      const Json* module = request->modules.find(row.module);
      if (module == nullptr) continue;
      if (!row.action.empty() && module->find(row.action) == nullptr) continue;
      return (this->*row.run)(visit, *module);
    }
  }
  return giveChallenge(visit, {});
}

HttpReply Device::Impl::unauthorized(int status, int errorCode,
                                     const protocol::Challenge& challenge) const {
  std::string data;
  model_->challengeText.append(challenge, data);
  return answers_.unauthorized(status, errorCode, data);
}

HttpReply Device::Impl::challengeReply(const Peer& peer) {
  return unauthorized(profile_.authentication.challengeStatus.value,
                      profile_.authentication.challengeErrorCode.value,
                      authentication_.challenge(peer.address));
}

HttpReply Device::Impl::deadTokenReply(const Peer& peer) {
  return unauthorized(profile_.authentication.deadTokenStatus.value,
                      profile_.authentication.deadTokenErrorCode.value,
                      authentication_.challenge(peer.address));
}

HttpReply Device::Impl::giveChallenge(const Visit& visit, const Json&) {
  const std::lock_guard lock(mutex_);
  if (isAway()) return {.afterwards = Afterwards::drop};
  return challengeReply(visit.peer);
}

HttpReply Device::Impl::formlessLogin(const protocol::Challenge& challenge) const {
  const auto& answer = profile_.badRequests.find("login_malformed")->second.value;
  return unauthorized(answer.status, answer.errorCode, challenge);
}

HttpReply Device::Impl::admission(const DeviceSession& session) const {
  std::string body = R"({"error_code":0,"stok":)";
  appendWire(session.token, style_, body);
  body += R"(,"user_group":)";
  appendWire(session.userGroup, style_, body);
  body += '}';
  HttpReply reply = answers_.json(200, std::move(body));
  reply.session = session.number;
  return reply;
}

HttpReply Device::Impl::login(const Visit& visit, const Json& arguments) {
  const auto attempt = authentication_.readAttempt(arguments);
  // The one slow step, before the lock.
  const auto password =
      attempt.wellFormed ? authentication_.decryptPassword(attempt) : std::nullopt;

  const std::lock_guard lock(mutex_);
  if (isAway()) return {.afterwards = Afterwards::drop};
  const auto outcome =
      authentication_.login(attempt, password, visit.peer.address, maxFailedLogins());
  using Verdict = Authentication::Verdict;
  const auto& rules = profile_.authentication;
  switch (outcome.verdict) {
    case Verdict::locked:
      // Where the code of the lock stands in front, that of any lock does.
      return unauthorized(rules.lockedStatus.value,
                          rules.lockedErrorCode.value == rules.lockedDataCode.value
                              ? outcome.challenge.code
                              : rules.lockedErrorCode.value,
                          outcome.challenge);
    case Verdict::refused:
      return unauthorized(rules.refusedStatus.value, rules.refusedErrorCode.value,
                          outcome.challenge);
    case Verdict::malformed:
      return formlessLogin(outcome.challenge);
    case Verdict::admitted:
      break;
  }
  return admission(*outcome.session);
}

// Who failed to log in is not kept; the caller's own address is (L10).
HttpReply Device::Impl::authLog(const Visit& visit, const Json&) {
  std::string body = R"({"error_code":0,"unauth_log_list":[],"curIP":)";
  appendWire(visit.peer.address, style_, body);
  body += '}';
  return answers_.json(200, std::move(body));
}

// The first-start call (L11), which a device that has a password refuses. What else a device looks
// at than the user and the transformed password, bare or encrypted as in a login, nobody knows.
HttpReply Device::Impl::setPassword(const Visit& visit, const Json& arguments) {
  const auto attempt = authentication_.readAttempt(arguments);
  const std::lock_guard lock(mutex_);
  if (isAway()) return {.afterwards = Afterwards::drop};
  if (!authentication_.isFactory(visit.peer.address))
    return answers_.refusal({.kind = "password_already_set"});
  const DeviceSession* session = authentication_.takeFirstPassword(
      attempt, authentication_.readHash(attempt.password), visit.peer.address);
  if (session == nullptr) return formlessLogin(authentication_.challenge(visit.peer.address));
  return admission(*session);
}

// The device's own settings decide, where it has them (L8).
std::optional<int> Device::Impl::maxFailedLogins() const {
  const auto* enabled = state_.text("unusual_detection", "login_error", "enabled");
  const auto* most = state_.text("unusual_detection", "login_error", "max_num_err");
  if (enabled != nullptr && *enabled == "off") return std::nullopt;
  if (most == nullptr) return profile_.authentication.maxFailedLogins.value;
  return std::max(1, std::atoi(most->c_str()));
}

}  // namespace stoklab::emulator
