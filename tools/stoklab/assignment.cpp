#include "assignment.h"

#include <algorithm>

namespace stoklab::cli {

using protocol::Json;

Result<std::pair<std::string, Json>> parseAssignment(std::string_view text) {
  // Only the name may be repeated in an error: the value may be a password.
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return protocol::malformed("there is no \"=\" in argument \"" + std::string(text) +
                               "\" (NAME=VALUE, or NAME:=JSON for what is not a string)");
  }
  std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  const bool isJson = name.ends_with(':');
  if (isJson) name.remove_suffix(1);
  if (name.empty()) return protocol::malformed("there is no name before the \"=\" of an argument");
  if (!isJson) return std::pair{std::string(name), Json(value)};

  auto json = protocol::parseJson(value);
  if (!json) {
    return protocol::malformed("the value of " + std::string(name) +
                               " is not JSON: " + json.error().detail + " (use " +
                               std::string(name) + "=VALUE for a plain string)");
  }
  return std::pair{std::string(name), *std::move(json)};
}

Result<Json> parseArguments(const std::vector<std::string>& texts) {
  Json object = Json::object();
  for (const std::string& text : texts) {
    auto assignment = parseAssignment(text);
    if (!assignment) return assignment.error();
    if (object.find(assignment->first) != nullptr) {
      return protocol::malformed(assignment->first + " is given twice");
    }
    object.set(assignment->first, std::move(assignment->second));
  }
  return object;
}

Result<std::vector<Change>> parseChanges(const std::vector<std::string>& texts) {
  std::vector<Change> changes;
  for (const std::string& text : texts) {
    auto assignment = parseAssignment(text);
    if (!assignment) return assignment.error();
    auto path = protocol::SettingPath::parse(assignment->first);
    if (!path) return path.error();
    if (path->field.empty()) {
      return protocol::malformed("\"" + assignment->first +
                                 "\" names no field (MODULE.SECTION.FIELD=VALUE)");
    }
    const bool again = std::any_of(changes.begin(), changes.end(),
                                   [&](const Change& other) { return other.path == *path; });
    if (again) return protocol::malformed(assignment->first + " is given twice");
    changes.push_back({*std::move(path), std::move(assignment->second)});
  }
  return changes;
}

}  // namespace stoklab::cli
