// Waiting for something to become true, with time and patience from outside.
#pragma once

#include <chrono>
#include <functional>

namespace stoklab::cli {

struct Patience {
  std::chrono::milliseconds total{10'000};
  std::chrono::milliseconds between{50};  // two looks
};

// Time as the caller sees it: now(), and a pause.
struct Pacer {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> pause;
};

// Looks at once, then again and again until `look` is true (returned as true) or the patience is
// over (false). The last look comes at the end of the time, so that a slow start is not missed.
bool waitUntil(const Patience& patience, const Pacer& pacer, const std::function<bool()>& look);

}  // namespace stoklab::cli
