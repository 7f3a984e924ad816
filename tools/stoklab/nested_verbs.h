// A verb that has verbs of its own: "stoklab trace import", "stoklab profile lint".
#pragma once

#include <span>
#include <string_view>

#include "verb.h"

namespace stoklab::cli {

// Declares `verbs` below `command`, which is called `name`; returns what runs the one that is
// given.
Run declareNested(CLI::App& command, Console& console, std::string_view name,
                  std::span<const Verb> verbs);

}  // namespace stoklab::cli
