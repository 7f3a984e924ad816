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
  return R"({"method":"set",)" + jsonString(setting.module) + ":{" + jsonString(setting.section) +
         ":{" + jsonString(setting.field) + ":" + std::string(json) + "}}}";
}

}  // namespace stoklab::conformance
