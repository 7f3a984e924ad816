#include "stoklab/protocol/meta_keys.h"

#include <algorithm>
#include <array>

namespace stoklab::protocol {

namespace {
constexpr std::array<std::string_view, 4> kMetaKeys = {".name", ".type", ".anonymous", ".index"};
}  // namespace

bool isMetaKey(std::string_view key) {
  return std::find(kMetaKeys.begin(), kMetaKeys.end(), key) != kMetaKeys.end();
}

Json withMetaKeys(const Json& fields, std::string_view name, std::string_view type,
                  std::optional<std::int64_t> index) {
  const Json* own = fields.find(".type");
  Json whole = Json::object({{".name", name}});
  whole.set(".type", own != nullptr ? *own : Json(type));
  whole.set(".anonymous", false);
  if (index) whole.set(".index", *index);
  for (const auto& [key, value] : *fields.members())
    if (!isMetaKey(key)) whole.set(key, value);
  return whole;
}

Json withoutMetaKeys(const Json& fields, std::string_view type) {
  Json kept = Json::object();
  for (const auto& [key, value] : *fields.members()) {
    if (!isMetaKey(key) || (key == ".type" && value != Json(type))) kept.set(key, value);
  }
  return kept;
}

Json withoutAnyMetaKeys(const Json& value) {
  if (const auto* members = value.members()) {
    Json kept = Json::object();
    for (const auto& [key, each] : *members)
      if (!isMetaKey(key)) kept.set(key, withoutAnyMetaKeys(each));
    return kept;
  }
  if (const auto* elements = value.elements()) {
    Json kept = Json::array();
    for (const Json& each : *elements) kept.push(withoutAnyMetaKeys(each));
    return kept;
  }
  return value;
}

}  // namespace stoklab::protocol
