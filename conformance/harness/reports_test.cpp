#include "harness/reports.h"

#include <gmock/gmock.h>

#include <sstream>

#include "harness/json_view.h"

namespace stoklab::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

Redacted shown(std::string_view text) { return Redactor().redact(text); }

// One of each: a small run with everything in it.
Report sample() {
  Result pass;
  pass.requirement = {
      .slug = "AUTH-A", .sentence = "It is kept.", .evidence = Evidence::measured, .rows = "C1"};
  pass.state = State::pass;
  Result fail;
  fail.requirement = {
      .slug = "AUTH-BB", .sentence = "It is not kept.", .level = Level::should, .rows = ""};
  fail.state = State::fail;
  fail.findings = {
      {shown("answer"), shown("error_code <0>"), shown("HTTP 200 \"{}\" & more"), "x_suite.cpp:7"}};
  fail.exchange = {shown("> POST /stok=9c0ffee1/ds {}"), shown("< HTTP/1.1 200 OK {}")};
  fail.reproduce = "stoklab conform --select AUTH-BB";
  Result skipped;
  skipped.requirement = {.slug = "CMD-C", .sentence = "It was not tried.", .needs = {"password"}};
  skipped.state = State::skipped;
  skipped.reason = shown("no password was given");
  Report report;
  report.target = "own emulator";
  report.profile = "c350";
  report.device = {{"TLS version", shown("TLSv1.2")}};
  report.results = {pass, fail, skipped};
  report.logins = 2;
  return report;
}

