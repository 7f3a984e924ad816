// The body of a request: one JSON object with a method and the modules it is about (facts.md
// section 3).
#pragma once

#include <string_view>

#include "field_check.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct RequestBody {
  protocol::Method method = protocol::Method::get;
  protocol::Json modules = protocol::Json::object();  // strings decoded; not empty
};

// Or the kind of mistake that a device answers.
Checked<RequestBody> readRequestBody(std::string_view body);

}  // namespace stoklab::emulator
