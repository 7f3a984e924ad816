// JUnit XML as build servers read it: one test suite an area, one test case a requirement. There is
// no time and no time stamp in it, so that equal findings make equal files. The form is that which
// Jenkins reads; conformance/schema/junit.xsd states it.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "harness/reports.h"

namespace stoklab::conformance {
namespace {

// Redacted text is printable UTF-8 already; only the five characters of XML are left.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string story(const Result& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    if (!finding.what.empty()) text += "looked at: " + finding.what.text() + "\n";
    if (!finding.expected.empty()) text += "expected: " + finding.expected.text() + "\n";
    if (!finding.got.empty()) text += "got: " + finding.got.text() + "\n";
    if (!finding.where.empty()) text += "by: " + finding.where + "\n";
  }
  for (const Redacted& line : result.exchange) text += "exchange: " + line.text() + "\n";
  if (!result.reproduce.empty()) text += "reproduce: " + result.reproduce + "\n";
  return text;
}

std::string headline(const Result& result) {
  if (!result.findings.empty()) {
    const Finding& first = result.findings.front();
    if (!first.expected.empty())
      return "expected " + first.expected.text() + ", got " + first.got.text();
    return first.what.text();
  }
  return result.reason.empty() ? result.requirement.sentence : result.reason.text();
}

// What was judged, in every suite, because readers show each by itself.
void properties(const Report& report, std::ostream& out) {
  const auto property = [&](std::string_view name, std::string_view value) {
    out << "      <property name=\"" << xml(name) << "\" value=\"" << xml(value) << "\"/>\n";
  };
  out << "    <properties>\n";
  property("target", report.target);
  if (!report.profile.empty()) property("profile", report.profile);
  for (const Fact& fact : report.device) property(fact.name, fact.value.text());
  for (const Capability& capability : report.capabilities) {
    if (!capability.differs()) continue;
    property("differs from the profile: " + capability.name,
             capability.device + ", not " + capability.profile);
  }
  out << "    </properties>\n";
}

void testCase(const Result& result, std::ostream& out) {
  out << "    <testcase classname=\"" << toText(result.requirement.level) << "\" name=\""
      << xml(result.requirement.slug) << "\"";
  const auto element = [&](std::string_view name, std::string_view type) {
    out << ">\n      <" << name << " type=\"" << type << "\" message=\"" << xml(headline(result))
        << "\">" << xml(story(result)) << "</" << name << ">\n    </testcase>\n";
  };
  switch (result.state) {
    case State::pass:
      out << "/>\n";
      break;
    case State::fail:
      element("failure", "requirement");
      break;
    case State::unexpectedPass:
      element("failure", "unexpected-pass");
      break;
    case State::error:
      element("error", "judge");
      break;
    case State::deviation:
    case State::skipped:
    case State::notApplicable:
      out << ">\n      <skipped message=\"" << toText(result.state) << ": "
          << xml(result.reason.text()) << "\"/>\n    </testcase>\n";
      break;
  }
}

// Of the run as a whole: what has no requirement to stand with, and must not look like success.
struct Remark {
  std::string_view element, type;
  std::string name, text;
};

std::vector<Remark> remarksOf(const Report& report) {
  std::vector<Remark> remarks;
  if (!report.faults.empty()) {
    std::string text;
    for (const std::string& fault : report.faults) text += fault + "\n";
    remarks.push_back({"error", "judge", "faults", text});
  }
  if (report.stop) remarks.push_back({"error", "stopped", "stopped", report.stop->reason});
  for (const Notice& notice : report.notices) {
    if (!notice.finding) continue;
    remarks.push_back({"failure", "expectation", notice.kind + " " + notice.subject, notice.text});
  }
  return remarks;
}

int countOf(const std::vector<Remark>& remarks, std::string_view element) {
  return static_cast<int>(std::count_if(remarks.begin(), remarks.end(), [&](const Remark& remark) {
    return remark.element == element;
  }));
}

void remarkSuite(const std::vector<Remark>& remarks, std::ostream& out) {
  out << "  <testsuite name=\"judge\" tests=\"" << remarks.size() << "\" failures=\""
      << countOf(remarks, "failure") << "\" errors=\"" << countOf(remarks, "error")
      << "\" skipped=\"0\">\n";
  for (const Remark& remark : remarks) {
    out << "    <testcase classname=\"judge\" name=\"" << xml(remark.name) << "\">\n      <"
        << remark.element << " type=\"" << remark.type << "\" message=\""
        << xml(remark.text.substr(0, remark.text.find('\n'))) << "\">" << xml(remark.text) << "</"
        << remark.element << ">\n    </testcase>\n";
  }
  out << "  </testsuite>\n";
}

}  // namespace

void writeJunit(const Report& report, std::ostream& out) {
  const Totals all = totalsOf(report);
  const std::vector<Remark> remarks = remarksOf(report);
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n'
      << "<testsuites name=\"stoklab conformance\" tests=\""
      << all.all + static_cast<int>(remarks.size()) << "\" failures=\""
      << all.fail + all.unexpectedPass + countOf(remarks, "failure") << "\" errors=\""
      << all.error + countOf(remarks, "error") << "\">\n";
  for (const auto& [prefix, meaning] : areas()) {
    Report part;
    for (const Result& result : report.results) {
      if (result.requirement.slug.rfind(prefix, 0) == 0) part.results.push_back(result);
    }
    if (part.results.empty()) continue;
    const Totals totals = totalsOf(part);
    out << "  <testsuite name=\"" << prefix.substr(0, prefix.size() - 1) << ": " << xml(meaning)
        << "\" tests=\"" << totals.all << "\" failures=\"" << totals.fail + totals.unexpectedPass
        << "\" errors=\"" << totals.error << "\" skipped=\""
        << totals.skipped + totals.notApplicable + totals.deviation << "\">\n";
    properties(report, out);
    for (const Result& result : part.results) testCase(result, out);
    out << "  </testsuite>\n";
  }
  if (!remarks.empty()) remarkSuite(remarks, out);
  out << "</testsuites>\n";
}

}  // namespace stoklab::conformance
