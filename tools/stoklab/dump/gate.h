// The one door through which everything that a dump sends to a device passes: it only reads. It
// keeps to a rate, counts, measures how long answers take, and stops at the first sign of a lock.
//
// The one thing not to get wrong: what may pass is decided here and by the request itself, not by
// whoever sends it. A set, do, add or delete does not pass, whatever form its body has; the
// challenge, the login and the logout do, and a write that was permitted word by word.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/client/transport.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

// Time comes from outside, so that a test does not wait.
struct Time {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> sleep;

  static Time real();
};

// At most so many requests a second: two never begin closer together than that. Not thread-safe.
class Throttle {
 public:
  // `rate` is requests a second; 0: no limit.
  Throttle(double rate, Time time);

  // Returns when the next request may begin.
  void wait();

  const Time& time() const { return time_; }

 private:
  std::chrono::steady_clock::duration distance_;
  Time time_;
  std::chrono::steady_clock::time_point next_ = {};
};

// What a request does to a device, by its own words.
enum class Passes {
  asRead,   // a get, or nothing that a device could carry out
  asLogin,  // with a password: counted
  asDoor,   // the challenge and the logout
  never,
};
Passes judge(const client::HttpExchange& request);

struct GateOptions {
  int logins = 1;  // so many, and no more
};

// Not thread-safe. The transport and the throttle must outlive it.
class Gate final : public client::Transport {
 public:
  Gate(client::Transport& device, Throttle& throttle, GateOptions options);

  // Besides what the transport fails with: ErrorKind::safety for a request that does not pass, and
  // after the device has said that it is locked, ErrorKind::locked for every request.
  Result<client::HttpAnswer> exchange(const client::HttpExchange& request) override;
  bool keptConnectionDied() const override { return device_.keptConnectionDied(); }
  bool deadlinePassed() const override { return device_.deadlinePassed(); }

  // Lets the body pass once more although it writes; see rewrites.h for why that changes nothing.
  void permit(std::string body) { permitted_ = std::move(body); }
  // Lets so many more logins pass.
  void allowLogins(int more) { options_.logins += more; }

  std::size_t requests() const { return latencies_.size(); }
  int logins() const { return logins_; }
  const std::vector<std::chrono::microseconds>& latencies() const { return latencies_; }

 private:
  Result<void> check(const client::HttpExchange& request);
  void lookForALock(const client::HttpAnswer& answer);

  client::Transport& device_;
  Throttle& throttle_;
  GateOptions options_;
  int logins_ = 0;
  std::string permitted_;
  std::optional<protocol::Error> lock_;
  std::vector<std::chrono::microseconds> latencies_;
};

}  // namespace stoklab::cli::dump
