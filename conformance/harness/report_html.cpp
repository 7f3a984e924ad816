// The HTML report: values for the page that report.html lays out. The page loads nothing, and its
// policy admits no script but its own, by hash: two nets under what a device may answer.
#include <algorithm>
#include <array>
#include <ostream>
#include <string>

#include "conformance_page_files.h"
#include "harness/html_template.h"
#include "harness/reports.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

// How outcomes look in the page, in the order of the totals.
struct Look {
  std::string_view outcome, tone;
  bool evenIfNone = true;  // whether the totals have it if nothing came out so
};
constexpr std::array<Look, 8> kLooks = {{{"kept", "good"},
                                         {"not kept", "bad"},
                                         {"kept unexpectedly", "bad", false},
                                         {"deviates as expected", "warn", false},
                                         {"not judged", "warn"},
                                         {"skipped", "calm"},
                                         {"not applicable", "calm"},
                                         {"error of the judge", "bad", false}}};

std::string_view toneOf(std::string_view outcome) {
  for (const Look& look : kLooks) {
    if (look.outcome == outcome) return look.tone;
  }
  return "calm";
}

// "AUTH-CHALLENGE-STATUS" is in the area "AUTH".
std::string areaOf(const Requirement& requirement) {
  return requirement.slug.substr(0, requirement.slug.find('-'));
}

// Whether a card of its own says more about it.
bool isTold(const Result& result) {
  return isFailure(result) || result.state == State::unexpectedPass;
}

Values requirementValues(const Result& result) {
  const Requirement& requirement = result.requirement;
  const std::string_view outcome = outcomeOf(result);
  Values values;
  values.set("slug", requirement.slug)
      .set("sentence", requirement.sentence)
      .set("level", toText(requirement.level))
      .set("evidence", toText(requirement.evidence))
      .set("rows", requirement.rows)
      .set("area", areaOf(requirement))
      .set("outcome", outcome)
      .set("tone", toneOf(outcome))
      .set("reason", result.reason.text())
      .set("failed", isTold(result) ? "yes" : "");
  return values;
}

Values failureValues(const Result& result) {
  Values values = requirementValues(result);
  values.set("reproduce", result.reproduce).list("findings");
  for (const Finding& finding : result.findings) {
    values.add("findings", Values()
                               .set("what", finding.what.text())
                               .set("expected", finding.expected.text())
                               .set("got", finding.got.text())
                               .set("where", finding.where));
  }
  std::string exchange;
  for (const Redacted& line : result.exchange)
    exchange += (exchange.empty() ? "" : "\n") + line.text();
  values.set("exchange", exchange);
  return values;
}

// A choice among what the results hold, with how many have it. `offered` gives the order.
struct Choice {
  std::string value, shown;
};
template <class TextOf>
void addFilter(Values& page, const Report& report, const std::string& name,
               const std::string& label, const std::vector<Choice>& offered, TextOf textOf) {
  Values filter;
  filter.set("name", name).set("label", label).list("options");
  for (const Choice& choice : offered) {
    const auto count = std::count_if(report.results.begin(), report.results.end(),
                                     [&](const Result& r) { return textOf(r) == choice.value; });
    if (count == 0) continue;
    filter.add("options", Values()
                              .set("value", choice.value)
                              .set("shown", choice.shown + " (" + std::to_string(count) + ")"));
  }
  page.add("filters", std::move(filter));
}

void addFilters(Values& page, const Report& report) {
  std::vector<Choice> outcomes;
  std::vector<Choice> inAreas;
  std::vector<Choice> levels;
  std::vector<Choice> evidence;
  for (const Look& look : kLooks)
    outcomes.push_back({std::string(look.outcome), std::string(look.outcome)});
  for (const auto& [prefix, meaning] : areas()) {
    const std::string area(prefix.substr(0, prefix.size() - 1));
    inAreas.push_back({area, area + ": " + std::string(meaning)});
  }
  for (const Level level : {Level::must, Level::should})
    levels.push_back({std::string(toText(level)), std::string(toText(level))});
  for (const Evidence kind : {Evidence::measured, Evidence::vendorDocument, Evidence::vendorCode,
                              Evidence::clientCode, Evidence::analogue, Evidence::assumed})
    evidence.push_back({std::string(toText(kind)), std::string(toText(kind))});
  addFilter(page, report, "outcome", "Outcome", outcomes, outcomeOf);
  addFilter(page, report, "area", "Area", inAreas,
            [](const Result& r) { return areaOf(r.requirement); });
  addFilter(page, report, "level", "Level", levels,
            [](const Result& r) { return toText(r.requirement.level); });
  addFilter(page, report, "evidence", "Evidence", evidence,
            [](const Result& r) { return toText(r.requirement.evidence); });
}