template <class Write>
std::string written(Write write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

TEST(TextReport, IsALineARequirementAndASummary) {
  EXPECT_EQ(written([](std::ostream& out) { writeText(sample(), {}, out); }),
            "conformance to the observed protocol: own emulator, profile c350\n"
            "\n"
            "  TLS version  TLSv1.2\n"
            "\n"
            "pass  must    AUTH-A   It is kept.\n"
            "FAIL  should  AUTH-BB  It is not kept.\n"
            "        looked at answer\n"
            "        expected  error_code <0>\n"
            "        got       HTTP 200 \"{}\" & more\n"
            "        by        x_suite.cpp:7\n"
            "        exchange  > POST /stok=***/ds {}\n"
            "        exchange  < HTTP/1.1 200 OK {}\n"
            "        evidence  assumed\n"
            "        reproduce stoklab conform --select AUTH-BB\n"
            "skip  must    CMD-C    It was not tried.  [no password was given]\n"
            "\n"
            "3 requirements: 1 kept, 1 not kept, 1 did not run (1 skipped, 0 not applicable)\n"
            "  did not run: 1  no password was given\n"
            "logins: 2 accepted, 0 refused\n"
            "verdict: not all requirements are kept (exit code 1)\n"
            "stoklab is not affiliated with or endorsed by TP-Link.\n");
}

TEST(TextReport, LeavesOutWhatPassedWhenQuiet) {
  const std::string text =
      written([](std::ostream& out) { writeText(sample(), {.quiet = true}, out); });
  EXPECT_THAT(text, Not(HasSubstr("AUTH-A ")));
  EXPECT_THAT(text, HasSubstr("AUTH-BB"));
  EXPECT_THAT(text, HasSubstr("did not run: 1  no password was given"));
}

// What a run with a profile, expectations and an earlier report adds.
Report compared() {
  Report report = sample();
  report.capabilities = {{"module image", "offered", "offered"}, {"night vision", "one", "two"}};
  report.notices = {{"unused", "CMD-X", "Nothing has that name.", true}};
  Result deviation = report.results[1];
  deviation.requirement.slug = "AUTH-C";
  deviation.state = State::deviation;
  deviation.reason = shown("its firmware is old");
  Result unexpected = report.results[0];
  unexpected.requirement.slug = "AUTH-D";
  unexpected.state = State::unexpectedPass;
  unexpected.reason = shown("expected not to be kept: its firmware is old");
  report.results.insert(report.results.begin() + 2, {deviation, unexpected});
  return report;
}

TEST(TextReport, ShowsWhatWasCompared) {
  const std::string text = written([](std::ostream& out) { writeText(compared(), {}, out); });
  for (const char* line :
       {"\n  TLS version   TLSv1.2\n  module image  offered\n",
        "\n  night vision  one  [the profile says: two]\n",
        "\ndev   should  AUTH-C   It is not kept.  [its firmware is old]\n        looked at",
        "\nPASS  must    AUTH-D   It is kept.  [expected not to be kept: its firmware is old]\n",
        "5 requirements: 1 kept, 1 not kept, 1 deviate as expected, 1 kept unexpectedly, 1 did not",
        "\n  unused: CMD-X  Nothing has that name.\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(TextReport, KeepsToWhatDiffersWhenQuiet) {
  const std::string text =
      written([](std::ostream& out) { writeText(compared(), {.quiet = true}, out); });
  EXPECT_THAT(text, Not(HasSubstr("TLS version")));
  EXPECT_THAT(text, Not(HasSubstr("module image")));
  EXPECT_THAT(text, HasSubstr("  night vision  one  [the profile says: two]\n\n"));
  EXPECT_THAT(text, HasSubstr("AUTH-C"));
  EXPECT_THAT(text, HasSubstr("AUTH-D"));
}

TEST(JunitReport, CountsWhatWasComparedOnce) {
  const std::string text = written([](std::ostream& out) { writeJunit(compared(), out); });
  for (const char* part :
       {"tests=\"6\" failures=\"3\" errors=\"0\">",
        "<property name=\"differs from the profile: night vision\" value=\"one, not two\"/>",
        "<skipped message=\"deviation: its firmware is old\"/>", "type=\"unexpected-pass\"",
        "<testcase classname=\"judge\" name=\"unused CMD-X\">"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(TextReport, HasColoursOnlyWhenAsked) {
  EXPECT_THAT(written([](std::ostream& out) { writeText(sample(), {}, out); }),
              Not(HasSubstr("\033[")));
  EXPECT_THAT(written([](std::ostream& out) { writeText(sample(), {.colour = true}, out); }),
              HasSubstr("\033[31mFAIL\033[0m"));
}

TEST(JunitReport, IsASuiteAnArea) {
  EXPECT_EQ(
      written([](std::ostream& out) { writeJunit(sample(), out); }),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"stoklab conformance\" tests=\"3\" failures=\"1\" errors=\"0\">\n"
      "  <testsuite name=\"AUTH: challenge and login\" tests=\"2\" failures=\"1\" errors=\"0\" "
      "skipped=\"0\">\n"
      "    <properties>\n"
      "      <property name=\"target\" value=\"own emulator\"/>\n"
      "      <property name=\"profile\" value=\"c350\"/>\n"
      "      <property name=\"TLS version\" value=\"TLSv1.2\"/>\n"
      "    </properties>\n"
      "    <testcase classname=\"must\" name=\"AUTH-A\"/>\n"
      "    <testcase classname=\"should\" name=\"AUTH-BB\">\n"
      "      <failure type=\"requirement\" message=\"expected error_code &lt;0&gt;, got HTTP 200 "
      "&quot;{}&quot; &amp; more\">looked at: answer&#10;expected: error_code &lt;0&gt;&#10;"
      "got: HTTP 200 &quot;{}&quot; &amp; more&#10;by: x_suite.cpp:7&#10;"
      "exchange: &gt; POST /stok=***/ds {}&#10;exchange: &lt; HTTP/1.1 200 OK {}&#10;"
      "reproduce: stoklab conform --select AUTH-BB&#10;</failure>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "  <testsuite name=\"CMD: get, set, do, add and delete\" tests=\"1\" failures=\"0\" "
      "errors=\"0\" skipped=\"1\">\n"
      "    <properties>\n"
      "      <property name=\"target\" value=\"own emulator\"/>\n"
      "      <property name=\"profile\" value=\"c350\"/>\n"
      "      <property name=\"TLS version\" value=\"TLSv1.2\"/>\n"
      "    </properties>\n"
      "    <testcase classname=\"must\" name=\"CMD-C\">\n"
      "      <skipped message=\"skipped: no password was given\"/>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}

TEST(JunitReport, ShowsFaultsOfTheJudgeAsErrors) {
  Report report;
  report.faults = {"cannot write <x>"};
  EXPECT_THAT(written([&](std::ostream& out) { writeJunit(report, out); }),
              HasSubstr("<error type=\"judge\" message=\"cannot write &lt;x&gt;\">"));
}

TEST(JsonReport, IsJsonAndSaysTheSame) {
  const auto json = parseJson(written([](std::ostream& out) { writeJson(sample(), out); }));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->names().front(), "schema_version");
  EXPECT_EQ(json->at("schema_version")->integer, 1);
  EXPECT_EQ(json->at("exit_code")->integer, 1);
  EXPECT_EQ(json->at("totals.fail")->integer, 1);
  EXPECT_EQ(toText(*json->at("device")), R"([{"name":"TLS version","value":"TLSv1.2"}])");
  EXPECT_EQ(toText(*json->at("capabilities")), "[]");
  const Value* requirements = json->at("requirements");
  ASSERT_EQ(requirements->items.size(), 3U);
  EXPECT_EQ(toText(requirements->items[1]),
            R"({"slug":"AUTH-BB","sentence":"It is not kept.","level":"should",)"
            R"("evidence":"assumed","rows":"","effect":"read-only","needs":[],"state":"fail",)"
            R"("reason":"","blocked":false,"findings":[{"what":"answer",)"
            R"("expected":"error_code <0>","got":"HTTP 200 \"{}\" & more",)"
            R"("where":"x_suite.cpp:7"}],"exchange":["> POST /stok=***/ds {}",)"
            R"("< HTTP/1.1 200 OK {}"],"reproduce":"stoklab conform --select AUTH-BB"})");
}

TEST(JsonReport, HoldsWhatWasCompared) {
  const auto json = parseJson(written([](std::ostream& out) { writeJson(compared(), out); }));
  ASSERT_TRUE(json);
  EXPECT_EQ(toText(json->at("capabilities")->items[1]),
            R"({"name":"night vision","device":"one","profile":"two","differs":true})");
  EXPECT_EQ(toText(*json->at("notices")),
            R"([{"kind":"unused","subject":"CMD-X","text":"Nothing has that name.",)"
            R"("finding":true}])");
  EXPECT_EQ(json->at("totals.deviation")->integer, 1);
  EXPECT_EQ(json->at("totals.unexpected_pass")->integer, 1);
}

TEST(JsonReport, OfNothingIsJson) {
  EXPECT_TRUE(parseJson(written([](std::ostream& out) { writeJson({}, out); })));
}

TEST(Reports, AreTheSameForTheSameFindings) {
  for (const ReportKind& kind : reportWriters()) {
    SCOPED_TRACE(kind.name);
    EXPECT_EQ(written([&](std::ostream& out) { kind.write(sample(), out); }),
              written([&](std::ostream& out) { kind.write(sample(), out); }));
  }
}

TEST(List, IsALineARequirement) {
  const std::vector<Requirement> requirements = {
      {.slug = "AUTH-A", .sentence = "It is so.", .notTested = "why not"}};
  EXPECT_EQ(written([&](std::ostream& out) { writeList(requirements, out); }),
            "AUTH-A  must    assumed          read-only         It is so.  "
            "[not tested: why not]\n");
  EXPECT_TRUE(parseJson(written([&](std::ostream& out) { writeListJson(requirements, out); })));
}

}  // namespace
}  // namespace stoklab::conformance
