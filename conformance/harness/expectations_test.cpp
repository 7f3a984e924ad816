#include "harness/expectations.h"

#include <gmock/gmock.h>

#include "harness/baseline.h"

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kToday = "2026-05-01";

Requirement named(const char* slug) {
  Requirement requirement;
  requirement.slug = slug;
  requirement.sentence = "Something holds.";
  return requirement;
}

Spec known() { return {{named("AUTH-A"), named("AUTH-B"), named("CMD-C")}, {}}; }

Report reportOf(State a, State b) {
  Report report;
  report.profile = "c350";
  report.results = {{named("AUTH-A"), a}, {named("AUTH-B"), b}};
  return report;
}

Expectations expecting(const char* slug, const char* expires = "") {
  return {"c350", {{slug, "the firmware does so", "measured", "a log", expires}}};
}

std::vector<std::string> kindsIn(const Report& report) {
  std::vector<std::string> kinds;
  for (const Notice& notice : report.notices) kinds.push_back(notice.kind + " " + notice.subject);
  return kinds;
}

TEST(Expectations, MakeAFailureADeviation) {
  Report report = reportOf(State::fail, State::pass);
  applyExpectations(expecting("AUTH-A", kToday), known(), kToday, report);
  EXPECT_EQ(report.results[0].state, State::deviation);
  EXPECT_THAT(report.results[0].reason.text(), HasSubstr("the firmware does so"));
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Expectations, LeaveOtherFailures) {
  Report report = reportOf(State::fail, State::fail);
  applyExpectations(expecting("AUTH-A"), known(), kToday, report);
  EXPECT_EQ(report.results[1].state, State::fail);
  EXPECT_EQ(exitCodeOf(report), 1);
}

TEST(Expectations, FindAnUnexpectedPass) {
  Report report = reportOf(State::pass, State::pass);
  applyExpectations(expecting("AUTH-A"), known(), kToday, report);
  EXPECT_EQ(report.results[0].state, State::unexpectedPass);
  EXPECT_EQ(exitCodeOf(report), 1);
}

TEST(Expectations, FindAnEntryThatIsOver) {
  Report report = reportOf(State::fail, State::pass);
  applyExpectations(expecting("AUTH-A", "2026-04-30"), known(), kToday, report);
  EXPECT_EQ(report.results[0].state, State::fail);
  EXPECT_THAT(kindsIn(report), ElementsAre("expired AUTH-A"));
  EXPECT_EQ(exitCodeOf(report), 1);
}

TEST(Expectations, FindAnEntryOfARequirementThatIsGone) {
  Report report = reportOf(State::pass, State::pass);
  applyExpectations(expecting("AUTH-OLD"), known(), kToday, report);
  EXPECT_THAT(kindsIn(report), ElementsAre("vanished AUTH-OLD"));
  EXPECT_EQ(exitCodeOf(report), 1);
}

TEST(Expectations, FindAnEntryThatSaysNothingOfThisDevice) {
  Report report = reportOf(State::notApplicable, State::pass);
  applyExpectations(expecting("AUTH-A"), known(), kToday, report);
  EXPECT_THAT(kindsIn(report), ElementsAre("unused AUTH-A"));
}

TEST(Expectations, SayNothingOfWhatDidNotRun) {
  Report report = reportOf(State::skipped, State::pass);
  applyExpectations({"", {{"AUTH-A", "r", "assumed"}, {"CMD-C", "r", "assumed"}}}, known(), kToday,
                    report);
  EXPECT_THAT(report.notices, IsEmpty());
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Expectations, AreReadBackAsTheyWereWritten) {
  Report report = reportOf(State::fail, State::fail);
  const std::string text = expectationsFor(report, expecting("AUTH-A"), kToday);
  const Expectations again = parseExpectations({"x.json", text});
  ASSERT_EQ(again.deviations.size(), 2U);
  EXPECT_EQ(again.deviations[0].reason, "the firmware does so");
  EXPECT_THAT(again.deviations[1].reason, HasSubstr("unexplained"));
  applyExpectations(again, known(), kToday, report);
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Expectations, SayWhatIsWrongWithTheirFile) {
  const std::pair<const char*, const char*> kCases[] = {
      {"nonsense", "no JSON object"},
      {R"({"schema_version":2,"deviations":[]})", "schema_version"},
      {R"({"schema_version":1})", "deviations is no list"},
      {R"({"schema_version":1,"deviations":[],"more":1})", "unknown member more"},
      {R"({"schema_version":1,"deviations":[1]})", "entry 1 is no object"},
      {R"({"schema_version":1,"deviations":[{"requirement":"A-B"}]})", "gives no reason"},
      {R"({"schema_version":1,"deviations":[{"requirement":"A-B","reason":"x","evidence":"felt"}]})",
       "'felt'"},
      {R"({"schema_version":1,"deviations":[{"requirement":"A-B","reason":"x",)"
       R"("evidence":"assumed","expires":"soon"}]})",
       "'soon'"},
      {R"({"schema_version":1,"deviations":[{"requirement":"A-B","reason":"x","evidence":"assumed"},)"
       R"({"requirement":"A-B","reason":"y","evidence":"assumed"}]})",
       "twice"}};
  for (const auto& [text, complaint] : kCases) {
    SCOPED_TRACE(text);
    try {
      parseExpectations({"known.json", text});
      ADD_FAILURE() << "it was taken";
    } catch (const std::runtime_error& problem) {
      EXPECT_THAT(problem.what(), HasSubstr("known.json"));
      EXPECT_THAT(problem.what(), HasSubstr(complaint));
    }
  }
}

