// A point in time after which nobody waits any longer. Carried through the layers instead of a
// time-out, so that many short waits cannot add up to a long one.
#pragma once

#include <algorithm>
#include <chrono>

namespace stoklab::client {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  // Zero or less has passed already.
  static Deadline in(std::chrono::milliseconds time) { return Deadline(Clock::now() + time); }

  // Whichever comes first.
  static Deadline earlier(Deadline a, Deadline b) { return Deadline(std::min(a.at_, b.at_)); }

  // Rounded up, so that a wait of this length ends after the deadline and not just before it;
  // zero once it has passed.
  std::chrono::milliseconds remaining() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
    return std::max(left, std::chrono::milliseconds::zero());
  }

  bool passed() const { return Clock::now() >= at_; }

 private:
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

}  // namespace stoklab::client
