// One event loop with all clients of a load, from the first connection to the last answer.
#pragma once

#include <map>
#include <string>

#include "histogram.h"
#include "options.h"
#include "tls_link.h"

namespace stoklab::bench {

struct LoadResult {
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::map<std::string, std::uint64_t> errorTexts = {};  // a few of them, with how often
  double seconds = 0;
  double serverCpuSeconds = 0;
  std::uint64_t serverResidentKbBefore = 0, serverResidentKbAfter = 0;
  std::uint64_t serverDescriptors = 0;
  std::uint64_t controlCalls = 0;
  std::size_t open = 0;  // connections at the end
  Histogram latency = {};
  WireCounts wire = {};      // while measuring
  std::string failure = {};  // why nothing could be measured
};

// `password` is used for logins and goes nowhere else.
LoadResult runLoad(const Options& options, const std::string& password);

std::string toJson(const Options& options, const LoadResult& result);

}  // namespace stoklab::bench
