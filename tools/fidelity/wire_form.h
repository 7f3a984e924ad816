// How two bodies that mean the same differ in how they are written.
#pragma once

#include <string>
#include <vector>

#include "stoklab/protocol/json.h"

namespace stoklab::fidelity {

// Of "wire.key_order", "wire.encoding" (which characters are percent-encoded, and how) and
// "wire.form" (everything else: a name or a list of one, a number or its text); empty if the two
// are the same text.
std::vector<std::string> wireDifferences(const protocol::Json& ours,
                                         const protocol::Json& recorded);

// `live` with each placeholder of `recorded` in place of what stands there.
protocol::Json withPlaceholdersOf(const protocol::Json& recorded, const protocol::Json& live);

}  // namespace stoklab::fidelity
