// The keys that older firmware adds to each section and row of a get answer: the bookkeeping of the
// file that the settings lie in (facts.md E7). ".name" is the section's or row's own name, ".type"
// what kind of section it is, ".anonymous" false for everything that has a name, ".index" where a
// row stands in its file. Nobody sets them.
#pragma once

#include <optional>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

// ".name", ".type", ".anonymous" or ".index".
bool isMetaKey(std::string_view key);

// `fields` of a section (no `index`) or a row, behind its meta keys. A ".type" that is among the
// fields is kept, else it is `type`: the name of the table or of the section.
Json withMetaKeys(const Json& fields, std::string_view name, std::string_view type,
                  std::optional<std::int64_t> index = {});

// The fields alone. A ".type" that is not `type` stays: it says what no name says.
Json withoutMetaKeys(const Json& fields, std::string_view type);

// Every object at any depth without any of its meta keys, for a person to read.
Json withoutAnyMetaKeys(const Json& value);

}  // namespace stoklab::protocol
