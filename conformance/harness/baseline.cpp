#include "harness/baseline.h"

#include <stdexcept>

#include "harness/json_view.h"

namespace stoklab::conformance {
namespace {

bool isKept(std::string_view state) { return state == "pass" || state == "unexpected-pass"; }
bool isNotKept(std::string_view state) { return state == "fail" || state == "deviation"; }

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

void compareWithBaseline(const Baseline& baseline, const Spec& known, Report& report) {
  for (const auto& [slug, state] : baseline) {
    if (known.find(slug) == nullptr)
      report.notices.push_back({"vanished", slug, "was judged earlier, and does not exist"});
  }
  for (const Result& result : report.results) {
    const std::string& slug = result.requirement.slug;
    const std::string_view now = toText(result.state);
    const auto before = baseline.find(slug);
    if (before == baseline.end()) {
      report.notices.push_back(
          {"appeared", slug, "is not in the earlier report; now: " + std::string(now), false});
    } else if (isKept(before->second) && isNotKept(now)) {
      report.notices.push_back({"regressed", slug, "was kept earlier, and is not kept now"});
    } else if (isNotKept(before->second) && isKept(now)) {
      report.notices.push_back({"mended", slug, "was not kept earlier, and is kept now", false});
    }
  }
}

}  // namespace stoklab::conformance
