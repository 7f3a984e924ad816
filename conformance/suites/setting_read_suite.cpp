// What each module of the profile shows: SETTING-*-SHAPE, -TYPES and -VALUES. Nothing is written.
#include <algorithm>
#include <charconv>

#include "suites/common.h"
#include "suites/setting_places.h"

namespace stoklab::conformance {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// --- shape

void judgeFields(const Place& place) {
  std::vector<std::string> missing;
  for (const FieldModel& field : place.section->fields) {
    if (place.fields.find(field.name) == nullptr) missing.push_back(field.name);
  }
  if (!missing.empty())
    find(place.module->name + "." + place.name, "the fields of its profile",
         "without " + joined(missing));
}

ASPECT(HasItsSectionsAndFields, "SHAPE") {
  for (const Seen& seen : look(module)) {
    const std::string path = module.name + "." + seen.model->name;
    const bool table = seen.model->kind == SectionKind::table;
    const char* expected = !table || profiled().tablesAreObjects
                               ? "an object"
                               : "a list of objects, each with one row under its name";
    if (!seen.value) {
      find(path, expected, "the device does not have it");
    } else if (table ? !areRows(*seen.value) : !seen.value->isObject()) {
      find(path, expected, toText(*seen.value));
    } else {
      for (const Place& place : placesIn(module, seen)) judgeFields(place);
    }
  }
}

// --- types

const char* nameOf(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "true or false";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::real:
      return "a number";
    case Value::Kind::text:
      return "a string";
    case Value::Kind::list:
      return "a list of strings";
    case Value::Kind::object:
      return "an object";
  }
  return "";
}

bool hasKind(const Value& value, Value::Kind kind) {
  return value.kind == kind && (kind != Value::Kind::list ||
                                std::all_of(value.items.begin(), value.items.end(),
                                            [](const Value& item) { return item.isText(); }));
}

// Calls `judgeOne` for each field of the profile that the device shows in this module.
template <class JudgeOne>
void forEachField(const ModuleModel& module, const JudgeOne& judgeOne) {
  for (const Seen& seen : look(module)) {
    for (const Place& place : placesIn(module, seen)) {
      for (const FieldModel& field : place.section->fields) {
        if (const Value* value = place.fields.find(field.name); value != nullptr)
          judgeOne(place, field, *value);
      }
    }
  }
}

ASPECT(HasItsTypes, "TYPES") {
  forEachField(module, [](const Place& place, const FieldModel& field, const Value& value) {
    if (!hasKind(value, field.kind))
      find(place.path(field.name), nameOf(field.kind), toText(value));
  });
}

// --- values

// "one of on, off" or "a number from 0 to 100"; empty if it is one.
std::string whatItShouldBe(const FieldRule& rule, const std::string& wire) {
  if (!rule.allowed.empty() &&
      std::none_of(rule.allowed.begin(), rule.allowed.end(),
                   [&](const std::string& known) { return sameText(known, wire); }))
    return "one of " + joined(rule.allowed);
  const std::string text = percentDecode(wire);
  if (rule.maxLength && text.size() > *rule.maxLength)
    return "at most " + std::to_string(*rule.maxLength) + " bytes";
  if (!rule.minimum && !rule.maximum) return {};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = error == std::errc() && end == text.data() + text.size() &&
                    (!rule.minimum || number >= *rule.minimum) &&
                    (!rule.maximum || number <= *rule.maximum);
  if (fits) return {};
  return "a number" + (rule.minimum ? " from " + std::to_string(*rule.minimum) : "") +
         (rule.maximum ? " to " + std::to_string(*rule.maximum) : "");
}

ASPECT(HasKnownValues, "VALUES") {
  forEachField(module, [](const Place& place, const FieldModel& field, const Value& value) {
    if (!value.isText()) return;  // a requirement about types says so
    const std::string expected = whatItShouldBe(field.rule, value.text);
    if (!expected.empty()) find(place.path(field.name), expected, toText(value));
  });
}

}  // namespace
}  // namespace stoklab::conformance
