#include "harness/json_view.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Parser.h>

#include <utility>

#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

// Deeper answers are refused rather than followed: no device needs them, and a judge that runs out
// of stack judges nothing.
constexpr std::size_t kMaxDepth = 64;

// Builds the tree while Poco reads. `open_` holds the path from the root to where the next value
// goes; values move into their parent when they are complete, so no pointer can dangle.
class TreeBuilder : public Poco::JSON::Handler {
 public:
  void reset() override {
    open_.clear();
    root_.reset();
  }
  void startObject() override { start(Value::Kind::object); }
  void endObject() override { finish(); }
  void startArray() override { start(Value::Kind::list); }
  void endArray() override { finish(); }
  void key(const std::string& name) override { open_.back().pendingName = name; }
  void null() override { add({}); }
  void value(int number) override { addInteger(number); }
  void value(unsigned number) override { addInteger(number); }
  void value(Poco::Int64 number) override { addInteger(number); }
  void value(Poco::UInt64 number) override { addInteger(static_cast<std::int64_t>(number)); }
  void value(const std::string& text) override {
    Value v;
    v.kind = Value::Kind::text;
    v.text = text;
    add(std::move(v));
  }
  void value(double) override {
    Value v;
    v.kind = Value::Kind::real;
    add(std::move(v));
  }
  void value(bool flag) override {
    Value v;
    v.kind = Value::Kind::boolean;
    v.flag = flag;
    add(std::move(v));
  }

  std::optional<Value> take() { return std::move(root_); }

 private:
  struct Open {
    Value value;
    std::string pendingName;
  };

  void start(Value::Kind kind) {
    if (open_.size() >= kMaxDepth) throw Poco::DataFormatException("nested too deeply");
    open_.emplace_back();
    open_.back().value.kind = kind;
  }
  void finish() {
    Value done = std::move(open_.back().value);
    open_.pop_back();
    add(std::move(done));
  }
  void addInteger(std::int64_t number) {
    Value v;
    v.kind = Value::Kind::integer;
    v.integer = number;
    add(std::move(v));
  }
  void add(Value v) {
    if (open_.empty()) {
      root_ = std::move(v);
    } else if (open_.back().value.kind == Value::Kind::list) {
      open_.back().value.items.push_back(std::move(v));
    } else {
      open_.back().value.members.push_back({open_.back().pendingName, std::move(v)});
    }
  }

  std::vector<Open> open_;
  std::optional<Value> root_;
};

}  // namespace

const Value* Value::find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const Value* Value::at(std::string_view path) const {
  const Value* here = this;
  while (here != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    here = here->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return here;
}

std::vector<std::string> Value::names() const {
  std::vector<std::string> out;
  for (const Member& member : members) out.push_back(member.name);
  return out;
}

std::optional<Value> parseJson(std::string_view text) {
  Poco::SharedPtr<TreeBuilder> builder(new TreeBuilder);
  try {
    Poco::JSON::Parser parser(builder);
    parser.parse(std::string(text));
    return builder->take();
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

std::string toText(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return value.flag ? "true" : "false";
    case Value::Kind::integer:
      return std::to_string(value.integer);
    case Value::Kind::real:
      return "(a number with a fraction)";
    case Value::Kind::text:
      return jsonString(value.text);
    case Value::Kind::list: {
      std::string out = "[";
      for (const Value& item : value.items) out += (out.size() > 1 ? "," : "") + toText(item);
      return out + "]";
    }
    case Value::Kind::object: {
      std::string out = "{";
      for (const Member& member : value.members) {
        out += (out.size() > 1 ? "," : "") + jsonString(member.name) + ":" + toText(member.value);
      }
      return out + "}";
    }
  }
  return {};
}

bool operator==(const Value& a, const Value& b) { return toText(a) == toText(b); }

}  // namespace stoklab::conformance
