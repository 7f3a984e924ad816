// JUnit XML as build servers read it: one test suite an area, one test case a requirement. There is
// no time and no time stamp in it, so that equal findings make equal files.
#include <ostream>
#include <string>

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

}  // namespace

void writeJunit(const Report& report, std::ostream& out) {
  const Totals all = totalsOf(report);
  const bool faulty = !report.faults.empty();
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n'
      << "<testsuites name=\"stoklab conformance\" tests=\"" << all.all + (faulty ? 1 : 0)
      << "\" failures=\"" << all.fail + all.unexpectedPass << "\" errors=\""
      << all.error + (faulty ? 1 : 0) << "\">\n";
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
    for (const Result& result : part.results) testCase(result, out);
    out << "  </testsuite>\n";
  }
  if (faulty) {
    std::string text;
    for (const std::string& fault : report.faults) text += fault + "\n";
    out << "  <testsuite name=\"judge\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        << "    <testcase classname=\"judge\" name=\"faults\">\n"
        << "      <error type=\"judge\" message=\"" << xml(report.faults.front()) << "\">"
        << xml(text) << "</error>\n    </testcase>\n  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

}  // namespace stoklab::conformance
