#include "harness/setting.h"

#include "harness/second_opinion.h"

namespace stoklab::conformance {

std::string toText(const Setting& setting) {
  return setting.module + "." + setting.section + "." + setting.field;
}

std::string getBody(const Setting& setting) {
  const bool row = !setting.table.empty();
  return R"({"method":"get",)" + jsonString(setting.module) +
         (row ? R"(:{"table":)" : R"(:{"name":)") +
         jsonString(row ? setting.table : setting.section) + "}}";
}

std::string setBody(const Setting& setting, std::string_view json) {
  return setBody(setting, std::vector{std::pair(setting.field, std::string(json))});
}

std::string setBody(const Setting& place,
                    const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body =
      R"({"method":"set",)" + jsonString(place.module) + ":{" + jsonString(place.section) + ":{";
  for (std::size_t i = 0; i < fields.size(); ++i)
    body += (i == 0 ? "" : ",") + jsonString(fields[i].first) + ":" + fields[i].second;
  return body + "}}}";
}

}  // namespace stoklab::conformance
