// Keeps a client behind the proxy from locking the device. A login goes through only while the
// budget of refused logins lasts, which all programs on this machine share; after the device has
// said that it is locked, or that few attempts are left, it does not go through either.
//
// The one thing not to get wrong: when in doubt, a request counts as a login and an answer as a
// refusal. The other mistake costs somebody a camera.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "capture/upstream.h"
#include "login_budget.h"
#include "stoklab/client/session.h"

namespace stoklab::cli {

struct LoginGateOptions {
  LoginBudget* budget = nullptr;  // outlives the gate; null: none is kept
  client::LoginGuard guard = {};
  std::function<std::chrono::steady_clock::time_point()> now = {};
  // Told why a login was held back, each time.
  std::function<void(const std::string&)> tell = {};
};

// True for a body that asks for a login, and for one that is no JSON but looks as if it did.
bool asksForLogin(std::string_view body);

// One thread at a time.
class LoginGate final : public Upstream {
 public:
  // `inside` must outlive it.
  LoginGate(Upstream& inside, LoginGateOptions options);

  Passage pass(const emulator::HttpRequest& request) override;

  int heldBack() const { return heldBack_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  std::optional<std::string> whyNot();
  Passage holdBack(const std::string& reason);
  // Whether it lets somebody in, after what it says of locks and attempts has been noted.
  enum class Verdict { admitted, refused, noVerdict };
  Verdict judge(const client::HttpAnswer& answer);

  Upstream& inside_;
  LoginGateOptions options_;
  std::optional<int> attemptsLeft_ = {};  // as the device said last
  std::optional<Time> lockedUntil_ = {};
  int heldBack_ = 0;
};

}  // namespace stoklab::cli
