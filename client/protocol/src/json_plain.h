// Reads the JSON that devices and clients send each other all day, in a twentieth of the time that
// Poco's parser takes: strings of printable ASCII with the short escapes, integers, and no
// key twice. Everything else is left to Poco, mistakes included.
//
// The one thing not to get wrong: what this accepts must be what Poco would have made of it. The
// tests compare the two on random texts.
#pragma once

#include <optional>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

// nullopt: the text is not plain, or no JSON at all.
std::optional<Json> parsePlainJson(std::string_view text, std::size_t maxDepth);

}  // namespace stoklab::protocol
