// What a record of the journal says: names and codes, and whether a filter takes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/journal.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// One thing that a request asks for: "image.switch", or "image.switch.flicker" with its value.
struct Ask {
  std::string module = {};
  std::string section = {};               // or table, row, action; empty: the whole module
  std::string field = {};                 // empty: the whole section
  const protocol::Json* value = nullptr;  // of the field, as it came; points into the body
};
std::string toText(const Ask& ask);

// In the order of the body, {} for what is no request. A login asks for "login" and nothing more.
std::vector<Ask> asksOf(const protocol::Json& body);

struct Interpretation {
  std::string_view kind;                       // see JournalFilter::kind
  std::string method = {};                     // empty if the body names none
  std::optional<protocol::Json> request = {};  // nullopt: no JSON object
  std::vector<Ask> asks = {};                  // points into `request`
  std::optional<int> errorCode = {};
};

// Moved, but not copied: its parts point at each other through the heap only.
Interpretation interpret(const JournalRecord& record);

bool matches(const JournalFilter& filter, const JournalRecord& record,
             const Interpretation& meaning);

}  // namespace stoklab::emulator
