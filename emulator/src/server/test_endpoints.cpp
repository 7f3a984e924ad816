#include "test_endpoints.h"

#include <chrono>
#include <thread>

namespace stoklab::emulator {

bool eventually(const std::function<bool()>& condition) {
  for (int tries = 0; tries < 10'000; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace stoklab::emulator
