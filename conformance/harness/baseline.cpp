#include "harness/baseline.h"

#include <stdexcept>
#include <string_view>

#include "harness/json_view.h"

namespace stoklab::conformance {
namespace {

bool isKept(std::string_view state) { return state == "pass" || state == "unexpected-pass"; }
bool isNotKept(std::string_view state) { return state == "fail" || state == "deviation"; }

// How often a requirement was kept, and how often not, of the times that it ran.
struct History {
  int kept = 0, notKept = 0;
};

std::map<std::string, History> historiesOf(const std::vector<Baseline>& baselines) {
  std::map<std::string, History> histories;
  for (const Baseline& baseline : baselines) {
    for (const auto& [slug, state] : baseline) {
      History& history = histories[slug];
      if (isKept(state)) ++history.kept;
      if (isNotKept(state)) ++history.notKept;
    }
  }
  return histories;
}

// A failure that is none by comparison. What an expectation explains keeps that explanation.
void excuse(Result& result, const std::string& reason) {
  if (result.state != State::fail) return;
  result.state = State::deviation;
  result.reason = Redactor().redact(reason);
}

void compare(const History& before, Result& result, Report& report) {
  const std::string& slug = result.requirement.slug;
  const std::string_view now = toText(result.state);
  const auto note = [&](const char* kind, const std::string& text, bool finding) {
    report.notices.push_back({kind, slug, text, finding});
  };
  if (before.kept > 0 && before.notKept > 0) {
    const std::string seen = "kept in " + std::to_string(before.kept) + " of " +
                             std::to_string(before.kept + before.notKept) + " earlier runs";
    note("flaky", "was " + seen + "; now: " + std::string(now), false);
    excuse(result, "flaky: " + seen);
  } else if (before.kept > 0 && isNotKept(now)) {
    note("broken", "was kept earlier, and is not kept now", true);
  } else if (before.kept > 0 && result.state == State::notApplicable) {
    note("vanished", "was kept earlier, and does not apply now: " + result.reason.text(), true);
  } else if (before.notKept > 0 && isKept(now)) {
    note("fixed", "was not kept earlier, and is kept now", false);
  } else if (before.notKept > 0) {
    excuse(result, "not kept in the earlier report either");
  }
}

}  // namespace

Baseline parseBaseline(const NamedText& file) {
  const auto fail = [&](const std::string& why) -> std::runtime_error {
    return std::runtime_error("the earlier report " + file.name + " cannot be used: " + why);
  };
  const auto document = parseJson(file.text);
  const Value* kind = document ? document->find("kind") : nullptr;
  if (kind == nullptr || kind->text != "conformance-report")
    throw fail("it is no report that was written with --report json=FILE");
  const Value* version = document->find("schema_version");
  if (version == nullptr || version->integer != 1) throw fail("schema_version is not 1");
  const Value* list = document->find("requirements");
  if (list == nullptr || !list->isList()) throw fail("it lists no requirements");
  Baseline baseline;
  for (const Value& item : list->items) {
    const Value* slug = item.find("slug");
    const Value* state = item.find("state");
    if (slug == nullptr || !slug->isText() || state == nullptr || !state->isText())
      throw fail("requirement " + std::to_string(baseline.size() + 1) + " has no slug or no state");
    baseline[slug->text] = state->text;
  }
  return baseline;
}

void compareWithBaselines(const std::vector<Baseline>& baselines, const Spec& known,
                          Report& report) {
  if (baselines.empty()) return;
  const std::map<std::string, History> histories = historiesOf(baselines);
  for (const auto& [slug, history] : histories) {
    if (known.find(slug) == nullptr)
      report.notices.push_back({"vanished", slug, "was judged earlier, and does not exist"});
  }
  for (Result& result : report.results) {
    const auto at = histories.find(result.requirement.slug);
    if (at == histories.end()) {
      report.notices.push_back(
          {"new", result.requirement.slug,
           "is in no earlier report; now: " + std::string(toText(result.state)), false});
    } else {
      compare(at->second, result, report);
    }
  }
}

}  // namespace stoklab::conformance
