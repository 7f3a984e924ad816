// Why a test or a run cannot go on. judge() in run.h catches all of these, so a test needs no try.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

namespace stoklab::conformance {

// The test cannot say anything about its requirement: something before it went wrong.
class Blocked : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The requirement is about something that this device does not have.
class NotApplicable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The options do not allow what the test has to do.
class NotAllowed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The run must end now, before harm is done.
class SafetyStop : public std::runtime_error {
 public:
  explicit SafetyStop(const std::string& what, std::optional<int> secondsLeft = {})
      : std::runtime_error(what), secondsLeft_(secondsLeft) {}
  // Of a lock.
  std::optional<int> secondsLeft() const { return secondsLeft_; }

 private:
  std::optional<int> secondsLeft_;
};

// A signal has come.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal)
      : std::runtime_error("interrupted by signal " + std::to_string(signal)), signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

}  // namespace stoklab::conformance
