// One line of a terminal for one exchange: when, in which session, what was asked, what came of it
// and how long it took. Made from the redacted exchange, so it shows no secret; and what came over
// the network cannot move the cursor or colour anything.
#pragma once

#include <string>
#include <string_view>

#include "stoklab/fixtures/trace.h"

namespace stoklab::cli {

// "   1.250 s  s1  get image.switch  200  0  12 ms"; no line break.
std::string liveLine(const fixtures::Exchange& exchange);

// `text` with everything but printable ASCII as '?', and cut to `most` characters.
std::string printable(std::string_view text, std::size_t most);

}  // namespace stoklab::cli
