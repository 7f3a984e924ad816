// How the judge looks at JSON: members in the order in which they came, repeated ones kept, and
// numbers told apart from strings. Poco::JSON reads the text; the tree is the judge's own, because
// a map would hide exactly what is to be judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoklab::conformance {

struct Member;

struct Value {
  enum class Kind { null, boolean, integer, real, text, list, object };

  Kind kind = Kind::null;
  bool flag = false;         // boolean
  std::int64_t integer = 0;  // integer
  std::string text;          // text, as it came: still percent-encoded
  std::vector<Value> items;  // list
  std::vector<Member> members;

  bool isObject() const { return kind == Kind::object; }
  bool isText() const { return kind == Kind::text; }
  bool isInteger() const { return kind == Kind::integer; }
  bool isList() const { return kind == Kind::list; }

  // The first member of that name, or null; null, too, if this is no object.
  const Value* find(std::string_view name) const;
  // Follows names separated by dots, "data.nonce".
  const Value* at(std::string_view path) const;
  // The names of the members, in order.
  std::vector<std::string> names() const;
};

struct Member {
  std::string name;
  Value value;
};

// Empty if `text` is not exactly one JSON value.
std::optional<Value> parseJson(std::string_view text);

// The value as compact JSON, for messages.
std::string toText(const Value& value);

// True if both are the same, with members in the same order.
bool operator==(const Value& a, const Value& b);

}  // namespace stoklab::conformance
