// What a process has used so far, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace stoklab::bench {

struct ProcessFacts {
  double cpuSeconds = 0;  // user and system, all threads
  std::uint64_t residentKb = 0;
  std::uint64_t descriptors = 0;
};

// nullopt if there is no such process, or it is not ours to look at.
std::optional<ProcessFacts> factsOf(pid_t pid);

}  // namespace stoklab::bench
