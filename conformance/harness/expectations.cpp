#include "harness/expectations.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "harness/json_view.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

constexpr int kSchemaVersion = 1;

class Reader {
 public:
  explicit Reader(const NamedText& file) : file_(file) {}

  Expectations read() const {
    const auto document = parseJson(file_.text);
    if (!document || !document->isObject()) fail("it is no JSON object");
    onlyMembers(*document, {"schema_version", "profile", "note", "deviations"}, "the file");
    const Value* version = document->find("schema_version");
    if (version == nullptr || !version->isInteger() || version->integer != kSchemaVersion)
      fail("schema_version is not " + std::to_string(kSchemaVersion));
    const Value* list = document->find("deviations");
    if (list == nullptr || !list->isList()) fail("deviations is no list");
    Expectations expectations;
    expectations.profile = text(*document, "profile", "the file");
    std::set<std::string> seen;
    for (const Value& item : list->items) {
      expectations.deviations.push_back(entry(item, expectations.deviations.size() + 1));
      const std::string& slug = expectations.deviations.back().requirement;
      if (!seen.insert(slug).second) fail(slug + " stands in it twice");
    }
    return expectations;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("the expectations " + file_.name + " cannot be used: " + why);
  }

  void onlyMembers(const Value& object, const std::set<std::string>& known,
                   const std::string& where) const {
    for (const std::string& name : object.names()) {
      if (!known.contains(name)) fail(where + " has an unknown member " + name);
    }
  }

  std::string text(const Value& object, std::string_view name, const std::string& where) const {
    const Value* value = object.find(name);
    if (value == nullptr) return {};
    if (!value->isText()) fail(where + ": " + std::string(name) + " is no string");
    return value->text;
  }

  Expectation entry(const Value& item, std::size_t number) const {
    const std::string where = "entry " + std::to_string(number);
    if (!item.isObject()) fail(where + " is no object");
    onlyMembers(item, {"requirement", "reason", "evidence", "source", "expires"}, where);
    Expectation out{text(item, "requirement", where), text(item, "reason", where),
                    text(item, "evidence", where), text(item, "source", where),
                    text(item, "expires", where)};
    if (out.requirement.empty()) fail(where + " names no requirement");
    if (out.reason.empty()) fail(where + " (" + out.requirement + ") gives no reason");
    constexpr std::array kAll = {Evidence::measured,   Evidence::vendorDocument,
                                 Evidence::vendorCode, Evidence::clientCode,
                                 Evidence::analogue,   Evidence::assumed};
    if (std::none_of(kAll.begin(), kAll.end(),
                     [&](Evidence evidence) { return toText(evidence) == out.evidence; }))
      fail(where + " (" + out.requirement + ") has no class of evidence: '" + out.evidence + "'");
    if (!out.expires.empty() && !isDay(out.expires))
      fail(where + " (" + out.requirement + ") expires on no day: '" + out.expires +
           "', expected 2026-05-01");
    return out;
  }

  static bool isDay(const std::string& text) {
    constexpr std::string_view kForm = "dddd-dd-dd";
    if (text.size() != kForm.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool digit = text[i] >= '0' && text[i] <= '9';
      if (kForm[i] == 'd' ? !digit : text[i] != '-') return false;
    }
    const int month = std::stoi(text.substr(5, 2));
    const int day = std::stoi(text.substr(8, 2));
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }

  const NamedText& file_;
};

Result* find(Report& report, std::string_view slug) {
  for (Result& result : report.results) {
    if (result.requirement.slug == slug) return &result;
  }
  return nullptr;
}

std::string because(const Expectation& expectation) {
  std::string text = "expected: " + expectation.reason + " (" + expectation.evidence;
  if (!expectation.source.empty()) text += ", " + expectation.source;
  if (!expectation.expires.empty()) text += ", until " + expectation.expires;
  return text + ")";
}

// What an entry that is still good makes of a result.
void meet(const Expectation& expectation, Result& result, Report& report) {
  switch (result.state) {
    case State::fail:
      result.state = State::deviation;
      result.reason = Redactor().redact(because(expectation));
      return;
    case State::pass:
      result.state = State::unexpectedPass;
      result.reason = Redactor().redact(because(expectation));
      return;
    case State::notApplicable:
      report.notices.push_back({"unused", expectation.requirement,
                                "is expected to deviate, and does not apply to this device"});
      return;
    case State::skipped:
    case State::error:
    case State::deviation:
    case State::unexpectedPass:
      return;
  }
}

std::string whatWasFound(const Result& result) {
  if (result.findings.empty()) return "it is not kept";
  const Finding& first = result.findings.front();
  if (first.expected.empty()) return first.what.text();
  return first.what.text() + ": expected " + first.expected.text() + ", got " + first.got.text();
}

}  // namespace

Expectations parseExpectations(const NamedText& file) {
  if (file.text.empty()) return {};
  return Reader(file).read();
}

void applyExpectations(const Expectations& expectations, const Spec& known, std::string_view today,
                       Report& report) {
  for (const Expectation& expectation : expectations.deviations) {
    const std::string& slug = expectation.requirement;
    if (known.find(slug) == nullptr) {
      report.notices.push_back({"vanished", slug, "is expected to deviate, and does not exist"});
      continue;
    }
    if (!expectation.expires.empty() && expectation.expires < today) {
      report.notices.push_back(
          {"expired", slug, "was expected to deviate until " + expectation.expires});
      continue;
    }
    if (Result* result = find(report, slug); result != nullptr) meet(expectation, *result, report);
  }
}

std::string expectationsFor(const Report& report, const Expectations& present,
                            std::string_view today) {
  std::string entries;
  for (const Result& result : report.results) {
    if (result.state != State::fail && result.state != State::deviation) continue;
    const auto known = std::find_if(
        present.deviations.begin(), present.deviations.end(),
        [&](const Expectation& e) { return e.requirement == result.requirement.slug; });
    Expectation entry{result.requirement.slug, "unexplained: " + whatWasFound(result), "measured",
                      "a run on " + std::string(today), ""};
    if (known != present.deviations.end()) entry = *known;
    if (!entry.expires.empty() && entry.expires < today) entry.expires.clear();
    entries += (entries.empty() ? "\n" : ",\n");
    entries += "    {\n      \"requirement\": " + jsonString(entry.requirement) +
               ",\n      \"reason\": " + jsonString(entry.reason) +
               ",\n      \"evidence\": " + jsonString(entry.evidence);
    if (!entry.source.empty()) entries += ",\n      \"source\": " + jsonString(entry.source);
    if (!entry.expires.empty()) entries += ",\n      \"expires\": " + jsonString(entry.expires);
    entries += "\n    }";
  }
  const std::string profile = present.profile.empty() ? report.profile : present.profile;
  return "{\n  \"schema_version\": " + std::to_string(kSchemaVersion) +
         ",\n  \"profile\": " + jsonString(profile) + ",\n  \"deviations\": [" + entries +
         (entries.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace stoklab::conformance
