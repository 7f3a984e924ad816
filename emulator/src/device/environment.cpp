#include "stoklab/emulator/environment.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace stoklab::emulator {

SteerableClock::SteerableClock(const Clock& base, ClockStart start) : base_(base), start_(start) {
  reset();
}

Clock::Time SteerableClock::now() const {
  const std::lock_guard lock(mutex_);
  return frozenAt_ ? *frozenAt_ : base_.now() + offset_;
}

void SteerableClock::advance(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  if (frozenAt_)
    *frozenAt_ += by;
  else
    offset_ += by;
}

void SteerableClock::setNow(Time now) {
  const std::lock_guard lock(mutex_);
  if (frozenAt_)
    frozenAt_ = now;
  else
    offset_ = now - base_.now();
}

void SteerableClock::freeze() {
  const std::lock_guard lock(mutex_);
  if (!frozenAt_) frozenAt_ = base_.now() + offset_;
}

void SteerableClock::letGo() {
  const std::lock_guard lock(mutex_);
  if (!frozenAt_) return;
  offset_ = *frozenAt_ - base_.now();
  frozenAt_.reset();
}

bool SteerableClock::isFrozen() const {
  const std::lock_guard lock(mutex_);
  return frozenAt_.has_value();
}

void SteerableClock::reset() {
  const std::lock_guard lock(mutex_);
  const Time now = base_.now();
  offset_ = start_.at ? *start_.at - now : Time::duration{};
  frozenAt_ = start_.frozen ? std::optional(now + offset_) : std::nullopt;
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
  // Numbers from the incomplete last round of the alphabet would favour its first characters.
  const std::uint64_t size = alphabet.size();
  const std::uint64_t fair = std::numeric_limits<std::uint64_t>::max() / size * size;
  std::string text;
  text.reserve(length);
  while (text.size() < length) {
    const std::uint64_t number = next();
    if (number < fair) text += alphabet[number % size];
  }
  return text;
}

// Many at a time: a token takes dozens, and each call costs more than what it brings.
std::uint64_t SystemRandom::next() {
  constexpr std::size_t kAtOnce = 64;
  thread_local std::array<std::uint64_t, kAtOnce> numbers;
  thread_local std::size_t left = 0;
  if (left == 0) {
    unsigned char bytes[sizeof numbers];
    if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::bad_alloc();
    std::memcpy(numbers.data(), bytes, sizeof bytes);
    OPENSSL_cleanse(bytes, sizeof bytes);
    left = kAtOnce;
  }
  return std::exchange(numbers[--left], 0);
}

std::uint64_t SeededRandom::next() {
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_.fetch_add(kStep) + kStep;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace stoklab::emulator
