// "--keep FIELD=REASON": a field that redaction is to leave as it is, and why.
#pragma once

#include <string>
#include <vector>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// One for each text, in order. Fails with ErrorKind::malformed if a field or a reason is missing,
// or a field is named twice.
protocol::Result<std::vector<fixtures::KeptField>> parseKeptFields(
    const std::vector<std::string>& texts);

}  // namespace stoklab::cli
