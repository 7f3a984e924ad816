#include "readiness.h"

#include <algorithm>

namespace stoklab::cli {

bool waitUntil(const Patience& patience, const Pacer& pacer, const std::function<bool()>& look) {
  const auto end = pacer.now() + patience.total;
  while (!look()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - pacer.now());
    if (left <= std::chrono::milliseconds(0)) return false;
    pacer.pause(std::min(patience.between, left));
  }
  return true;
}

}  // namespace stoklab::cli
