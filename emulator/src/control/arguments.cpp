#include "control/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kLongestShown = 60;

std::string shown(std::string_view name) {
  std::string text(name.substr(0, kLongestShown));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  return text.size() < name.size() ? text + "..." : text;
}

std::string namesOf(std::span<const Argument> arguments) {
  if (arguments.empty()) return "nothing is taken here";
  std::string text = "there are ";
  for (const Argument& each : arguments) {
    if (&each != &arguments.front()) text += ", ";
    text += each.name;
  }
  return text;
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

const Argument* findArgument(std::span<const Argument> arguments, std::string_view name) {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const Argument& each) { return each.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

std::string_view nameOf(ArgumentKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {
      "text", "a whole number", "true or false", "an object", "an array", "any value"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool isOfKind(const Json& value, ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::text:
      return value.string() != nullptr;
    case ArgumentKind::integer:
      return value.integer() != nullptr;
    case ArgumentKind::boolean:
      return value.boolean() != nullptr;
    case ArgumentKind::object:
      return value.isObject();
    case ArgumentKind::array:
      return value.isArray();
    case ArgumentKind::any:
      break;
  }
  return true;
}

Result<void> checkValue(const Json& value, const Argument& argument, const std::string& name) {
  if (!isOfKind(value, argument.kind))
    return malformed(name + " must be " + std::string(nameOf(argument.kind)) +
                     " and is of the kind " + std::string(kindName(value)));
  if (const std::int64_t* number = value.integer();
      number != nullptr && argument.kind == ArgumentKind::integer &&
      (*number < argument.least || *number > argument.most))
    return malformed(name + " must be from " + std::to_string(argument.least) + " to " +
                     std::to_string(argument.most) + " and is " + std::to_string(*number));
  const std::string* text = value.string();
  if (text == nullptr || argument.kind != ArgumentKind::text) return {};
  if (!argument.words.empty()) {
    if (std::find(argument.words.begin(), argument.words.end(), *text) != argument.words.end())
      return {};
    return malformed(name + " must be one of " + joined(argument.words));
  }
  if (text->size() < argument.shortest || text->size() > argument.longest)
    return malformed(name + " must have from " + std::to_string(argument.shortest) + " to " +
                     std::to_string(argument.longest) + " bytes and has " +
                     std::to_string(text->size()));
  return {};
}

Result<Json> valueFromText(std::string text, const Argument& argument) {
  if (argument.kind != ArgumentKind::integer) return Json(std::move(text));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return malformed(std::string(argument.name) + " must be a whole number and is \"" +
                     shown(text) + "\"");
  return Json(number);
}

}  // namespace

Result<void> checkMembers(const Json& body, std::span<const Argument> arguments,
                          std::string_view where) {
  const std::string place(where);
  if (!body.isObject()) {
    return malformed((place.empty() ? "the body" : place.substr(0, place.size() - 1)) +
                     " must be an object and is of the kind " + std::string(kindName(body)));
  }
  for (const auto& [key, value] : *body.members()) {
    const Argument* argument = findArgument(arguments, key);
    if (argument == nullptr)
      return malformed("there is no member " + place + shown(key) + "; " + namesOf(arguments));
    if (auto good = checkValue(value, *argument, place + key); !good) return good;
  }
  for (const Argument& each : arguments)
    if (each.required && body.find(each.name) == nullptr)
      return malformed(place + std::string(each.name) + " is missing");
  return {};
}

Result<Json> readQuery(std::string_view query, std::span<const Argument> arguments) {
  Json values = Json::object();
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const auto name = decodePart(part.substr(0, equals), true);
    if (!name) return name.error();
    const Argument* argument = findArgument(arguments, *name);
    if (argument == nullptr)
      return malformed("there is no query parameter " + shown(*name) + "; " + namesOf(arguments));
    if (values.find(*name) != nullptr) return malformed(shown(*name) + " is given twice");
    auto text = decodePart(
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
    if (!text) return std::move(text).error();
    if (text->empty()) continue;  // "method=" asks for nothing
    auto value = valueFromText(*std::move(text), *argument);
    if (!value) return std::move(value).error();
    if (auto good = checkValue(*value, *argument, *name); !good) return good.error();
    values.set(*name, *std::move(value));
  }
  return values;
}

std::int64_t integerOf(const Json& arguments, std::string_view name, std::int64_t other) {
  const Json* value = arguments.find(name);
  return value != nullptr && value->integer() != nullptr ? *value->integer() : other;
}

std::string textOf(const Json& arguments, std::string_view name) {
  const Json* value = arguments.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

bool isGiven(const Json& arguments, std::string_view name) {
  return arguments.find(name) != nullptr;
}

Result<std::string> decodePart(std::string_view part, bool plusIsSpace) {
  std::string text(part);
  if (plusIsSpace) std::replace(text.begin(), text.end(), '+', ' ');
  if (text.find('%') != std::string::npos) {
    const std::string decoded = protocol::percentDecode(text);
    if (decoded == text)
      return malformed("there is a wrong percent sequence in the address: " + shown(part));
    text = decoded;
  }
  // What stands in answers must be text.
  if (!protocol::parseJson(protocol::printJson(Json(text))))
    return malformed("the address holds what is not UTF-8");
  return text;
}

}  // namespace stoklab::emulator
