// The names by which calls pick entries of the journal.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stoklab/emulator/journal.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

inline constexpr std::int64_t kMostCode = 2'147'483'647;
inline constexpr std::array<std::string_view, 5> kMethods = {"get", "set", "do", "add", "delete"};
inline constexpr std::array<std::string_view, 7> kKinds = {"challenge", "login", "command", "page",
                                                           "upload",    "other", "event"};

// Of checked arguments; those that are not there match everything.
JournalFilter filterOf(const protocol::Json& arguments);

}  // namespace stoklab::emulator
