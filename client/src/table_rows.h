// The rows of a table, whichever way a device lists them.
#pragma once

#include "stoklab/client/transport.h"
#include "stoklab/protocol/json.h"

namespace stoklab::client {

// An object row name -> fields from a list of one-key objects, from one object, or from null
// (facts.md D4); order as it came. Rows of old firmware that carry their name inside (".name", E7)
// are taken too. Fails with ErrorKind::malformed on anything else.
Result<protocol::Json> rowsByName(const protocol::Json& table);

}  // namespace stoklab::client
