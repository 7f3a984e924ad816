// The only door to JSON. Values keep the order of their keys, as they came or were set, because
// the order on the wire is something that people compare; integers stay integers.
//
// Poco::JSON does the parsing behind the door; it never appears in front of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

struct JsonMember;

// A JSON value. A value type: copies are deep. Not synchronised.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<JsonMember>;  // in wire order; keys are unique

  Json();  // null
  Json(std::nullptr_t);
  Json(bool value);
  Json(int value);
  Json(std::int64_t value);
  Json(double value);
  Json(const char* value);
  Json(std::string_view value);
  Json(std::string value);
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  // Json::array({1, "two"}) and Json::object({{"key", 1}}); a key given twice keeps the last.
  static Json array(std::vector<Json> elements = {});
  static Json object(std::initializer_list<JsonMember> members = {});

  bool isNull() const;
  bool isObject() const;
  bool isArray() const;

  // The content if the value is of that kind, else nullptr.
  const bool* boolean() const;
  const std::int64_t* integer() const;
  const double* real() const;
  const std::string* string() const;
  std::string* string();
  const Array* elements() const;
  Array* elements();
  const Object* members() const;
  Object* members();

  // The value under `key`, or nullptr if there is none or this is no object. The pointer lives
  // until the object changes.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);

  // Walks several keys: at({"image", "switch"}). nullptr as soon as one is missing.
  const Json* at(std::initializer_list<std::string_view> keys) const;

  // Replaces the value under `key`, or appends it. Turns null into an object first; on any other
  // kind it is a programming error. Returns the stored value.
  Json& set(std::string_view key, Json value);

  // Removes `key`; false if it was not there.
  bool erase(std::string_view key);

  // Appends to an array (null becomes one first). Returns the stored value.
  Json& push(Json value);

  // Number of elements or members; 0 for everything else.
  std::size_t size() const;

  // Equal in kind, content and order of keys.
  friend bool operator==(const Json& a, const Json& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct JsonMember {
  std::string key;
  Json value;

  friend bool operator==(const JsonMember& a, const JsonMember& b);
};

// Defined here because a value holds members, and a member holds a value.
inline bool Json::isNull() const { return std::holds_alternative<std::monostate>(value_); }
inline bool Json::isObject() const { return members() != nullptr; }
inline bool Json::isArray() const { return elements() != nullptr; }
inline const bool* Json::boolean() const { return std::get_if<bool>(&value_); }
inline const std::int64_t* Json::integer() const { return std::get_if<std::int64_t>(&value_); }
inline const double* Json::real() const { return std::get_if<double>(&value_); }
inline const std::string* Json::string() const { return std::get_if<std::string>(&value_); }
inline std::string* Json::string() { return std::get_if<std::string>(&value_); }
inline const Json::Array* Json::elements() const { return std::get_if<Array>(&value_); }
inline Json::Array* Json::elements() { return std::get_if<Array>(&value_); }
inline const Json::Object* Json::members() const { return std::get_if<Object>(&value_); }
inline Json::Object* Json::members() { return std::get_if<Object>(&value_); }

// True if both hold the same content, whatever the order of keys.
bool sameContent(const Json& a, const Json& b);

// "null", "boolean", "integer", "real", "string", "array" or "object".
std::string_view kindName(const Json& value);

// keepAll: an object holds every member that the text has, in its order, and keys may repeat. For
// whoever looks for something that must not hide behind a second value; find() sees the first.
enum class DuplicateKeys { keepLast, reject, keepAll };

struct JsonLimits {
  std::size_t maxDepth = 64;  // of objects and arrays within each other
  DuplicateKeys duplicateKeys = DuplicateKeys::keepLast;
};

// One JSON text (RFC 8259), surrounded by white space at most. Fails with ErrorKind::malformed,
// and the detail says what and where: "not JSON: a value is missing at line 3, column 17
// (log.entries[4].request)", columns in bytes. It shows no value, but the keys on the way. Numbers
// that fit neither a 64-bit integer nor a finite double are refused.
Result<Json> parseJson(std::string_view text, const JsonLimits& limits = {});

// For texts whose bulk is one array, under `path` (keys from the top down, {"log","entries"}):
// hands over the text of each element, which is a part of `text`, to be parsed there or later.
// Returns everything else, with that array empty. Fails as parseJson() would fail for the whole
// text, or with the first failure of `onElement`; elements before a mistake have been handed over
// by then. Whether there is an array under `path` shows in what is returned. No copy of `text` is
// made.
Result<Json> parseJsonEach(std::string_view text, std::initializer_list<std::string_view> path,
                           const std::function<Result<void>(std::string_view)>& onElement,
                           const JsonLimits& limits = {});

// The text of the value under `path`, which is a part of `text`; nullopt if there is none or if
// `text` is not JSON. Saves making a value of a large text to look at a small part of it.
std::optional<std::string_view> findJson(std::string_view text,
                                         std::initializer_list<std::string_view> path,
                                         const JsonLimits& limits = {});

// How deep objects and arrays nest in `text`, whether or not it is valid JSON: tells why a text was
// refused without reading it as JSON.
std::size_t jsonDepth(std::string_view text);

// Without white space, keys in order. Text that is not valid UTF-8 is written byte by byte as it
// is; control characters, quotes and backslashes are escaped; "/" is not.
std::string printJson(const Json& value);
void appendJson(const Json& value, std::string& out);

// For people and for files under version control: two spaces a level, one member a line, no line
// break at the end.
std::string printPrettyJson(const Json& value);

}  // namespace stoklab::protocol
