#include "capture/login_gate.h"

#include <utility>

#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using emulator::HttpReply;
using emulator::HttpRequest;
using protocol::Json;
namespace code = protocol::code;

namespace {

std::optional<std::int64_t> numberIn(const protocol::Reply& reply, std::string_view key) {
  const Json* found = reply.data() == nullptr ? nullptr : reply.data()->find(key);
  if (found == nullptr) found = reply.body.find(key);
  if (found == nullptr || found->integer() == nullptr) return std::nullopt;
  return *found->integer();
}

// data.code tells more than error_code where both stand (facts.md L5, L6).
bool says(const protocol::Reply& reply, int wanted) {
  return reply.errorCode == wanted || numberIn(reply, "code") == wanted;
}

}  // namespace

bool asksForLogin(std::string_view body) {
  // An escape could spell the word in another way; everything else has it in plain.
  if (body.find("login") == std::string_view::npos && body.find('\\') == std::string_view::npos)
    return false;
  const auto json = protocol::parseJson(body);
  if (json) return json->find("login") != nullptr;
  return body.find("\"login\"") != std::string_view::npos;
}

LoginGate::LoginGate(Upstream& inside, LoginGateOptions options)
    : inside_(inside), options_(std::move(options)) {}

std::optional<std::string> LoginGate::whyNot() {
  if (lockedUntil_ && options_.now() < *lockedUntil_) {
    return *lockedUntil_ == Time::max()
               ? std::string("the device is locked, and does not say for how long")
               : "the device is locked for another " +
                     std::to_string(
                         std::chrono::ceil<std::chrono::seconds>(*lockedUntil_ - options_.now())
                             .count()) +
                     " s";
  }
  if (attemptsLeft_ && *attemptsLeft_ < options_.guard.minAttemptsLeft) {
    return "the device takes only " + std::to_string(*attemptsLeft_) +
           " more wrong password(s) before it locks; make sure of the password, then log in "
           "through its own web page";
  }
  if (options_.budget == nullptr) return std::nullopt;
  if (auto begun = options_.budget->begin(); !begun) return begun.error().detail;
  return std::nullopt;
}

Passage LoginGate::holdBack(const std::string& reason) {
  ++heldBack_;
  if (options_.tell) options_.tell("a login was not passed on: " + reason);
  // Unauthorized is what the client is; that the device said so would not be true.
  const Json body = Json::object(
      {{"error_code", code::kUnauthorized},
       {"data", Json::object({{"stoklab_capture", "not passed on to the device: " + reason}})}});
  return {.outcome = Passage::Outcome::held,
          .reply = {.status = 401, .body = printJson(body)},
          .reason = reason};
}

LoginGate::Verdict LoginGate::judge(const client::HttpAnswer& answer) {
  const auto reply = protocol::parseReply(answer.body);
  if (!reply) return Verdict::refused;
  if (reply->ok()) {
    if (reply->body.find("stok") == nullptr) return Verdict::refused;
    attemptsLeft_.reset();
    lockedUntil_.reset();
    return Verdict::admitted;
  }
  if (says(*reply, code::kLocked) || says(*reply, code::kLockedForGood)) {
    const auto left = numberIn(*reply, "sec_left");
    constexpr std::int64_t kLongest = 7 * 24 * 3600;
    lockedUntil_ = left && *left >= 0 && *left <= kLongest
                       ? options_.now() + std::chrono::seconds(*left)
                       : Time::max();
  }
  if (reply->errorCode == code::kUnauthorized) {
    // What does not fit is few, too.
    if (const auto left = numberIn(*reply, "time"))
      attemptsLeft_ = *left < 0 || *left > 1'000'000 ? 0 : static_cast<int>(*left);
  }
  // An outdated nonce says nothing about the password (facts.md C9).
  return says(*reply, code::kNonceInvalid) ? Verdict::noVerdict : Verdict::refused;
}

Passage LoginGate::pass(const HttpRequest& request) {
  const bool isLogin = asksForLogin(request.body);
  if (isLogin) {
    if (const auto reason = whyNot()) return holdBack(*reason);
  }
  Passage passage = inside_.pass(request);
  // Other answers may tell of locks and attempts as well: a challenge, a token that has died.
  Verdict verdict = Verdict::refused;
  if (passage.outcome == Passage::Outcome::answered) {
    if (isLogin || passage.answer.body.find("-404") != std::string::npos)
      verdict = judge(passage.answer);
  } else if (passage.outcome != Passage::Outcome::lost) {
    verdict = Verdict::noVerdict;
  }
  if (isLogin && options_.budget != nullptr) options_.budget->conclude(verdict == Verdict::refused);
  return passage;
}

}  // namespace stoklab::cli
