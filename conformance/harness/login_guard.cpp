#include "harness/login_guard.h"

#include <charconv>

#include "harness/stops.h"

namespace stoklab::conformance {
namespace {

// Fewer attempts than this are the owner's, who may mistype.
constexpr std::int64_t kFewAttempts = 2;

bool isLock(const Answer& answer) {
  for (const char* path : {"error_code", "data.code"}) {
    const auto code = answer.integer(path);
    if (code == -40404 || code == -40408) return true;
  }
  return false;
}

// Live numbers are integers (W7), but a guard does not rely on it.
std::optional<std::int64_t> numberAt(const Answer& answer, std::string_view path) {
  if (const auto number = answer.integer(path)) return number;
  const auto text = answer.text(path);
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace

void LoginGuard::before(bool risky) {
  if (ownTarget_) return;
  if (risky && failuresLeft_ <= 0)
    throw NotAllowed("no further refused login is allowed on this target");
  if (ledger_ == nullptr) return;
  if (const std::string why = ledger_->begin(); !why.empty()) throw SafetyStop(why);
}

void LoginGuard::conclude(bool refused) {
  if (!ownTarget_ && ledger_ != nullptr) ledger_->concluded(refused);
}

void LoginGuard::lost() { conclude(true); }

void LoginGuard::after(const Answer& answer, bool risky) {
  conclude(!answer.succeeded());
  if (answer.succeeded()) {
    ++accepted_;
    return;
  }
  // Waiting for a lock to count down takes as many logins as time wants; counting them would make
  // two reports of the same findings differ.
  if (!isLock(answer)) ++refused_;
  if (ownTarget_) return;
  if (risky) --failuresLeft_;
  if (!risky && !isLock(answer)) {
    const auto left = numberAt(answer, "data.time");
    throw SafetyStop("login: the device refused the user name or password" +
                     (left ? "; " + std::to_string(*left) + " attempts are left" : std::string()));
  }
  look(answer);
}

void LoginGuard::look(const Answer& answer) const {
  if (ownTarget_) return;
  if (isLock(answer)) {
    const auto seconds = numberAt(answer, "data.sec_left");
    throw SafetyStop("the device is locked against logins",
                     seconds ? std::optional<int>(static_cast<int>(*seconds)) : std::nullopt);
  }
  const auto left = numberAt(answer, "data.time");
  if (left && *left <= kFewAttempts && left != numberAt(answer, "data.max_time")) {
    throw SafetyStop("the device has only " + std::to_string(*left) +
                     " login attempts left; log in by hand, or wait until it forgets them");
  }
}

}  // namespace stoklab::conformance
