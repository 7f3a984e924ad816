// Whatever a report may hold, its form is that of its schema.
#include "selftest/report_schemas.h"

#include <gmock/gmock.h>

#include <sstream>

#include "harness/reports.h"

namespace stoklab::conformance {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr State kStates[] = {State::pass,    State::fail,          State::deviation,
                             State::skipped, State::notApplicable, State::unexpectedPass,
                             State::error};

Redacted shown(std::string_view text) { return Redactor().redact(text); }

// One result in each state, with everything that it can hold.
Report full() {
  Report report;
  report.target = "https://192.0.2.7";
  report.profile = "c350";
  report.device = {{"TLS version", shown("TLSv1.2")}};
  report.capabilities = {{"module image", "offered", "offered"},
                         {"night vision", "single", "split"},
                         {"encrypt types", "unknown", ""}};
  report.notices = {{"unused", "AUTH-X", "It is expected to fail and has no test.", true},
                    {"fixed", "AUTH-Y", "It failed before.", false}};
  report.logins = 2;
  int count = 0;
  for (const State state : kStates) {
    Result result;
    result.requirement = {.slug = "AUTH-CASE-" + std::to_string(++count),
                          .sentence = "It is <so> & \"not\" otherwise.",
                          .rows = "C1, H5",
                          .needs = {"password"}};
    result.state = state;
    result.reason = shown("because]]>\n<x>");
    result.blocked = state == State::skipped;
    result.findings = {{shown("answer"), shown("<a>"), shown("\x01\xff{\"b\":1}"), "x_suite.cpp:7"},
                       {shown("a sentence"), {}, {}, ""}};
    result.exchange = {shown("> POST /stok=abc/ds {}"), shown("< HTTP/1.1 200 OK")};
    result.reproduce = "stoklab conform --select AUTH-CASE";
    report.results.push_back(std::move(result));
  }
  return report;
}

Report stopped() {
  Report report = full();
  report.stop = Stop{4, "the device is locked", 1799};
  report.faults = {"cannot write <x>", "out of memory"};
  return report;
}

std::string written(void (*write)(const Report&, std::ostream&), const Report& report) {
  std::ostringstream out;
  write(report, out);
  return out.str();
}

TEST(ReportSchemas, AreKeptByEveryReport) {
  Report withoutSeconds = full();
  withoutSeconds.stop = Stop{3, "cannot reach the target", {}};
  for (const Report& report :
       {Report{.target = "own emulator"}, full(), stopped(), withoutSeconds}) {
    EXPECT_THAT(jsonReportFaults(written(writeJson, report)), IsEmpty());
    EXPECT_THAT(junitReportFaults(written(writeJunit, report)), IsEmpty());
  }
}

TEST(ReportSchemas, RefuseAJsonReportWithAMemberTooMany) {
  std::string json = written(writeJson, full());
  json.insert(1, "\"surprise\": 1,");
  EXPECT_THAT(jsonReportFaults(json), HasSubstr("surprise"));
}

TEST(ReportSchemas, RefuseAJsonReportWithAnUnknownState) {
  std::string json = written(writeJson, full());
  const std::string state = "\"state\": \"error\"";
  json.replace(json.find(state), state.size(), "\"state\": \"maybe\"");
  EXPECT_THAT(jsonReportFaults(json), HasSubstr("state"));
}

TEST(ReportSchemas, RefuseATestCaseWithoutAName) {
  EXPECT_THAT(junitReportFaults("<testsuites><testsuite name='a' tests='1' failures='0' errors='0'>"
                                "<testcase classname='must'/></testsuite></testsuites>"),
              HasSubstr("The attribute 'name' is required"));
}

TEST(JunitReport, DoesNotLookLikeSuccessIfTheRunWasStopped) {
  Report report;
  report.stop = Stop{4, "the device is locked", 1799};
  EXPECT_THAT(written(writeJunit, report),
              HasSubstr("<error type=\"stopped\" message=\"the device is locked\">"));
}

}  // namespace
}  // namespace stoklab::conformance
