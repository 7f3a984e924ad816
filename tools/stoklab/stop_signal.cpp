#include "stop_signal.h"

#include <csignal>
#include <ctime>

namespace stoklab::cli {

namespace {
sigset_t signals(StopSignal::Also also) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  if (also == StopSignal::Also::user1) sigaddset(&set, SIGUSR1);
  return set;
}
}  // namespace

StopSignal::StopSignal(Also also) : also_(also) {
  const sigset_t set = signals(also_);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

StopSignal::~StopSignal() {
  const sigset_t set = signals(also_);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::optional<int> StopSignal::wait(std::optional<std::chrono::milliseconds> timeout) const {
  using Clock = std::chrono::steady_clock;
  const sigset_t set = signals(also_);
  const auto until = timeout ? Clock::now() + *timeout : Clock::time_point::max();
  while (true) {
    int signal = 0;
    if (!timeout) {
      if (sigwait(&set, &signal) == 0) return signal;
      continue;
    }
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    const timespec time{.tv_sec = left.count() / 1'000'000'000,
                        .tv_nsec = left.count() % 1'000'000'000};
    signal = sigtimedwait(&set, nullptr, &time);
    if (signal > 0) return signal;
  }
}

}  // namespace stoklab::cli
