// Time and chance, handed in from outside: a test moves the clock and seeds the chance, and
// nothing in the emulator sleeps or asks the system for either.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>
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

// The same sequence for the same seed. For repeatable tests only: its tokens can be guessed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

// Both must outlive whatever is given them.
struct Environment {
  const Clock& clock;
  Random& random;
};

}  // namespace stoklab::emulator
