// The request that cameras hear all day, a get of one section or table, read without making JSON of
// it:
//
//   {"method":"get","image":{"name":"switch"}}
//
// The one thing not to get wrong: what this takes must mean what readRequestBody() makes of it. It
// takes plain names only, and leaves everything else, mistakes included, to that; the tests compare
// the two on random texts.
#pragma once

#include <optional>
#include <string_view>

namespace stoklab::emulator {

// Views into the body.
struct SimpleGet {
  std::string_view module;
  std::string_view name;  // of a section, a table, or a row
  bool table = false;     // asked for as a table (facts.md D3)
};

std::optional<SimpleGet> readSimpleGet(std::string_view body);

}  // namespace stoklab::emulator
