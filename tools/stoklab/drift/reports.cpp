#include "drift/reports.h"

#include <algorithm>
#include <array>
#include <set>

#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using fixtures::DriftFinding;
using fixtures::DriftLevel;
using fixtures::DriftReport;
using fixtures::DriftSubject;
using fixtures::DriftUse;
using fixtures::DriftWitness;

namespace {

std::string asJson(const DriftReport& report, const DriftReportOptions&) {
  return printPrettyJson(fixtures::driftDocument(report)) + "\n";
}

constexpr std::array kFormats = {
    DriftFormat{"text", driftAsText},          DriftFormat{"json", asJson},
    DriftFormat{"markdown", driftAsMarkdown},  DriftFormat{"html", driftAsHtml},
    DriftFormat{"github", driftAsAnnotations}, DriftFormat{"junit", driftAsJunit},
};

// Every text once, in order.
std::string joined(const std::vector<const DriftFinding*>& findings,
                   const fixtures::DriftSide DriftFinding::*side) {
  std::string text;
  std::set<std::string_view> seen;
  for (const DriftFinding* finding : findings) {
    const std::string& each = (finding->*side).text;
    if (seen.insert(each).second) text += (text.empty() ? "" : ", ") + each;
  }
  return printable(text);
}

}  // namespace

std::span<const DriftFormat> driftFormats() { return kFormats; }

bool isFailure(const DriftFinding& finding, const DriftReportOptions& options) {
  return !options.failsNever && finding.level >= options.failOn;
}

bool hasFailure(const DriftReport& report, const DriftReportOptions& options) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const DriftFinding& finding) { return isFailure(finding, options); });
}

std::string DriftGroup::before() const { return joined(findings, &DriftFinding::before); }
std::string DriftGroup::after() const { return joined(findings, &DriftFinding::after); }

std::vector<DriftGroup> groupsOf(const DriftReport& report, DriftLevel level) {
  std::vector<DriftGroup> groups;
  for (const DriftFinding& finding : report.findings) {
    if (finding.level != level) continue;
    if (!groups.empty() && groups.back().first().rule == finding.rule &&
        groups.back().first().path == finding.path) {
      groups.back().findings.push_back(&finding);
    } else {
      groups.push_back({{&finding}});
    }
  }
  return groups;
}

std::string verdictOf(const DriftReport& report) {
  const std::size_t breaking = report.count(DriftLevel::breaking);
  const std::size_t warnings = report.count(DriftLevel::warning);
  const bool forClient = report.client.has_value();
  if (report.findings.empty() && report.accepted.empty()) return "No difference was found.";
  if (report.findings.empty()) return "Every difference that was found is accepted.";
  if (breaking > 0)
    return counted(breaking, "change") + (breaking == 1 ? " breaks " : " break ") +
           (forClient ? "this client." : "clients that rely on what changed.");
  if (warnings > 0)
    return "Nothing breaks" + std::string(forClient ? " this client" : "") + ", but " +
           counted(warnings, "change") + (warnings == 1 ? " deserves" : " deserve") + " a look.";
  return "Nothing that clients rely on has changed.";
}

std::string deviceText(const DriftSubject& subject) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += (text.empty() ? "" : ", ") + std::string(name) + printable(value);
  };
  add("", subject.identity.model);
  add("hardware ", subject.identity.hardware);
  add("firmware ", subject.identity.firmware);
  return text.empty() ? "a device that is not named" : text;
}

std::string evidenceText(const DriftFinding& finding) {
  const auto& before = finding.before.evidence;
  const auto& after = finding.after.evidence;
  if (!before && !after) return {};
  if (!after) return std::string(toText(*before)) + " before";
  if (!before) return std::string(toText(*after)) + " after";
  if (before == after) return std::string(toText(*before)) + " on both sides";
  return std::string(toText(*before)) + " before, " + std::string(toText(*after)) + " after";
}

std::vector<std::string> acceptanceNotes(const DriftReport& report) {
  std::vector<std::string> notes;
  for (const auto& each : report.expired)
    notes.push_back("the acceptance of " + each.fingerprint +
                    (each.path.empty() ? "" : " (" + printable(each.path) + ")") + " expired on " +
                    each.expires + ": " + printable(each.reason));
  for (const auto& each : report.unused)
    notes.push_back("nothing has the accepted fingerprint " + each.fingerprint +
                    (each.path.empty() ? "" : " (" + printable(each.path) + ")") +
                    " any more: take it out of the file");
  return notes;
}

std::string levelReason(const DriftFinding& finding) {
  const auto level = fixtures::findDriftRule(finding.rule)->level;
  if (level == finding.level) return {};
  return std::string(toText(level)) + (finding.level > level
                                           ? ", raised because the client uses it"
                                           : ", lowered because the client does not use it");
}

std::string_view effectWarning(const DriftWitness& witness) {
  switch (witness.effect) {
    case DriftWitness::Effect::changesSettings:
      return "changes settings of the device";
    case DriftWitness::Effect::acts:
      return "makes the device do something";
    case DriftWitness::Effect::none:
      break;
  }
  return {};
}

std::string_view shownPath(std::string_view path) {
  constexpr std::string_view kPrefix = "modules.";
  return path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : path;
}

std::size_t guessesIn(const DriftReport& report) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), fixtures::isGuess));
}

std::string guessText(const DriftReport& report) {
  const std::size_t guesses = guessesIn(report);
  if (guesses == 0) return {};
  return "; " + std::to_string(guesses) + " of them " + (guesses == 1 ? "rests" : "rest") +
         " on a guess";
}

}  // namespace stoklab::cli
