// Which settings a request is about: what tells whether a set has anything to do with a get.
#pragma once

#include <string>
#include <vector>

#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct Subject {
  std::string module;
  std::string section = {};  // or table, or row; empty: the whole module

  friend bool operator==(const Subject&, const Subject&) = default;
};

// Of a body as it came. What adds, deletes or acts is about whole modules.
std::vector<Subject> subjectsOf(const protocol::Json& body);

// "get image.switch, OSD.date", for a person; "a body that is no request" for what is none.
std::string titleOf(const protocol::Json& body);

// Whether any of one is the same as, or lies within, any of the other; a row "label_info_1" lies
// within its table "label_info" (facts.md D8).
bool touch(const std::vector<Subject>& ours, const std::vector<Subject>& theirs);

// "method" of a body, decoded; empty if it names none.
std::string methodOf(const protocol::Json& body);

}  // namespace stoklab::emulator
