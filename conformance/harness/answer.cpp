#include "harness/answer.h"

#include <utility>

namespace stoklab::conformance {
namespace {

// Describes itself by a fixed text and asks a function.
template <class T>
class Asking : public testing::MatcherInterface<const T&> {
 public:
  Asking(std::string description, std::function<bool(const T&)> matches)
      : description_(std::move(description)), matches_(std::move(matches)) {}
  bool MatchAndExplain(const T& value, testing::MatchResultListener*) const override {
    return matches_(value);
  }
  void DescribeTo(std::ostream* out) const override { *out << description_; }
  void DescribeNegationTo(std::ostream* out) const override { *out << "not: " << description_; }

 private:
  std::string description_;
  std::function<bool(const T&)> matches_;
};

}  // namespace

std::optional<std::string> Answer::text(std::string_view path) const {
  const Value* value = at(path);
  if (value == nullptr || !value->isText()) return std::nullopt;
  return value->text;
}

std::optional<std::int64_t> Answer::integer(std::string_view path) const {
  const Value* value = at(path);
  if (value == nullptr || !value->isInteger()) return std::nullopt;
  return value->integer;
}

std::string summary(const Answer& answer) {
  constexpr std::size_t kEnough = 400;
  std::string text = "HTTP " + std::to_string(answer.status()) + " ";
  if (answer.http.body.empty()) return text + "with an empty body";
  text += answer.http.body.substr(0, kEnough);
  if (answer.http.body.size() > kEnough)
    text += "... (" + std::to_string(answer.http.body.size()) + " bytes)";
  return text;
}

AnswerMatcher answerThat(std::string description, std::function<bool(const Answer&)> matches) {
  return testing::MakeMatcher(new Asking<Answer>(std::move(description), std::move(matches)));
}

ValueMatcher valueThat(std::string description, std::function<bool(const Value&)> matches) {
  return testing::MakeMatcher(new Asking<Value>(std::move(description), std::move(matches)));
}

AnswerMatcher HasStatus(int status) {
  return answerThat("HTTP status " + std::to_string(status),
                    [status](const Answer& a) { return a.status() == status; });
}

AnswerMatcher HasCode(int code) {
  return answerThat("error_code " + std::to_string(code),
                    [code](const Answer& a) { return a.code() == code; });
}

AnswerMatcher HasDataCode(int code) {
  return answerThat("data.code " + std::to_string(code),
                    [code](const Answer& a) { return a.integer("data.code") == code; });
}

AnswerMatcher HasJson() {
  return answerThat("a JSON object in the body",
                    [](const Answer& a) { return a.json && a.json->isObject(); });
}

AnswerMatcher IsRefusal() {
  return answerThat("an error_code that is not 0, or an HTTP error status from 400",
                    [](const Answer& a) {
                      if (a.json && a.json->isObject()) return a.code() && *a.code() != 0;
                      return a.status() >= 400 && a.status() < 600;
                    });
}

AnswerMatcher Holds(const std::string& path, const ValueMatcher& inner) {
  return answerThat(path + ": " + testing::DescribeMatcher<const Value&>(inner),
                    [path, inner](const Answer& a) {
                      const Value* value = a.at(path);
                      return value != nullptr && inner.Matches(*value);
                    });
}

AnswerMatcher Lacks(const std::string& path) {
  return answerThat("no member " + path, [path](const Answer& a) { return a.at(path) == nullptr; });
}

ValueMatcher IsValue(const Value& value) {
  return valueThat("the value " + toText(value), [value](const Value& v) { return v == value; });
}

ValueMatcher TextIs(const std::string& text) {
  return valueThat("the string " + jsonString(text),
                   [text](const Value& v) { return v.isText() && v.text == text; });
}

ValueMatcher TextMatches(const std::string& pattern) {
  const testing::Matcher<const std::string&> inner = testing::MatchesRegex(pattern);
  return valueThat("a string like " + pattern,
                   [inner](const Value& v) { return v.isText() && inner.Matches(v.text); });
}

ValueMatcher IntegerIs(std::int64_t number) {
  return valueThat("the integer " + std::to_string(number),
                   [number](const Value& v) { return v.isInteger() && v.integer == number; });
}

ValueMatcher IntegerBetween(std::int64_t low, std::int64_t high) {
  return valueThat("an integer from " + std::to_string(low) + " to " + std::to_string(high),
                   [low, high](const Value& v) {
                     return v.isInteger() && v.integer >= low && v.integer <= high;
                   });
}

ValueMatcher AnInteger() {
  return valueThat("an integer", [](const Value& v) { return v.isInteger(); });
}

ValueMatcher AnObject() {
  return valueThat("an object", [](const Value& v) { return v.isObject(); });
}

ValueMatcher AText() {
  return valueThat("a string", [](const Value& v) { return v.isText(); });
}

ValueMatcher AnEmptyList() {
  return valueThat("an empty list", [](const Value& v) { return v.isList() && v.items.empty(); });
}

}  // namespace stoklab::conformance
