// For a terminal: what breaks and what warns in full, the rest a line each.
#include "drift/reports.h"

namespace stoklab::cli {

using fixtures::DriftFinding;
using fixtures::DriftLevel;
using fixtures::DriftReport;
using fixtures::DriftSubject;

namespace {

std::string sideLine(std::string_view label, const DriftSubject& subject) {
  std::string line = std::string(label) + printable(subject.name) + " (" + subject.origin +
                     "): " + deviceText(subject);
  if (!subject.date.empty()) line += ", " + subject.dateMeans + " " + subject.date;
  return line + "\n";
}

void inFull(const DriftGroup& group, std::string& out) {
  const DriftFinding& finding = group.first();
  const auto line = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out +=
        "    " + std::string(name) + std::string(13 - name.size(), ' ') + std::string(value) + "\n";
  };
  const auto* rule = fixtures::findDriftRule(finding.rule);
  out += "  " + std::string(finding.rule) + "  " + printable(shownPath(finding.path)) + "\n";
  line("before", group.before());
  line("after", group.after());
  line("evidence", evidenceText(finding));
  line("level", levelReason(finding));
  line("means", std::string(rule->meaning) + " " + std::string(rule->advice));
  line("hint", printable(finding.hint));
  std::string calls;
  for (const std::string& call : finding.affectedCalls) calls += (calls.empty() ? "" : ", ") + call;
  line("calls", printable(calls));
  if (!effectWarning(finding.witness).empty())
    line("careful", "what shows it " + std::string(effectWarning(finding.witness)));
  line("see it", printable(finding.witness.stoklab));
  line("or by", printable(finding.witness.curl));
  std::string prints;
  for (const DriftFinding* each : group.findings)
    prints += (prints.empty() ? "" : " ") + each->fingerprint;
  line("fingerprint", prints);
}

void client(const fixtures::DriftClient& client, std::string& out) {
  out += "\nclient: " + std::to_string(client.affected()) + " of " +
         counted(client.calls.size(), "call") + " affected (" +
         counted(client.traces.size(), "trace") + ")\n";
  for (const auto& call : client.calls) {
    if (call.fingerprints.empty()) continue;
    out += "  " + printable(call.call) + " (" + std::to_string(call.times) +
           (call.times == 1 ? " time): " : " times): ") +
           counted(call.fingerprints.size(), "finding") + "\n";
  }
}

}  // namespace

std::string driftAsText(const DriftReport& report, const DriftReportOptions&) {
  std::string out = sideLine("before  ", report.before) + sideLine("after   ", report.after);
  for (const DriftLevel level : {DriftLevel::breaking, DriftLevel::warning}) {
    const auto groups = groupsOf(report, level);
    if (groups.empty()) continue;
    out += "\n" + std::string(toText(level)) + "\n";
    for (const DriftGroup& group : groups) inFull(group, out);
  }
  if (const auto groups = groupsOf(report, DriftLevel::info); !groups.empty()) {
    out += "\ninfo\n";
    for (const DriftGroup& group : groups)
      out += "  " + std::string(group.first().rule) + "  " +
             printable(shownPath(group.first().path)) + ": " + group.before() + " -> " +
             group.after() +
             (group.first().hint.empty() ? "" : "; " + printable(group.first().hint)) + "\n";
  }
  if (!report.accepted.empty()) {
    out += "\naccepted\n";
    for (const auto& each : report.accepted)
      out += "  " + std::string(each.finding.rule) + "  " +
             printable(shownPath(each.finding.path)) + ": " + printable(each.acceptance.reason) +
             (each.acceptance.expires.empty() ? "" : " (until " + each.acceptance.expires + ")") +
             "\n";
  }
  if (report.client) client(*report.client, out);
  out += "\n" + verdictOf(report) + " " + std::to_string(report.count(DriftLevel::breaking)) +
         " breaking, " + counted(report.count(DriftLevel::warning), "warning") + ", " +
         std::to_string(report.count(DriftLevel::info)) + " info";
  if (!report.accepted.empty()) out += ", " + std::to_string(report.accepted.size()) + " accepted";
  out += guessText(report);
  return out + "\n";
}

}  // namespace stoklab::cli
