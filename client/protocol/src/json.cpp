// The one file that knows Poco::JSON's parser; what is plain does not get as far. Its handler
// interface hands over keys in wire order and integers as integers, which Poco's own Object does
// not keep.
#include "stoklab/protocol/json.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <unordered_map>

#include "json_plain.h"
#include "json_scan.h"
#include "stoklab/protocol/json_poco.h"

namespace stoklab::protocol {

namespace {

// A text that Poco accepts and this door refuses; caught in parseJson, which lets scanJson() say
// what and where. Poco cleans up after a std::exception only.
struct Refusal : std::exception {};

// From here on an index finds equal keys; below, looking at each is faster.
constexpr std::size_t kManyMembers = 16;

// Builds a value from the parser's events. Values are collected on a stack, so that no pointer
// into a growing array is ever kept.
class Builder final : public Poco::JSON::Handler {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  Json take() { return std::move(root_); }

  void reset() override {}
  void startObject() override { open(Json::object()); }
  void startArray() override { open(Json::array()); }
  void endObject() override { close(); }
  void endArray() override { close(); }
  void key(const std::string& text) override { stack_.back().key = text; }
  void null() override { put(nullptr); }
  void value(int number) override { put(number); }
  void value(unsigned number) override { put(std::int64_t{number}); }
  void value(Poco::Int64 number) override { put(std::int64_t{number}); }
  void value(Poco::UInt64 number) override {
    if (number > static_cast<Poco::UInt64>(std::numeric_limits<std::int64_t>::max()))
      throw Refusal{};
    put(static_cast<std::int64_t>(number));
  }
  void value(const std::string& text) override { put(text); }
  void value(double number) override {
    if (!std::isfinite(number)) throw Refusal{};
    put(number);
  }
  void value(bool truth) override { put(truth); }

 private:
  struct Level {
    Json container;
    std::string key = {};  // of the member that comes next, in an object
    std::unordered_map<std::string, std::size_t> places = {};  // of the members, if they are many
  };

  void open(Json container) {
    if (stack_.size() == limits_.maxDepth) throw Refusal{};
    stack_.push_back({.container = std::move(container)});
  }

  void close() {
    Json done = std::move(stack_.back().container);
    stack_.pop_back();
    put(std::move(done));
  }

  void put(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = stack_.back();
    if (auto* elements = level.container.elements()) {
      elements->push_back(std::move(value));
      return;
    }
    Json::Object& members = *level.container.members();
    if (limits_.duplicateKeys == DuplicateKeys::keepAll) {
      members.push_back({std::move(level.key), std::move(value)});
      return;
    }
    const std::size_t place = placeOf(level, members);
    if (place == members.size()) {
      members.push_back({std::move(level.key), std::move(value)});
      return;
    }
    if (limits_.duplicateKeys == DuplicateKeys::reject) throw Refusal{};
    members[place].value = std::move(value);
  }

