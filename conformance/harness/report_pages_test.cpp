// The reports for people: Markdown and HTML. What a device answers is hostile here.
#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "harness/reports.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::string_view kHostile =
    "</pre></details><script>alert(1)</script> | @somebody [x](https://192.0.2.9) www.x `y` "
    "{{target}}";

Redacted shown(std::string_view text) { return Redactor().redact(text); }

Result kept(const std::string& slug) {
  Result result;
  result.requirement = {
      .slug = slug, .sentence = "It is kept.", .evidence = Evidence::measured, .rows = "C1, H5"};
  result.state = State::pass;
  return result;
}

Result notKept(const std::string& slug, std::string_view got) {
  Result result;
  result.requirement = {.slug = slug, .sentence = "It is not kept.", .level = Level::should};
  result.state = State::fail;
  result.findings = {{shown("the answer"), shown("HTTP status 401"), shown(got), "x_suite.cpp:7"}};
  result.exchange = {shown("> POST /stok=9c0ffee1/ds {}"), shown("< HTTP/1.1 200 OK")};
  result.reproduce = "stoklab conform --select " + slug;
  return result;
}

Result notRun(const std::string& slug, bool blocked) {
  Result result;
  result.requirement = {.slug = slug, .sentence = "It was not tried."};
  result.state = State::skipped;
  result.blocked = blocked;
  result.reason = shown("no password was given");
  return result;
}

Report reportOf(std::vector<Result> results) {
  Report report;
  report.target = "https://192.0.2.7";
  report.profile = "c350";
  report.device = {{"TLS version", shown("TLSv1.2")}};
  report.results = std::move(results);
  report.logins = 2;
  return report;
}

std::string markdown(const Report& report) {
  std::ostringstream out;
  writeMarkdown(report, out);
  return out.str();
}

std::string html(const Report& report) {
  std::ostringstream out;
  writeHtml(report, out);
  return out.str();
}

// All matches of the first group.
std::vector<std::string> allOf(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

TEST(MarkdownReport, IsAVerdictTotalsAndWhatIsNotKept) {
  EXPECT_EQ(markdown(reportOf(
                {kept("AUTH-A"), notKept("AUTH-B", "HTTP 200 \"{}\""), notRun("CMD-C", false)})),
            "## ✘ Conformance to the observed protocol: not all requirements are kept\n"
            "\n"
            "<code>https&#58;//192.0.2.7</code>, profile <code>c350</code>, exit code 1, "
            "logins: 2 accepted, 0 refused\n"
            "\n"
            "| requirements | kept | not kept | kept unexpectedly | deviate as expected | not "
            "judged | skipped | not applicable | errors of the judge |\n"
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| 3 | 1 | 1 | 0 | 0 | 0 | 1 | 0 | 0 |\n"
            "\n"
            "TLS version <code>TLSv1.2</code>\n"
            "\n"
            "### Not kept\n"
            "\n"
            "| requirement | level | expected | got | evidence |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| <code>AUTH-B</code><br>It is not kept. | should | <code>HTTP status 401</code> "
            "| <code>HTTP 200 \"{}\"</code> | assumed |\n"
            "\n"
            "<details><summary><code>AUTH-B</code></summary>\n"
            "\n"
            "<pre>\n"
            "It is not kept.\n"
            "outcome: not kept\n"
            "looked at: the answer\n"
            "expected: HTTP status 401\n"
            "got: HTTP 200 &quot;{}&quot;\n"
            "by: x_suite.cpp:7\n"
            "exchange: &gt; POST /stok=***/ds {}\n"
            "exchange: &lt; HTTP/1.1 200 OK\n"
            "evidence: assumed\n"
            "reproduce: stoklab conform --select AUTH-B\n"
            "</pre>\n"
            "\n"
            "</details>\n"
            "\n"
            "<details><summary>1 did not run</summary>\n"
            "\n"
            "| reason | number |\n"
            "| --- | ---: |\n"
            "| <code>no password was given</code> | 1 |\n"
            "\n"
            "</details>\n"
            "\n"
            "stoklab is not affiliated with or endorsed by TP-Link.\n");
}

TEST(MarkdownReport, IsShortIfAllIsKept) {
  EXPECT_THAT(markdown(reportOf({kept("AUTH-A")})),
              AllOf(StartsWith("## ✔"), Not(HasSubstr("Not kept")), Not(HasSubstr("<details>"))));
}

TEST(MarkdownReport, GivesADeviceNoMarkupAndNoMention) {
  const std::string text = markdown(reportOf({notKept("AUTH-B", kHostile)}));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(allOf(text, "(</pre>)"), SizeIs(1));
  const std::string row = text.substr(text.find("| <code>AUTH"));
  EXPECT_THAT(row, HasSubstr("<code>&#60;/pre&#62;&#60;/details&#62;&#60;script&#62;alert&#40;1"));
  EXPECT_THAT(row.substr(0, row.find('\n')),
              AllOf(Not(HasSubstr("@somebody")), HasSubstr("&#64;&#8203;some"),
                    Not(HasSubstr("www.")), Not(HasSubstr("[x]")), Not(HasSubstr("`"))));
  EXPECT_THAT(allOf(row.substr(0, row.find('\n')), "(\\|)"), SizeIs(6));
}

TEST(MarkdownReport, KeepsARowInALine) {
  EXPECT_THAT(markdown(reportOf({notKept("AUTH-B", "one\ntwo\n\nthree")})),
              HasSubstr("<code>one two  three</code>"));
}

TEST(MarkdownReport, CutsACellBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 200; ++i) text += "ü";
  EXPECT_THAT(markdown(reportOf({notKept("AUTH-B", text)})),
              HasSubstr("<code>" + text.substr(0, 159) + "…</code>"));
}

