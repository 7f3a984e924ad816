// Whether a device still answers as a trace says: asks again what was read, and compares.
//
// The one thing not to get wrong: only reads are asked again, ever. What was set, added, deleted or
// done in a trace is not for whoever checks it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "stoklab/fixtures/trace.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// One question of a trace, however often it was asked.
struct RecordedRead {
  std::vector<std::size_t> indices;  // in Trace::exchanges; never empty
  protocol::Json body;               // as it was recorded first
};

struct RecordedReads {
  std::vector<RecordedRead> reads;
  // Reads that cannot be asked again or compared: their answer is not in the trace, it was that of
  // a session that had ended, or the request itself holds something that was masked.
  std::size_t leftOut = 0;
};

RecordedReads readsOf(const fixtures::Trace& trace);

// What one read came to. Left is the device, right the trace.
struct ReadOutcome {
  std::size_t index = 0;  // of the recorded answer that comes nearest
  std::vector<fixtures::JsonDifference> differences = {};
};

// `answer` against each recorded answer to that read: without differences if it is like any of
// them, else those to the one it has fewest to. The error code counts by its value always, and
// values that are masked in a trace do not count.
ReadOutcome compareRead(const fixtures::Trace& trace, const RecordedRead& read,
                        const protocol::Json& answer, fixtures::Compare compare);

}  // namespace stoklab::cli