  // Where the member that level.key names stands, or will stand.
  static std::size_t placeOf(Level& level, const Json::Object& members) {
    if (members.size() < kManyMembers) {
      const auto at = std::find_if(members.begin(), members.end(),
                                   [&](const JsonMember& m) { return m.key == level.key; });
      return static_cast<std::size_t>(at - members.begin());
    }
    if (level.places.empty()) {
      for (std::size_t i = 0; i < members.size(); ++i) level.places.emplace(members[i].key, i);
    }
    return level.places.emplace(level.key, members.size()).first->second;
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Level> stack_;
};

void appendString(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4U];
        out += kHex[byte & 0xFU];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

template <class Number>
void appendNumber(Number number, std::string& out) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// A real keeps looking like one, so that it is read back as one.
void appendReal(double number, std::string& out) {
  const auto start = out.size();
  appendNumber(number, out);
  if (out.find_first_of(".en", start) == std::string::npos) out += ".0";
}

// One printer for both layouts; `indent` < 0 means compact.
void append(const Json& value, int indent, std::string& out) {
  const auto newLine = [&out](int level) {
    if (level < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(level) * 2, ' ');
  };
  const int inner = indent < 0 ? -1 : indent + 1;

  if (const auto* text = value.string()) {
    appendString(*text, out);
  } else if (const auto* number = value.integer()) {
    appendNumber(*number, out);
  } else if (const auto* real = value.real()) {
    appendReal(*real, out);
  } else if (const auto* truth = value.boolean()) {
    out += *truth ? "true" : "false";
  } else if (const auto* elements = value.elements()) {
    out += '[';
    for (std::size_t i = 0; i < elements->size(); ++i) {
      if (i != 0) out += ',';
      newLine(inner);
      append((*elements)[i], inner, out);
    }
    if (!elements->empty()) newLine(indent);
    out += ']';
  } else if (const auto* members = value.members()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i != 0) out += ',';
      newLine(inner);
      appendString((*members)[i].key, out);
      out += indent < 0 ? ":" : ": ";
      append((*members)[i].value, inner, out);
    }
    if (!members->empty()) newLine(indent);
    out += '}';
  } else {
    out += "null";
  }
}

Error notJson(std::string_view text, const std::optional<JsonMistake>& mistake,
              std::string_view otherwise) {
  return malformed("not JSON: " + (mistake ? describe(*mistake, text) : std::string(otherwise)));
}

template <class Members>
auto* findIn(Members& members, std::string_view key) {
  const auto at =
      std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
  return at == members.end() ? nullptr : &at->value;
}

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : value_(value) {}
Json::Json(int value) : value_(std::int64_t{value}) {}
Json::Json(std::int64_t value) : value_(value) {}
Json::Json(double value) : value_(value) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json Json::array(std::vector<Json> elements) {
  Json value;
  value.value_ = std::move(elements);
  return value;
}

Json Json::object(std::initializer_list<JsonMember> members) {
  Json value;
  value.value_ = Object{};
  for (const auto& member : members) value.set(member.key, member.value);
  return value;
}

const Json* Json::find(std::string_view key) const {
  const auto* all = members();
  return all == nullptr ? nullptr : findIn(*all, key);
}

Json* Json::find(std::string_view key) {
  auto* all = members();
  return all == nullptr ? nullptr : findIn(*all, key);
}

const Json* Json::at(std::initializer_list<std::string_view> keys) const {
  const Json* value = this;
  for (const auto key : keys) {
    value = value->find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

Json& Json::set(std::string_view key, Json value) {
  if (isNull()) value_ = Object{};
  auto& all = std::get<Object>(value_);
  if (auto* old = findIn(all, key)) {
    *old = std::move(value);
    return *old;
  }
  all.push_back({std::string(key), std::move(value)});
  return all.back().value;
}

bool Json::erase(std::string_view key) {
  auto* all = members();
  return all != nullptr && std::erase_if(*all, [&](const auto& m) { return m.key == key; }) != 0;
}

Json& Json::push(Json value) {
  if (isNull()) value_ = Array{};
  return std::get<Array>(value_).emplace_back(std::move(value));
}

std::size_t Json::size() const {
  if (const auto* all = elements()) return all->size();
  if (const auto* all = members()) return all->size();
  return 0;
}

bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

bool operator==(const JsonMember& a, const JsonMember& b) {
  return a.key == b.key && a.value == b.value;
}

bool sameContent(const Json& a, const Json& b) {
  if (const auto* left = a.members(), *right = b.members(); left != nullptr && right != nullptr) {
    return left->size() == right->size() &&
           std::all_of(left->begin(), left->end(), [&](const JsonMember& member) {
             const auto* other = b.find(member.key);
             return other != nullptr && sameContent(member.value, *other);
           });
  }
  if (const auto* left = a.elements(), *right = b.elements(); left != nullptr && right != nullptr)
    return std::equal(left->begin(), left->end(), right->begin(), right->end(), sameContent);
  return a == b;
}

std::string_view kindName(const Json& value) {
  if (value.string() != nullptr) return "string";
  if (value.integer() != nullptr) return "integer";
  if (value.real() != nullptr) return "real";
  if (value.boolean() != nullptr) return "boolean";
  if (value.isArray()) return "array";
  if (value.isObject()) return "object";
  return "null";
}

Result<Json> parseJson(std::string_view text, const JsonLimits& limits) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return malformed("not JSON: the text is empty");
  if (auto plain = parsePlainJson(text, limits.maxDepth)) return *std::move(plain);
  std::string why;
  try {
    Poco::SharedPtr<Builder> builder(new Builder(limits));
    Poco::JSON::Parser parser(builder);
    parser.parse(std::string(text));
    return builder->take();
  } catch (const Refusal&) {
    why = "it is outside the limits";
  } catch (const Poco::Exception& e) {
    why = e.message();
  } catch (const std::exception& e) {
    why = e.what();
  }
  return notJson(text, scanJson(text, {}, limits).mistake, why);
}

Result<Json> parseJsonEach(std::string_view text, std::initializer_list<std::string_view> path,
                           const std::function<Result<void>(std::string_view)>& onElement,
                           const JsonLimits& limits) {
  const JsonScan scan = scanJson(text, path, limits, onElement);
  if (scan.stopped) return *scan.stopped;
  if (scan.mistake) return notJson(text, scan.mistake, {});
  if (!scan.found || scan.found->front() != '[') return parseJson(text, limits);
  const auto begin = static_cast<std::size_t>(scan.found->data() - text.data());
  std::string rest(text.substr(0, begin));
  rest += "[]";
  rest += text.substr(begin + scan.found->size());
  return parseJson(rest, limits);
}

std::optional<std::string_view> findJson(std::string_view text,
                                         std::initializer_list<std::string_view> path,
                                         const JsonLimits& limits) {
  const JsonScan scan = scanJson(text, path, limits);
  return scan.mistake ? std::nullopt : scan.found;
}

std::size_t jsonDepth(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool inString = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\') ++i;
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

std::string printJson(const Json& value) {
  std::string out;
  appendJson(value, out);
  return out;
}

void appendJson(const Json& value, std::string& out) { append(value, -1, out); }

std::string printPrettyJson(const Json& value) {
  std::string out;
  append(value, 0, out);
  return out;
}

Poco::Dynamic::Var toPoco(const Json& value) {
  if (const auto* text = value.string()) return *text;
  if (const auto* number = value.integer()) return Poco::Int64{*number};
  if (const auto* real = value.real()) return *real;
  if (const auto* truth = value.boolean()) return *truth;
  if (const auto* elements = value.elements()) {
    Poco::JSON::Array::Ptr array(new Poco::JSON::Array);
    for (const Json& element : *elements) array->add(toPoco(element));
    return array;
  }
  if (const auto* members = value.members()) {
    Poco::JSON::Object::Ptr object(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
    for (const auto& member : *members) object->set(member.key, toPoco(member.value));
    return object;
  }
  return {};
}

}  // namespace stoklab::protocol
