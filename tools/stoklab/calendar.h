// The day, for what expires and for what says when it was made.
#pragma once

#include <string>

namespace stoklab::cli {

// "2026-11-26", in UTC.
std::string today();

}  // namespace stoklab::cli