void addTotals(Values& page, const Report& report) {
  for (const Look& look : kLooks) {
    const auto count =
        std::count_if(report.results.begin(), report.results.end(),
                      [&](const Result& result) { return outcomeOf(result) == look.outcome; });
    if (count == 0 && !look.evenIfNone) continue;
    page.add("totals", Values()
                           .set("outcome", look.outcome)
                           .set("count", std::to_string(count))
                           .set("share", count > 0 ? "yes" : "")
                           .set("tone", look.tone)
                           .set("tile_tone", count > 0 && look.tone != "calm" ? look.tone : ""));
  }
}

// "1 requirement is not kept", "3 requirements are not kept".
std::string headingOf(int count, const std::string& what) {
  if (count == 0) return {};
  return std::to_string(count) + (count == 1 ? " requirement " : " requirements ") + what;
}

// The cards, by why they are there.
struct Group {
  State state;
  std::string_view one, many;
};
constexpr std::array<Group, 4> kGroups = {
    {{State::fail, "is not kept", "are not kept"},
     {State::error, "broke the judge", "broke the judge"},
     {State::unexpectedPass, "is kept unexpectedly", "are kept unexpectedly"},
     {State::deviation, "deviates as expected", "deviate as expected"}}};

void addGroups(Values& page, const Report& report) {
  page.list("groups");
  for (const Group& kind : kGroups) {
    Values group;
    int count = 0;
    for (const Result& result : report.results) {
      if (result.state != kind.state) continue;
      group.add("failures", failureValues(result));
      ++count;
    }
    if (count == 0) continue;
    group.set("heading", headingOf(count, std::string(count == 1 ? kind.one : kind.many)));
    page.add("groups", std::move(group));
  }
}

void addCapabilities(Values& page, const Report& report) {
  page.list("capabilities").list("differences");
  int differing = 0;
  for (const Capability& capability : report.capabilities) {
    Values row;
    row.set("name", capability.name)
        .set("device", capability.device)
        .set("said", capability.profile);
    if (capability.differs()) {
      ++differing;
      page.add("differences", row);
    }
    page.add("capabilities", std::move(row));
  }
  const std::size_t all = report.capabilities.size();
  page.set("capabilities_heading",
           all == 0 ? "" : "All " + std::to_string(all) + " capabilities that were asked for");
  page.set("differences_heading",
           differing == 0 ? ""
                          : std::to_string(differing) +
                                (differing == 1 ? " capability is" : " capabilities are") +
                                " not as the profile says");
}

void addNotices(Values& page, const Report& report) {
  page.list("notices").set("notices_heading",
                           report.notices.empty() ? "" : "Compared with what was expected");
  for (const Notice& notice : report.notices) {
    page.add("notices", Values()
                            .set("kind", notice.kind)
                            .set("subject", notice.subject)
                            .set("text", notice.text)
                            .set("notice_tone", notice.finding ? "bad" : "calm"));
  }
}

// What a browser compares the script with before it runs it.
std::string scriptHash(std::string_view page) {
  constexpr std::string_view kStart = "<script>";
  const std::size_t start = page.find(kStart) + kStart.size();
  return toBase64(sha256(page.substr(start, page.find("</script>", start) - start)));
}

}  // namespace

void writeHtml(const Report& report, std::ostream& out) {
  const std::string_view page = conformance_page::embedded::files().front().text;
  const int code = exitCodeOf(report);
  const Totals totals = totalsOf(report);
  Values values;
  values.set("script_hash", scriptHash(page))
      .set("target", report.target)
      .set("profile", report.profile)
      .set("verdict", verdictOf(report))
      .set("exit_code", std::to_string(code))
      .set("mark", code == 0 ? "✔" : "✘")
      .set("tone", code == 0 ? "good" : "bad")
      .set("all", std::to_string(totals.all))
      .set("logins", std::to_string(report.logins) + " accepted, " +
                         std::to_string(report.failedLogins) + " refused");
  for (const char* name : {"faults", "facts", "not_run", "requirements"}) values.list(name);
  for (const std::string& fault : report.faults) values.add("faults", Values().set("fault", fault));
  for (const Fact& fact : report.device)
    values.add("facts", Values().set("name", fact.name).set("value", fact.value.text()));
  for (const Result& result : report.results) {
    values.add("requirements", requirementValues(result));
  }
  values.set("not_run_heading", headingOf(totals.skipped + totals.notApplicable, "did not run"));
  for (const auto& [reason, count] : reasonsNotRun(report)) {
    values.add("not_run", Values().set("reason", reason).set("count", std::to_string(count)));
  }
  addGroups(values, report);
  addCapabilities(values, report);
  addNotices(values, report);
  addTotals(values, report);
  addFilters(values, report);
  out << renderHtml(page, values);
}

}  // namespace stoklab::conformance
