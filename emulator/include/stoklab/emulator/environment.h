// Time and chance, handed in from outside: a test moves the clock and seeds the chance, and
// nothing in the emulator sleeps or asks the system for either.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::emulator {

// Every expiry, lockout and clock reading of a device comes from here. Thread-safe.
class Clock {
 public:
  using Time = std::chrono::system_clock::time_point;

  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::system_clock::now(); }
};

// Stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start.time_since_epoch().count()) {}
  Time now() const override { return Time(Time::duration(now_.load())); }
  void advance(std::chrono::milliseconds by) {
    now_ += std::chrono::duration_cast<Time::duration>(by).count();
  }

 private:
  std::atomic<Time::rep> now_;
};

// Where a steerable clock begins, and where reset() takes it back to.
struct ClockStart {
  std::optional<Clock::Time> at = {};  // nullopt: when it is made
  bool frozen = false;
};

// Follows another clock until somebody steers it: moved, frozen, let go again. It never runs
// backwards by itself; setNow() may set it back.
class SteerableClock final : public Clock {
 public:
  // `base` must outlive this.
  explicit SteerableClock(const Clock& base, ClockStart start = {});

  Time now() const override;

  void advance(std::chrono::milliseconds by);
  void setNow(Time now);
  // Stands still, but for advance() and setNow(), until it is let go; goes on from there then.
  void freeze();
  void letGo();
  bool isFrozen() const;
  // As it was at the start, which is then now.
  void reset();

 private:
  const Clock& base_;
  const ClockStart start_;
  mutable std::mutex mutex_;
  Time::duration offset_{};  // to the base, while it runs
  std::optional<Time> frozenAt_ = {};
};

// Where tokens and nonces come from. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  // `length` characters of `alphabet`, each equally likely. `alphabet` is not empty.
  std::string text(std::size_t length, std::string_view alphabet);
};

// Cryptographic, from the operating system.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

// The same sequence for the same seed (SplitMix64: eight bytes, so that each camera of a fleet has
// its own). For repeatable tests only: its tokens can be guessed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::atomic<std::uint64_t> state_;
};

// Both must outlive whatever is given them.
struct Environment {
  const Clock& clock;
  Random& random;
};

}  // namespace stoklab::emulator
