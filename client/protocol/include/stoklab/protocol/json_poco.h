// A copy of a JSON value for a library that speaks Poco::JSON. Only files that call such a library
// include this; everybody else stays with json.h.
#pragma once

#include <Poco/Dynamic/Var.h>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

// Objects become Poco::JSON::Object::Ptr with their order kept, arrays Poco::JSON::Array::Ptr.
Poco::Dynamic::Var toPoco(const Json& value);

}  // namespace stoklab::protocol
