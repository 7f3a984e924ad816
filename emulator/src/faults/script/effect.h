// What a scripted fault does when it has its way: to a request, or to a connection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "faults/script/delay.h"
#include "faults/script/request_facts.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// One request, and what a fault may need to answer it.
struct Exchange {
  Endpoint& inside;
  const HttpRequest& request;
  const Peer& peer;
  const RequestFacts& facts;
  const ScriptedDevice& device;
  Random& chance;
};

// Immutable, and called from several threads. One of the first two is there, or a delay alone.
struct Effect {
  std::function<HttpReply(const Exchange&)> answer = {};
  std::optional<ConnectionFault> connection = {};
  std::optional<Delay> delay = {};
  unsigned happensTo = kAnyRequest;  // RequestKind
};

// A row of the table of what "do" may hold. The value stands at `place` ("faults[2].do.code"), and
// `all` is the whole "do".
struct EffectKind {
  ScriptedFaultKind text;
  protocol::Result<Effect> (*read)(const protocol::Json& value, const protocol::Json& all,
                                   const std::string& place);
  std::string_view alsoTakes = {};  // a further member of "do": "data"
};

// The rows of each layer.
std::span<const EffectKind> deviceEffects();
std::span<const EffectKind> httpEffects();
std::span<const EffectKind> tcpEffects();
std::span<const EffectKind> tlsEffects();

}  // namespace stoklab::emulator
