#include "stoklab/client/many_cameras.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace stoklab::client {

void forEachCamera(std::size_t count, std::size_t jobs, const std::function<bool()>& goOn,
                   const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto serve = [&] {
    while (goOn()) {
      const std::size_t index = next++;
      if (index >= count) return;
      work(index);
    }
  };
  std::vector<std::thread> threads(
      std::clamp<std::size_t>(jobs, 1, std::max<std::size_t>(count, 1)));
  for (std::thread& thread : threads) thread = std::thread(serve);
  for (std::thread& thread : threads) thread.join();
}

bool PasswordTrial::begin() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return verdict_ != Verdict::unknown || !trying_; });
  if (verdict_ == Verdict::refused) return false;
  if (verdict_ == Verdict::unknown) trying_ = true;
  return true;
}

bool PasswordTrial::isRefused() {
  const std::lock_guard lock(mutex_);
  return verdict_ == Verdict::refused;
}

void PasswordTrial::conclude(Verdict verdict) {
  {
    const std::lock_guard lock(mutex_);
    trying_ = false;
    // A refusal stays, whatever others say later.
    if (verdict != Verdict::unknown && verdict_ != Verdict::refused) verdict_ = verdict;
  }
  changed_.notify_all();
}

}  // namespace stoklab::client
