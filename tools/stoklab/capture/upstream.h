// The way of a request to the device behind a proxy, and what came of it. Forwarding sends it;
// what stands in front of that, such as the guard of logins, may hold it back.
#pragma once

#include <string>

#include "stoklab/client/transport.h"
#include "stoklab/emulator/endpoint.h"

namespace stoklab::cli {

struct Passage {
  enum class Outcome {
    answered,   // by the device, and `answer` is what it said
    lost,       // the device may have carried it out, but no answer came
    unreached,  // sent, or tried to, but the device certainly has no complete request
    held,       // nobody tried
  };
  Outcome outcome = Outcome::held;
  client::HttpAnswer answer = {};
  emulator::HttpReply reply = {};  // for the client, whatever happened
  std::string reason = {};         // why there is no answer, in a sentence without secrets
};

// One thread at a time.
class Upstream {
 public:
  virtual ~Upstream() = default;
  virtual Passage pass(const emulator::HttpRequest& request) = 0;
};

// For whoever has no answer of the device: an HTTP error whose body says that the proxy made it. It
// has no "error_code", so that nobody takes it for a word of the device.
emulator::HttpReply proxyReply(int status, const std::string& reason);

}  // namespace stoklab::cli