TEST(Baseline, FindsWhatBecameWorse) {
  Report report = reportOf(State::fail, State::pass);
  compareWithBaselines({{{"AUTH-A", "pass"}, {"AUTH-B", "pass"}, {"AUTH-OLD", "pass"}}}, known(),
                       report);
  EXPECT_THAT(kindsIn(report), ElementsAre("vanished AUTH-OLD", "broken AUTH-A"));
  EXPECT_EQ(findingsIn(report.notices), 2);
  EXPECT_EQ(report.results[0].state, State::fail);
}

TEST(Baseline, DoesNotMindWhatBecameBetter) {
  Report report = reportOf(State::pass, State::pass);
  compareWithBaselines({{{"AUTH-A", "fail"}}}, known(), report);
  EXPECT_THAT(kindsIn(report), ElementsAre("fixed AUTH-A", "new AUTH-B"));
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Baseline, FindsWhatDoesNotApplyAnyMore) {
  Report report = reportOf(State::notApplicable, State::skipped);
  compareWithBaselines({{{"AUTH-A", "pass"}, {"AUTH-B", "pass"}}}, known(), report);
  EXPECT_THAT(kindsIn(report), ElementsAre("vanished AUTH-A"));
  EXPECT_EQ(findingsIn(report.notices), 1);
}

TEST(Baseline, LeavesTheExitCodeToWhatDeviatesFromIt) {
  Report report = reportOf(State::fail, State::pass);
  compareWithBaselines({{{"AUTH-A", "fail"}, {"AUTH-B", "pass"}}}, known(), report);
  EXPECT_THAT(report.notices, IsEmpty());
  EXPECT_EQ(report.results[0].state, State::deviation);
  EXPECT_THAT(report.results[0].reason.text(), HasSubstr("earlier"));
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Baseline, DoesNotExcuseAFailureThatIsNew) {
  Report report = reportOf(State::pass, State::fail);
  compareWithBaselines({{{"AUTH-A", "pass"}}}, known(), report);
  EXPECT_THAT(kindsIn(report), ElementsAre("new AUTH-B"));
  EXPECT_EQ(report.results[1].state, State::fail);
  EXPECT_EQ(exitCodeOf(report), 1);
}

TEST(Baseline, CallsFlakyWhatWasSeenBothWays) {
  for (const State now : {State::pass, State::fail}) {
    SCOPED_TRACE(toText(now));
    Report report = reportOf(now, State::pass);
    compareWithBaselines({{{"AUTH-A", "pass"}, {"AUTH-B", "pass"}},
                          {{"AUTH-A", "fail"}, {"AUTH-B", "pass"}},
                          {{"AUTH-A", "skipped"}, {"AUTH-B", "pass"}}},
                         known(), report);
    ASSERT_THAT(kindsIn(report), ElementsAre("flaky AUTH-A"));
    EXPECT_THAT(report.notices[0].text, HasSubstr("kept in 1 of 2 earlier runs"));
    EXPECT_EQ(exitCodeOf(report), 0);
  }
}

TEST(Baseline, LeavesAnExpectedDeviationItsReason) {
  Report report = reportOf(State::fail, State::pass);
  applyExpectations(expecting("AUTH-A"), known(), kToday, report);
  compareWithBaselines({{{"AUTH-A", "deviation"}, {"AUTH-B", "pass"}}}, known(), report);
  EXPECT_THAT(report.results[0].reason.text(), HasSubstr("the firmware does so"));
  EXPECT_EQ(exitCodeOf(report), 0);
}

TEST(Baseline, ThatIsNotGivenComparesNothing) {
  Report report = reportOf(State::fail, State::pass);
  compareWithBaselines({}, known(), report);
  EXPECT_THAT(report.notices, IsEmpty());
  EXPECT_EQ(report.results[0].state, State::fail);
}

TEST(Baseline, IsAReportOfThisProgram) {
  for (const char* text :
       {"", "[]", R"({"kind":"other"})", R"({"kind":"conformance-report"})",
        R"({"kind":"conformance-report","schema_version":1})",
        R"({"kind":"conformance-report","schema_version":1,"requirements":[1]})"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW(parseBaseline({"old.json", text}), std::runtime_error);
  }
}

}  // namespace
}  // namespace stoklab::conformance