TEST(MarkdownReport, FitsIntoAComment) {
  std::vector<Result> results;
  for (int i = 0; i < 300; ++i)
    results.push_back(notKept("AUTH-" + std::to_string(i), std::string(500, '<')));
  Report report = reportOf(results);
  for (int i = 0; i < 50; ++i) report.faults.emplace_back(500, '<');
  const std::string text = markdown(report);
  EXPECT_THAT(text.size(), Le(kLongestMarkdown));
  EXPECT_GT(text.size(), kLongestMarkdown / 2);
  EXPECT_THAT(text, HasSubstr("Left out for length: "));
  EXPECT_THAT(text, EndsWith("stoklab is not affiliated with or endorsed by TP-Link.\n"));
}

TEST(HtmlReport, SaysWhatWasFound) {
  const std::string page =
      html(reportOf({kept("AUTH-A"), notKept("AUTH-B", "HTTP status 200"), notRun("CMD-C", true)}));
  for (const char* part :
       {"not all requirements are kept", "exit code 1", "<dt>target</dt><dd>https://192.0.2.7</dd>",
        "<dt>TLS version</dt><dd>TLSv1.2</dd>", "<dt>logins</dt><dd>2 accepted, 0 refused</dd>",
        "<dt>kept</dt><dd>1</dd>", "<dt>not judged</dt><dd>1</dd>", "<dt>skipped</dt><dd>0</dd>",
        "<h2>1 requirement is not kept</h2>", "<pre>HTTP status 401</pre>",
        "<pre>HTTP status 200</pre>", "&gt; POST /stok=***/ds {}\n&lt; HTTP/1.1 200 OK</pre>",
        "stoklab conform --select AUTH-B</pre>", "measured<br><span class=\"muted\">C1, H5</span>",
        "<th scope=\"row\">no password was given</th>", "not affiliated with or endorsed by"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(HtmlReport, HasARowForEachRequirementInTheOrderOfTheTree) {
  const std::string page =
      html(reportOf({kept("AUTH-A"), notKept("AUTH-B", "x"), notRun("CMD-C", false)}));
  EXPECT_THAT(allOf(page, "<tr role=\"row\" id=\"([A-Z-]+)\""),
              testing::ElementsAre("AUTH-A", "AUTH-B", "CMD-C"));
  EXPECT_THAT(page, HasSubstr("data-outcome=\"not kept\" data-area=\"AUTH\" data-level=\"should\" "
                              "data-evidence=\"assumed\""));
}

TEST(HtmlReport, OffersToFilterByWhatIsThere) {
  EXPECT_THAT(allOf(html(reportOf({kept("AUTH-A"), notKept("AUTH-B", "x")})),
                    "<option value=\"[^\"]*\">([^<]*)</option>"),
              testing::ElementsAre("all", "kept (1)", "not kept (1)", "all",
                                   "AUTH: challenge and login (2)", "all", "must (1)", "should (1)",
                                   "all", "measured (1)", "assumed (1)"));
}

TEST(HtmlReport, GivesADeviceNoMarkup) {
  const Report report = reportOf({notKept("AUTH-B", kHostile)});
  const std::string page = html(report);
  EXPECT_THAT(allOf(page, "(<script)"), SizeIs(1));
  EXPECT_THAT(page, HasSubstr("&lt;/pre&gt;&lt;/details&gt;&lt;script&gt;alert(1)"));
  EXPECT_THAT(page, HasSubstr("`y` {{target}}</pre>"));
}

TEST(HtmlReport, LoadsNothingAndLetsNoOtherScriptRun) {
  const std::string page = html(reportOf({kept("AUTH-A"), notKept("AUTH-B", "x")}));
  EXPECT_THAT(allOf(page, "(src=|@import|url\\(|<iframe|<object|<base| on[a-z]+=)"), IsEmpty());
  EXPECT_THAT(allOf(page, "href=\"([^\"]*)\""),
              testing::ElementsAre("data:,", "#requirements-heading", "#failed-AUTH-B"));
  const std::size_t start = page.find("<script>") + 8;
  const std::string script = page.substr(start, page.find("</script>") - start);
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'"),
                          HasSubstr("script-src 'sha256-" + toBase64(sha256(script)) + "'")));
}

TEST(HtmlReport, TellsAFaultOfTheJudgeFromAFailure) {
  Result broken = kept("AUTH-A");
  broken.state = State::error;
  broken.reason = shown("out of memory");
  Report report = reportOf({broken});
  report.faults = {"cannot write <x>"};
  EXPECT_THAT(html(report),
              AllOf(HasSubstr("Fault of the judge:</strong> cannot write &lt;x&gt;"),
                    HasSubstr("error of the judge</span>"), HasSubstr("<p>out of memory</p>")));
}

// What a run with a profile and expectations adds.
Report compared() {
  Result deviation = notKept("AUTH-C", "HTTP status 200");
  deviation.state = State::deviation;
  deviation.reason = shown("its firmware is old");
  Result unexpected = kept("AUTH-D");
  unexpected.state = State::unexpectedPass;
  unexpected.reason = shown("expected not to be kept");
  Report report = reportOf({kept("AUTH-A"), deviation, unexpected});
  report.capabilities = {{"module image", "offered", "offered"}, {"night vision", "one", "two"}};
  report.notices = {{"unused", "CMD-X", "Nothing has that name.", true}};
  return report;
}

TEST(HtmlReport, ShowsWhatWasCompared) {
  const std::string page = html(compared());
  for (const char* part : {"<h2>1 requirement is kept unexpectedly</h2>",
                           "<h2>1 requirement deviates as expected</h2>",
                           "<p>its firmware is old</p>", "<h2>Compared with what was expected</h2>",
                           "<span class=\"slug\">CMD-X</span> Nothing has that name.",
                           "<summary>All 2 capabilities that were asked for</summary>",
                           "<h2>1 capability is not as the profile says</h2>",
                           "<th scope=\"row\">night vision</th><td>one</td><td>two</td>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, Not(HasSubstr("is not kept</h2>")));
}

TEST(MarkdownReport, ShowsWhatWasCompared) {
  EXPECT_THAT(
      markdown(compared()),
      AllOf(HasSubstr("### Kept unexpectedly\n\n- <code>AUTH-D</code> expected not to be kept\n"),
            HasSubstr("### Deviate as expected\n\n- <code>AUTH-C</code> its firmware is old\n"),
            HasSubstr("- unused: <code>CMD-X</code> Nothing has that name.\n"),
            HasSubstr("- night vision: <code>one</code>, not <code>two</code>\n"),
            Not(HasSubstr("### Not kept"))));
}

TEST(MarkdownReport, FitsIntoACommentWhateverWasCompared) {
  Report report = compared();
  for (int i = 0; i < 300; ++i) {
    report.results.push_back(report.results[1]);
    report.results.push_back(report.results[2]);
    report.results.push_back(notKept("AUTH-E", std::string(500, '@')));
    report.notices.push_back({"unused", std::string(500, '@'), std::string(500, '@'), true});
    report.capabilities.push_back({"module", std::string(500, '@'), "none"});
  }
  for (int i = 0; i < 50; ++i) report.faults.emplace_back(500, '@');
  const std::string text = markdown(report);
  EXPECT_THAT(text.size(), Le(kLongestMarkdown));
  EXPECT_THAT(text, HasSubstr("more\n"));
}

TEST(HtmlReport, OfNothingIsAPage) {
  EXPECT_THAT(html({}), AllOf(StartsWith("<!DOCTYPE html>"), HasSubstr("nothing was run"),
                              EndsWith("</html>\n"), Not(HasSubstr("{{"))));
}

}  // namespace
}  // namespace stoklab::conformance
