// For build servers: annotations of GitHub Actions, and JUnit XML. Neither holds a time, so that
// equal reports make equal files.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "drift/reports.h"

namespace stoklab::cli {

using fixtures::DriftFinding;
using fixtures::DriftLayer;
using fixtures::DriftLevel;
using fixtures::DriftReport;

namespace {

std::string storyOf(const DriftFinding& finding) {
  const auto* rule = fixtures::findDriftRule(finding.rule);
  std::string text = std::string(rule->meaning) + " " + std::string(rule->advice) +
                     "\nbefore: " + printable(finding.before.text) +
                     "\nafter: " + printable(finding.after.text);
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += "\n" + std::string(name) + ": " + printable(value);
  };
  line("evidence", evidenceText(finding));
  line("level", levelReason(finding));
  line("hint", finding.hint);
  for (const std::string& call : finding.affectedCalls) line("affects", call);
  line("careful", std::string(effectWarning(finding.witness)));
  line("see it", finding.witness.stoklab);
  line("or by", finding.witness.curl);
  line("fingerprint", finding.fingerprint);
  return text;
}

std::string replaced(std::string_view text,
                     std::span<const std::pair<char, std::string_view>> rows) {
  std::string out;
  for (const char c : text) {
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.first == c; });
    if (row == rows.end())
      out += c;
    else
      out += row->second;
  }
  return out;
}

// https://docs.github.com/actions: a value ends at a comma, a message at the end of the line.
std::string annotationValue(std::string_view text) {
  constexpr std::array<std::pair<char, std::string_view>, 5> kRows = {
      {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}}};
  return replaced(text, kRows);
}
std::string annotationMessage(std::string_view text) {
  constexpr std::array<std::pair<char, std::string_view>, 3> kRows = {
      {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}}};
  return replaced(text, kRows);
}

std::string_view annotationOf(DriftLevel level) {
  if (level == DriftLevel::breaking) return "error";
  return level == DriftLevel::warning ? "warning" : "notice";
}

std::string suite(const DriftReport& report, DriftLayer layer, const DriftReportOptions& options) {
  std::string cases;
  std::size_t all = 0, failed = 0;
  for (const DriftFinding& finding : report.findings) {
    if (finding.layer != layer) continue;
    ++all;
    const bool fails = isFailure(finding, options);
    failed += fails ? 1 : 0;
    // Several findings may share rule and path; a name must be unique.
    cases += "    <testcase classname=\"drift." + std::string(toText(layer)) + "\" name=\"" +
             xmlEscaped(std::string(finding.rule) + " " + printable(shownPath(finding.path)) + " " +
                        finding.fingerprint) +
             "\">\n";
    const std::string headline = std::string(toText(finding.level)) + ": " +
                                 printable(finding.before.text) + " -> " +
                                 printable(finding.after.text);
    if (fails)
      cases += "      <failure type=\"" + std::string(finding.rule) + "\" message=\"" +
               xmlEscaped(headline) + "\">" + xmlEscaped(storyOf(finding)) + "</failure>\n";
    else
      cases +=
          "      <system-out>" + xmlEscaped(headline + "\n" + storyOf(finding)) + "</system-out>\n";
    cases += "    </testcase>\n";
  }
  if (all == 0) {
    all = 1;
    cases = "    <testcase classname=\"drift." + std::string(toText(layer)) +
            "\" name=\"no difference\"/>\n";
  }
  return "  <testsuite name=\"drift." + std::string(toText(layer)) + "\" tests=\"" +
         std::to_string(all) + "\" failures=\"" + std::to_string(failed) +
         "\" errors=\"0\" skipped=\"0\">\n    <properties>\n      <property name=\"before\" "
         "value=\"" +
         xmlEscaped(printable(report.before.name) + ": " + deviceText(report.before)) +
         "\"/>\n      <property name=\"after\" value=\"" +
         xmlEscaped(printable(report.after.name) + ": " + deviceText(report.after)) +
         "\"/>\n    </properties>\n" + cases + "  </testsuite>\n";
}

}  // namespace

std::string driftAsAnnotations(const DriftReport& report, const DriftReportOptions&) {
  std::string out;
  for (const DriftFinding& finding : report.findings)
    out += "::" + std::string(annotationOf(finding.level)) + " title=" +
           annotationValue(std::string(finding.rule) + " " + printable(shownPath(finding.path))) +
           "::" + annotationMessage(storyOf(finding)) + "\n";
  for (const std::string& note : acceptanceNotes(report))
    out += "::notice title=accepted drift::" + annotationMessage(note) + "\n";
  return out + "::notice title=firmware drift::" + annotationMessage(verdictOf(report)) + "\n";
}

std::string driftAsJunit(const DriftReport& report, const DriftReportOptions& options) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  out += suite(report, DriftLayer::shape, options) + suite(report, DriftLayer::behaviour, options);
  if (report.values) out += suite(report, DriftLayer::values, options);
  return out + "</testsuites>\n";
}

}  // namespace stoklab::cli
