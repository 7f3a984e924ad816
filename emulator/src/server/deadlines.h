// Who has to be done with what by when. Each phase of a connection has one fixed duration, so the
// connections in a phase stand in the order of their deadlines when they stand in the order of
// arrival: a queue per phase is all it takes, arming and disarming are a few pointer writes, and
// no connection needs a timer of its own.
//
// The one thing not to get wrong: `now` comes from the caller and never runs backwards.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace stoklab::emulator {

enum class Phase : std::uint8_t {
  handshake,
  request,  // from its first byte to its last
  write,    // the other side takes nothing
  idle,     // between requests
  linger,   // after our close, until the other side's
  none,     // no deadline
};
inline constexpr std::size_t kPhases = 5;

// One thread at a time. Entries are linked, not owned; each must be disarmed before it dies.
class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Durations = std::array<std::chrono::milliseconds, kPhases>;  // by Phase

  class Entry {
   public:
    Phase phase() const { return phase_; }

   private:
    friend class Deadlines;
    Entry* previous_ = nullptr;
    Entry* next_ = nullptr;
    TimePoint when_{};
    Phase phase_ = Phase::none;
  };

  explicit Deadlines(const Durations& durations) : durations_(durations) {}

  // Takes back what `entry` was armed for before. Phase::none only does that.
  void arm(Entry& entry, Phase phase, TimePoint now);
  void disarm(Entry& entry);

  // Takes out one whose time has come; its phase() stays readable until it is armed again.
  Entry* takeExpired(TimePoint now);

  // How long until the next one expires, at least zero; nothing if none is armed.
  std::optional<std::chrono::nanoseconds> untilNext(TimePoint now) const;

 private:
  struct Queue {
    Entry* first = nullptr;
    Entry* last = nullptr;
  };
  Queue& queueOf(const Entry& entry) { return queues_[static_cast<std::size_t>(entry.phase_)]; }
  void unlink(Entry& entry);

  Durations durations_;
  std::array<Queue, kPhases> queues_{};
};

}  // namespace stoklab::emulator
