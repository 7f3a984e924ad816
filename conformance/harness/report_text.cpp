#include <algorithm>
#include <array>
#include <ostream>
#include <string>

#include "harness/reports.h"

namespace stoklab::conformance {
namespace {

struct Label {
  State state;
  std::string_view word, colour;
};
constexpr std::array<Label, 7> kLabels = {{{State::pass, "pass", "\033[32m"},
                                           {State::fail, "FAIL", "\033[31m"},
                                           {State::deviation, "dev ", "\033[33m"},
                                           {State::unexpectedPass, "PASS", "\033[31m"},
                                           {State::skipped, "skip", "\033[33m"},
                                           {State::notApplicable, "n/a ", "\033[36m"},
                                           {State::error, "ERR ", "\033[35m"}}};

std::string label(State state, const TextStyle& style) {
  for (const Label& entry : kLabels) {
    if (entry.state != state) continue;
    if (!style.colour) return std::string(entry.word);
    return std::string(entry.colour) + std::string(entry.word) + "\033[0m";
  }
  return {};
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
}

// Later lines of `text` stand under the first.
std::string indented(std::string_view text, std::size_t width) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out.append(width, ' ');
  }
  return out;
}

void entry(std::ostream& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out << "        " << padded(name, 10) << indented(text, 18) << '\n';
}

void details(const Result& result, std::ostream& out) {
  for (const Finding& finding : result.findings) {
    entry(out, "looked at", finding.what.text());
    entry(out, "expected", finding.expected.text());
    entry(out, "got", finding.got.text());
    entry(out, "by", finding.where);
  }
  for (const Redacted& line : result.exchange) entry(out, "exchange", line.text());
  const Requirement& requirement = result.requirement;
  std::string evidence(toText(requirement.evidence));
  if (!requirement.rows.empty()) evidence += " (" + requirement.rows + ")";
  entry(out, "evidence", evidence);
  entry(out, "reproduce", result.reproduce);
}

// What the device showed of itself. A quiet report has only what is not as the profile says.
void aboutDevice(const Report& report, const TextStyle& style, std::ostream& out) {
  std::size_t width = 0;
  for (const Fact& fact : report.device) width = std::max(width, fact.name.size());
  for (const Capability& capability : report.capabilities)
    width = std::max(width, capability.name.size());
  if (!style.quiet) {
    for (const Fact& fact : report.device)
      out << "  " << padded(fact.name, width) << "  " << fact.value.text() << '\n';
  }
  bool any = !style.quiet && !report.device.empty();
  for (const Capability& capability : report.capabilities) {
    if (style.quiet && !capability.differs()) continue;
    any = true;
    out << "  " << padded(capability.name, width) << "  " << capability.device;
    if (capability.differs()) out << "  [the profile says: " << capability.profile << "]";
    out << '\n';
  }
  if (any) out << '\n';
}

std::size_t slugWidth(std::span<const Result> results) {
  std::size_t width = 0;
  for (const Result& result : results) width = std::max(width, result.requirement.slug.size());
  return width;
}

}  // namespace

void writeText(const Report& report, const TextStyle& style, std::ostream& out) {
  out << "conformance to the observed protocol: " << report.target;
  if (!report.profile.empty()) out << ", profile " << report.profile;
  out << "\n\n";
  aboutDevice(report, style, out);
  const std::size_t width = slugWidth(report.results);
  for (const Result& result : report.results) {
    const bool ran = result.state != State::skipped && result.state != State::notApplicable;
    if (style.quiet && (result.state == State::pass || (!ran && !result.blocked))) continue;
    out << label(result.state, style) << "  " << padded(toText(result.requirement.level), 6) << "  "
        << padded(result.requirement.slug, width) << "  " << result.requirement.sentence;
    if (!result.reason.empty()) out << "  [" << result.reason.text() << "]";
    out << '\n';
    if (isFailure(result)) details(result, out);
  }
  const Totals totals = totalsOf(report);
  if (!report.results.empty()) out << '\n';
  out << totals.all << " requirements: " << totals.pass << " kept, " << totals.fail
      << " not kept, ";
  if (totals.deviation > 0) out << totals.deviation << " deviate as expected, ";
  if (totals.unexpectedPass > 0) out << totals.unexpectedPass << " kept unexpectedly, ";
  out << totals.skipped + totals.notApplicable << " did not run (" << totals.skipped << " skipped, "
      << totals.notApplicable << " not applicable)";
  if (totals.error > 0) out << ", " << totals.error << " errors of the judge";
  out << '\n';
  for (const auto& [reason, count] : reasonsNotRun(report))
    out << "  did not run: " << count << "  " << reason << '\n';
  for (const Notice& notice : report.notices) {
    out << "  " << notice.kind << ": " << notice.subject << "  " << notice.text
        << (notice.finding ? "" : "  [no finding]") << '\n';
  }
  out << "logins: " << report.logins << " accepted, " << report.failedLogins << " refused\n";
  for (const std::string& fault : report.faults) out << "fault of the judge: " << fault << '\n';
  out << "verdict: " << verdictOf(report) << " (exit code " << exitCodeOf(report) << ")\n"
      << "stoklab is not affiliated with or endorsed by TP-Link.\n";
}

void writeList(std::span<const Requirement> requirements, std::ostream& out) {
  std::size_t width = 0;
  for (const Requirement& r : requirements) width = std::max(width, r.slug.size());
  for (const Requirement& r : requirements) {
    out << padded(r.slug, width) << "  " << padded(toText(r.level), 6) << "  "
        << padded(toText(r.evidence), 15) << "  " << padded(toText(r.effect), 16) << "  "
        << r.sentence;
    if (!r.notTested.empty()) out << "  [not tested: " << r.notTested << "]";
    out << '\n';
  }
}

void writeExplanation(const Requirement& requirement, std::ostream& out) {
  out << requirement.slug << '\n' << requirement.sentence << "\n\n";
  const auto line = [&](std::string_view name, std::string_view text) {
    out << padded(name, 12) << text << '\n';
  };
  line("level", toText(requirement.level));
  line("evidence", toText(requirement.evidence));
  if (!requirement.rows.empty()) line("sources", requirement.rows);
  line("effect", toText(requirement.effect));
  std::string needs;
  for (const std::string& need : requirement.needs) needs += (needs.empty() ? "" : ", ") + need;
  line("needs", needs.empty() ? "-" : needs);
  if (!requirement.notTested.empty()) line("not tested", requirement.notTested);
  line("stated in", "conformance/spec/" + requirement.file);
  line("run it", "stoklab conform --select " + requirement.slug);
}

}  // namespace stoklab::conformance
