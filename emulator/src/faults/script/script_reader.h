// A script as data, read into what FaultScript keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "faults/script/effect.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Empty members hold for everything.
struct When {
  std::string method = {}, module = {}, section = {}, field = {};
  std::optional<RequestKind> kind = {};
  std::optional<std::uint64_t> connection = {}, request = {}, session = {};
  std::string client = {}, user = {};
};

// One fault, as it is to happen.
struct ReadFault {
  std::string name = {};
  protocol::Json text = {};
  When when = {};
  std::uint64_t skip = 0;
  std::optional<std::uint64_t> times = 1;  // nullopt: always
  double probability = 1;
  Effect effect = {};
};

struct ReadScript {
  std::optional<std::uint64_t> seed = {};
  std::vector<ReadFault> faults = {};
};

// An object with "faults", or one with "do", which is a single fault. Fails with
// ErrorKind::malformed; the detail begins with the place.
protocol::Result<ReadScript> readScript(const protocol::Json& script);

}  // namespace stoklab::emulator
