#include "kept_fields.h"

#include <algorithm>

namespace stoklab::cli {

using fixtures::KeptField;
using protocol::malformed;

protocol::Result<std::vector<KeptField>> parseKeptFields(const std::vector<std::string>& texts) {
  std::vector<KeptField> fields;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    KeptField field{.field = text.substr(0, equals)};
    if (equals != std::string::npos) field.reason = text.substr(equals + 1);
    const bool blank = field.reason.find_first_not_of(" \t") == std::string::npos;
    if (field.field.empty() || blank)
      return malformed("--keep " + text +
                       ": write FIELD=REASON, for example \"system.sys.dev_alias=a name of the "
                       "factory\"; the reason is recorded in the trace");
    const bool twice = std::any_of(fields.begin(), fields.end(), [&](const KeptField& other) {
      return other.field == field.field;
    });
    if (twice) return malformed("--keep " + field.field + " is given twice");
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace stoklab::cli
