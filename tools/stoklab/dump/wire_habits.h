// How a device writes its answers, gathered from answers as they came: which characters of a string
// it encodes, where error_code stands, whether a table is a list or an object.
//
// The one thing not to get wrong: it looks at the wire form, before anything is decoded.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::cli::dump {

class WireHabits {
 public:
  // A whole answer to a get.
  void look(const protocol::Json& answer);
  // A string that is known to hold what an encoding device encodes, such as the challenge's key.
  void lookAtText(std::string_view wire);
  // A table as it stands in an answer.
  void lookAtTable(const protocol::Json& table);

  // For the journal, and what several parts of a dump have seen together.
  protocol::Json toJson() const;
  void add(const protocol::Json& seen);

  // nullopt: nothing has shown it.
  std::optional<bool> percentEncodes() const;
  std::optional<std::string> errorCodePlace() const;  // "first" or "last"
  std::optional<bool> metaKeys() const;
  std::optional<std::string> tableForm() const;  // "list" or "object"
  // The characters of `assumed` and those that were seen as they are, without those that were seen
  // encoded.
  std::string literalCharacters(std::string_view assumed) const;

 private:
  void lookAtValue(const protocol::Json& value, bool inModule);

  std::set<std::string> seen_;
};

}  // namespace stoklab::cli::dump
