// What is said of a request that a trace has no answer for: to the client, and to the person who
// runs the replay.
//
// The one thing not to get wrong: the sides. "request from the client" is what has just come in,
// "entry N in the trace" what was recorded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct Miss {
  std::string request = {};  // "get image.common"; holds no secret
  // Why there is no answer although something was recorded: "its answer was not recorded"; empty if
  // nobody has asked this before.
  std::string why = {};
  std::optional<fixtures::Nearest> nearest = {};
};

Miss missOf(const fixtures::Trace& trace, std::string_view path, const protocol::Json& body);

// Several lines, the last without a line break: what was missed, the nearest entry, each difference
// with its sides, and `advice`.
std::string messageOf(const fixtures::Trace& trace, const Miss& miss, std::string_view advice);

// For OnMiss::error.
HttpReply missReply(const fixtures::Trace& trace, const Miss& miss, std::string_view advice);

}  // namespace stoklab::emulator
