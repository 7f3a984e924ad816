#include "faults/script/reading.h"

#include <algorithm>
#include <cmath>

namespace stoklab::emulator {

using protocol::Error;
using protocol::Json;
using protocol::Result;

namespace {

constexpr std::size_t kLongestShown = 40;

// A key or a value for a message: as JSON, so that nothing in it can look like part of the message.
std::string shown(const Json& value) {
  if (value.isObject() || value.isArray()) return std::string(kindName(value));
  std::string text = printJson(value);
  if (text.size() > kLongestShown) text = text.substr(0, kLongestShown) + "...";
  return text;
}

std::string number(double value) {
  return value == std::floor(value) ? std::to_string(static_cast<std::int64_t>(value))
                                    : printJson(Json(value));
}

}  // namespace

Error wrongAt(const std::string& place, const std::string& what) {
  return protocol::malformed((place.empty() ? std::string("the script") : place) + ": " + what);
}

std::string memberOf(const std::string& place, std::string_view key) {
  return place.empty() ? std::string(key) : place + "." + std::string(key);
}

std::string listed(std::initializer_list<std::string_view> words, std::string_view last) {
  std::string text;
  std::size_t left = words.size();
  for (const std::string_view word : words) {
    text += word;
    --left;
    if (left == 1) text += " " + std::string(last) + " ";
    if (left > 1) text += ", ";
  }
  return text;
}

Result<void> checkObject(const Json& value, const std::string& place, std::string_view what,
                         std::initializer_list<std::string_view> members) {
  const Json::Object* object = value.members();
  if (object == nullptr)
    return wrongAt(place, "must be an object (" + std::string(what) + "), not " + shown(value));
  for (const auto& member : *object) {
    if (std::find(members.begin(), members.end(), member.key) != members.end()) continue;
    return wrongAt(place, "has no member " + shown(Json(member.key)) + "; " + std::string(what) +
                              " has " + listed(members, "and"));
  }
  return {};
}

Result<std::int64_t> integerAt(const Json& value, const std::string& place, std::int64_t least,
                               std::int64_t most) {
  const std::int64_t* integer = value.integer();
  if (integer == nullptr || *integer < least || *integer > most)
    return wrongAt(place, "must be an integer from " + std::to_string(least) + " to " +
                              std::to_string(most) + ", not " + shown(value));
  return *integer;
}

Result<double> numberAt(const Json& value, const std::string& place, double least, double most) {
  double found = -1;
  bool isNumber = true;
  if (const auto* integer = value.integer())
    found = static_cast<double>(*integer);
  else if (const auto* real = value.real())
    found = *real;
  else
    isNumber = false;
  if (!isNumber || found < least || found > most)
    return wrongAt(place, "must be a number from " + number(least) + " to " + number(most) +
                              ", not " + shown(value));
  return found;
}

Result<std::string> textAt(const Json& value, const std::string& place, std::size_t longest) {
  const std::string* text = value.string();
  if (text == nullptr || text->empty() || text->size() > longest)
    return wrongAt(
        place, "must be a text of 1 to " + std::to_string(longest) + " bytes, not " + shown(value));
  const bool clean = std::none_of(text->begin(), text->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!clean) return wrongAt(place, "must not hold control characters");
  return *text;
}

Result<void> trueAt(const Json& value, const std::string& place) {
  const bool* truth = value.boolean();
  if (truth == nullptr || !*truth)
    return wrongAt(place, "must be true, not " + shown(value) + "; leave it out otherwise");
  return {};
}

Result<std::size_t> choiceAt(const Json& value, const std::string& place,
                             std::initializer_list<std::string_view> choices) {
  if (const std::string* text = value.string()) {
    const auto found = std::find(choices.begin(), choices.end(), *text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  }
  return wrongAt(place, "must be " + listed(choices, "or") + ", not " + shown(value));
}

}  // namespace stoklab::emulator
