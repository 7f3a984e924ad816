// Waits for somebody to end the program. The signals are blocked for every thread that is started
// afterwards, so that nothing is interrupted halfway.
#pragma once

#include <chrono>
#include <optional>

namespace stoklab::cli {

// While it lives, SIGTERM, SIGINT and SIGHUP wait to be asked for, and SIGUSR1 too if the program
// has a use for it. Make it before any thread.
class StopSignal {
 public:
  enum class Also { nothing, user1 };
  explicit StopSignal(Also also = Also::nothing);
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // The signal that came, or nullopt after `timeout`; without a timeout it waits for ever.
  std::optional<int> wait(std::optional<std::chrono::milliseconds> timeout) const;

 private:
  const Also also_;
};

}  // namespace stoklab::cli
