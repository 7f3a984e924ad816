#include "dump/session_life.h"

#include <algorithm>

namespace stoklab::cli::dump {

using protocol::Json;
using std::chrono::seconds;

namespace {

constexpr int kParts = 40;  // of a long life, of which one is not told

seconds resolution(seconds life) { return std::max(seconds(1), life / kParts); }

class Measurement {
 public:
  Measurement(const SessionOperations& session, seconds upTo, const Time& time)
      : session_(session), upTo_(upTo), time_(time) {}

  Result<Json> run() {
    auto fixed = fixedLife();
    if (!fixed) return fixed.error();
    if (fixed->count() > 0)
      return Json::object({{"lifetime_s", std::int64_t{fixed->count()}}, {"expiry", "fixed"}});
    return slidingLife();
  }

 private:
  void sleepUntil(std::chrono::steady_clock::time_point when) {
    const auto left = when - time_.now();
    if (left.count() > 0) time_.sleep(std::chrono::ceil<std::chrono::milliseconds>(left));
  }

  // 0: it did not die while it was used.
  Result<seconds> fixedLife() {
    if (auto in = session_.logIn(); !in) return in.error();
    const auto begun = time_.now();
    const seconds step = resolution(upTo_);
    for (seconds at = step; at <= upTo_; at += step) {
      sleepUntil(begun + at);
      auto alive = session_.isAlive();
      if (!alive) return alive.error();
      if (!*alive) return at;
    }
    return seconds(0);
  }

  // Whether it is alive after nobody has used it for `idle`.
  Result<bool> survives(seconds idle) {
    if (dead_) {
      if (auto in = session_.logIn(); !in) return in.error();
      dead_ = false;
    }
    sleepUntil(time_.now() + idle);
    auto alive = session_.isAlive();
    if (alive) dead_ = !*alive;
    return alive;
  }

  Result<Json> slidingLife() {
    seconds lived(0), died = upTo_;
    auto longest = survives(upTo_);
    if (!longest) return longest.error();
    if (*longest) {
      // Used or not, it outlives the time that there is.
      return Json::object({{"longer_than_s", std::int64_t{upTo_.count()}}});
    }
    while (died - lived > resolution(died)) {
      const seconds middle = lived + (died - lived) / 2;
      auto alive = survives(middle);
      if (!alive) return alive.error();
      (*alive ? lived : died) = middle;
    }
    return Json::object({{"lifetime_s", std::int64_t{died.count()}}, {"expiry", "sliding"}});
  }

  const SessionOperations& session_;
  seconds upTo_;
  const Time& time_;
  bool dead_ = false;
};

}  // namespace

int loginsForSessionLife(seconds upTo) {
  int logins = 3;
  for (seconds left = upTo; left > seconds(1); left /= 2) ++logins;
  return logins;
}

Result<Json> measureSessionLife(const SessionOperations& session, seconds upTo, const Time& time) {
  return Measurement(session, upTo, time).run();
}

}  // namespace stoklab::cli::dump
