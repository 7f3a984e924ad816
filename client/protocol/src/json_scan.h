// Walks a JSON text without making anything of it: says where the first mistake is, and where a
// value stands. Behind the door of json.h; Poco's parser, which makes the values,
// does neither.
//
// The one thing not to get wrong: it must refuse what parseJson() refuses and nothing else, or an
// error would have no place.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

struct JsonMistake {
  std::size_t offset = 0;  // in bytes; the length of the text if it ends too early
  std::string what = {};   // "a value is missing"
  std::string path = {};   // "log.entries[4].request"; empty: the whole text
};

// "a value is missing at line 3, column 17 (log.entries[4].request)"
std::string describe(const JsonMistake& mistake, std::string_view text);

struct JsonScan {
  std::optional<JsonMistake> mistake = {};  // nullopt: it is one JSON text
  std::optional<Error> stopped = {};        // what `onElement` failed with
  // The value under the path; nullopt if there is none.
  std::optional<std::string_view> found = {};
};

// Gets the text of an element, which has been checked.
using OnJsonElement = std::function<Result<void>(std::string_view)>;

// Looks for the value under `path`, keys from the top down; an empty one looks for nothing. If it
// is an array, `onElement` (may be null) gets each of its elements as soon as its end is reached.
JsonScan scanJson(std::string_view text, std::span<const std::string_view> path,
                  const JsonLimits& limits, const OnJsonElement& onElement = nullptr);

}  // namespace stoklab::protocol
