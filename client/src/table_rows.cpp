#include "table_rows.h"

#include <string>

namespace stoklab::client {

using protocol::Json;
using protocol::malformed;

Result<Json> rowsByName(const Json& table) {
  if (table.isObject()) return table;
  Json rows = Json::object();
  if (table.isNull()) return rows;
  const auto* elements = table.elements();
  if (elements == nullptr) {
    return malformed("a table must be a list of rows, not a " +
                     std::string(protocol::kindName(table)));
  }
  for (const Json& element : *elements) {
    const auto* members = element.members();
    const Json* name = element.find(".name");
    if (name != nullptr && name->string() != nullptr) {
      rows.set(*name->string(), element);
    } else if (members != nullptr && members->size() == 1) {
      rows.set(members->front().key, members->front().value);
    } else {
      return malformed("row " + std::to_string(rows.size() + 1) +
                       " of a table is no object with its name as the only key");
    }
  }
  return rows;
}

}  // namespace stoklab::client
