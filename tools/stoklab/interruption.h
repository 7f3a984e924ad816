// A signal that is looked at now and then by work that must be tidied up after: the first SIGINT,
// SIGTERM or SIGHUP is only noted, the second one ends the program as ever.
#pragma once

#include <atomic>

namespace stoklab::cli {

// One at a time. While it lives, the three signals are noted; afterwards they do what they did.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // The number of the signal that came, or 0. Lives as long as the program.
  const std::atomic<int>& signal() const;
};

}  // namespace stoklab::cli
