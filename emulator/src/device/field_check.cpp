#include "field_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace stoklab::emulator {

using fixtures::FieldRule;
using protocol::Json;

namespace {

std::optional<std::int64_t> decimal(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The form in which a value of a request is stored, or null if it cannot be: strings as they are,
// numbers as strings unless a number stands there now, lists element by element.
Json storedForm(const Json& value, const Json* old) {
  if (value.string() != nullptr) {
    const bool mayBeText = old == nullptr || old->string() != nullptr;
    return mayBeText ? value : Json();
  }
  if (value.integer() != nullptr || value.real() != nullptr) {
    if (old != nullptr && (old->integer() != nullptr || old->real() != nullptr)) return value;
    const bool becomesText = old == nullptr || old->string() != nullptr;
    return becomesText ? Json(protocol::printJson(value)) : Json();
  }
  if (value.boolean() != nullptr)
    return old != nullptr && old->boolean() != nullptr ? value : Json();
  if (const auto* elements = value.elements()) {
    if (old != nullptr && !old->isArray()) return {};
    const Json sample = old != nullptr && old->size() > 0 ? old->elements()->front() : Json("");
    Json list = Json::array();
    for (const Json& element : *elements) {
      Json stored = storedForm(element, &sample);
      if (stored.isNull()) return {};
      list.push(std::move(stored));
    }
    return list;
  }
  if (value.isObject() && old != nullptr && old->isObject()) return value;
  return {};
}

using Check = std::optional<std::string_view> (*)(const FieldRule&, std::string_view text);

// What can be wrong with one text, in the order in which it is looked at.
constexpr std::array<Check, 3> kChecks = {
    [](const FieldRule& rule, std::string_view text) -> std::optional<std::string_view> {
      const bool listed =
          rule.allowed.empty() ||
          std::find(rule.allowed.begin(), rule.allowed.end(), text) != rule.allowed.end();
      return listed ? std::nullopt : std::optional<std::string_view>("value_not_allowed");
    },
    [](const FieldRule& rule, std::string_view text) -> std::optional<std::string_view> {
      if (!rule.minimum && !rule.maximum) return std::nullopt;
      const auto number = decimal(text);
      if (!number) return "value_not_integer";
      const bool fits = (!rule.minimum || *number >= *rule.minimum) &&
                        (!rule.maximum || *number <= *rule.maximum);
      return fits ? std::nullopt : std::optional<std::string_view>("value_out_of_range");
    },
    [](const FieldRule& rule, std::string_view text) -> std::optional<std::string_view> {
      const bool fits = !rule.maxLength || text.size() <= *rule.maxLength;
      return fits ? std::nullopt : std::optional<std::string_view>("value_too_long");
    },
};

std::optional<std::string_view> wrongWith(const FieldRule& rule, const Json& value) {
  if (const auto* text = value.string()) {
    for (const Check check : kChecks)
      if (const auto kind = check(rule, *text)) return kind;
  } else if (const auto* elements = value.elements()) {
    for (const Json& element : *elements)
      if (const auto kind = wrongWith(rule, element)) return kind;
  }
  return std::nullopt;
}

}  // namespace

Checked<Json> checkField(const fixtures::Section& section, std::string_view field,
                         const Json& value, const Json* old) {
  const auto found = section.rules.find(field);
  const FieldRule* rule = found == section.rules.end() ? nullptr : &found->second;
  const auto ownCode = rule == nullptr ? std::nullopt : rule->errorCode;
  if (rule != nullptr && rule->readOnly)
    return Refusal{.kind = "field_read_only", .errorCode = ownCode};
  Json stored = storedForm(value, old);
  if (stored.isNull()) return Refusal{.kind = "value_wrong_type", .errorCode = ownCode};
  if (rule != nullptr) {
    if (const auto kind = wrongWith(*rule, stored))
      return Refusal{.kind = *kind, .errorCode = ownCode};
  }
  return stored;
}

}  // namespace stoklab::emulator
