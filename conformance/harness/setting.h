// A field of the device that the judge reads, changes and puts back.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stoklab::conformance {

// A field of a section, or of a table's row if `table` is given.
struct Setting {
  std::string module = {};
  std::string section = {};  // or the row's name
  std::string field = {};
  std::string table = {};

  friend bool operator==(const Setting&, const Setting&) = default;
};

// "image.switch.flicker"
std::string toText(const Setting& setting);

// {"method":"get","image":{"name":"switch"}}, or the same with "table".
std::string getBody(const Setting& setting);

// {"method":"set","image":{"switch":{"flicker":"50hz"}}}; `json` is the value as JSON text.
std::string setBody(const Setting& setting, std::string_view json);
// The same of several fields of one section or row, each with its value; `place.field` does not
// matter.
std::string setBody(const Setting& place,
                    const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace stoklab::conformance
