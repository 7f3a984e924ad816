// An answer of the device, and the matchers that requirements are written with. A failed
// EXPECT_THAT prints "Expected:" and "Actual:", and those two lines become the two columns of the
// report: prefer it to EXPECT_EQ in suites.
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "harness/http.h"
#include "harness/json_view.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {

struct Answer {
  HttpAnswer http = {};
  std::optional<Value> json = {};  // empty if the body is no JSON

  int status() const { return http.status; }
  // The member at a path of names separated by dots, or null.
  const Value* at(std::string_view path) const { return json ? json->at(path) : nullptr; }
  // A text or an integer at that path.
  std::optional<std::string> text(std::string_view path) const;
  std::optional<std::int64_t> integer(std::string_view path) const;
  // error_code, if it is an integer.
  std::optional<std::int64_t> code() const { return integer("error_code"); }
  bool succeeded() const { return code() == 0; }
};

// Status and body, on one line, shortened.
std::string summary(const Answer& answer);
inline void PrintTo(const Answer& answer, std::ostream* out) { *out << summary(answer); }
inline void PrintTo(const Value& value, std::ostream* out) { *out << toText(value); }

// Matchers. They are plain functions of one type each, not templates: suites are compiled often.
using AnswerMatcher = testing::Matcher<const Answer&>;
using ValueMatcher = testing::Matcher<const Value&>;

// A matcher of one's own: `description` completes "Expected: ".
AnswerMatcher answerThat(std::string description, std::function<bool(const Answer&)> matches);
ValueMatcher valueThat(std::string description, std::function<bool(const Value&)> matches);

AnswerMatcher HasStatus(int status);
AnswerMatcher HasCode(int code);
AnswerMatcher HasDataCode(int code);
AnswerMatcher HasJson();
// A well-formed no: a JSON object with an integer error_code that is not 0, or an HTTP status that
// says that the request was wrong.
AnswerMatcher IsRefusal();
// The member at a path of names separated by dots exists and matches.
AnswerMatcher Holds(const std::string& path, const ValueMatcher& inner);
AnswerMatcher Lacks(const std::string& path);

ValueMatcher IsValue(const Value& value);
ValueMatcher TextIs(const std::string& text);
// A POSIX extended regular expression that the whole text matches.
ValueMatcher TextMatches(const std::string& pattern);
ValueMatcher IntegerIs(std::int64_t number);
ValueMatcher IntegerBetween(std::int64_t low, std::int64_t high);
ValueMatcher AnInteger();
ValueMatcher AnObject();
ValueMatcher AText();
ValueMatcher AnEmptyList();

}  // namespace stoklab::conformance
