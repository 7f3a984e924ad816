// What a trace holds, in numbers.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/fixtures/trace.h"

namespace stoklab::cli {

struct SessionSummary {
  std::string label = {};
  std::size_t exchanges = 0;
  std::chrono::milliseconds first{}, last{};  // when its requests began
};

struct DurationSummary {
  std::size_t count = 0;  // of exchanges whose duration is known; never 0
  std::chrono::milliseconds median{}, ninety{}, ninetyNine{}, longest{};
};

struct TraceSummary {
  std::size_t exchanges = 0;
  std::size_t withoutAnswer = 0;
  std::chrono::milliseconds span{};                  // from the first to the last request
  std::vector<SessionSummary> sessions = {};         // in the order of their first exchange
  std::map<std::string, std::size_t> methods = {};   // "get" -> how many
  std::map<std::string, std::size_t> requests = {};  // "get image.switch" -> how many
  std::map<int, std::size_t> statuses = {};          // HTTP
  std::map<std::int64_t, std::size_t> codes = {};    // error_code
  std::optional<DurationSummary> durations = {};
};

// A request that asks for several things counts for each of them.
TraceSummary summaryOf(const fixtures::Trace& trace);

}  // namespace stoklab::cli
