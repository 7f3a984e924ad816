// For benchmarks: what cannot fail here, or there is nothing to measure.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "stoklab/protocol/result.h"

namespace stoklab::bench {

template <class T>
T must(protocol::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "error: %s\n", result.error().detail.c_str());
    std::exit(3);
  }
  return *std::move(result);
}

// Ends the program if a step does not do what it is measured for.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "error: %s\n", what);
  std::exit(3);
}

}  // namespace stoklab::bench
