// Whether a client still works with another firmware: its recorded requests, asked again of an
// emulated device of that firmware, in their order and at their times, and compared with what was
// answered when they were recorded.
//
// A request fails if it is answered with another HTTP status or error code, if the answer lacks
// something that the recorded one had, or has it as another kind of value. What is new in an answer
// is no failure, and values do not count: an emulated device is set as its profile says.
//
// Logins are made anew, in the way of the recorded client: its encrypt type, its key. What the
// firmware no longer lets in fails, and so does everything that needs that session.
//
// The one thing not to get wrong: nothing leaves the process. Requests that change a device or make
// it act are played as well, which a real device would resent.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/fixtures/trace_match.h"

namespace stoklab::cli {

struct CheckedRequest {
  enum class Outcome { works, fails, notRun };

  std::size_t index = 0;  // in Trace::exchanges
  Outcome outcome = Outcome::works;
  // Left is what was recorded, right what is answered now. Empty unless it fails.
  std::vector<fixtures::JsonDifference> differences = {};
  std::string reason = {};  // of what fails or is not run, where differences do not say it
};

struct ClientCheck {
  std::vector<CheckedRequest> requests = {};  // in their order
  // Requests that cannot be asked again or compared: without an answer in the trace, or with a body
  // that is not in it.
  std::size_t leftOut = 0;

  std::size_t count(CheckedRequest::Outcome outcome) const;
};

ClientCheck checkClient(const fixtures::Trace& trace,
                        std::shared_ptr<const fixtures::Profile> firmware);

}  // namespace stoklab::cli
