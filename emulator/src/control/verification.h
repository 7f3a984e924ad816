// Whether what clients have done is what a test expects, and if not, what is different: made to be
// read in the output of a failed test.
#pragma once

#include "stoklab/emulator/journal.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

struct Verification {
  bool holds = false;
  protocol::Json differences = protocol::Json::array();  // {"expected","seen","message"}
  std::string text = {};  // the messages and the nearest requests, many lines
};

// `request` is {"expect":[...],"in_order":false,"since":0,"nothing_else":["set"]}. Fails with
// ErrorKind::malformed, which says where, for what cannot be an expectation. Values that belong to
// somebody are masked in what it says, unless `reveal` says otherwise; `profile` is that of the
// device.
protocol::Result<Verification> verify(const Journal& journal, const protocol::Json& request,
                                      const fixtures::Profile& profile, Reveal reveal);

}  // namespace stoklab::emulator
