// From recorded answers to answers that a live client can use: what was a secret then is one of
// now.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// Whether the answer is there in full. One without a body that says why it has none is not.
bool isComplete(const fixtures::TraceReply& reply);

// The same answer with another body: status, headers, key order and encoding as recorded.
HttpReply replyWith(const fixtures::TraceReply& recorded, const protocol::Json& body);

// What stands for the placeholders, in wire form; an empty one leaves its placeholder in place.
struct LiveSecrets {
  std::string token = {}, nonce = {}, key = {}, key2 = {};
};
// Those that the answer of a device holds. A device without a second key has its only one in both
// places: a client that prefers the second encrypts for the same device.
LiveSecrets secretsIn(const protocol::Json& answer);

bool needsChallenge(const protocol::Json& body);  // it has {nonce}, {key} or {key_2}
protocol::Json withSecrets(const protocol::Json& body, const LiveSecrets& secrets);

// A live challenge or login answer in the shape of a recorded one: fields, their order and texts as
// recorded; secrets, codes and counters as they are now.
protocol::Json inShapeOf(const protocol::Json& recorded, const protocol::Json& live);

}  // namespace stoklab::emulator
