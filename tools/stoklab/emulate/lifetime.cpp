#include "emulate/lifetime.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>

#include "emulate/arguments.h"

namespace stoklab::cli {

void waitForEnd(const StopSignal& stop, double seconds, const std::function<void()>& onUser1) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + toMilliseconds(seconds);
  while (true) {
    std::optional<std::chrono::milliseconds> left;
    if (seconds >= 0)
      left = std::max(std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()),
                      std::chrono::milliseconds(0));
    if (stop.wait(left) != SIGUSR1) return;
    onUser1();
  }
}

}  // namespace stoklab::cli
