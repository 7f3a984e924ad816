// For a comment on a pull request. Nothing that a device says may turn into markup, a link, or a
// mention that calls somebody: it stands in <code> or <pre>, and every character that Markdown
// could take for its own is written as a character reference.
#include "drift/reports.h"

namespace stoklab::cli {

using fixtures::DriftFinding;
using fixtures::DriftLevel;
using fixtures::DriftReport;
using fixtures::DriftSubject;

namespace {

// A comment takes 65536 characters; what goes beyond this is counted and left out.
constexpr std::size_t kLongest = 60000;
constexpr std::size_t kLongestCell = 160;  // bytes, before escaping

std::string plain(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_[]()<>#!|&~:$";
  std::string out;
  for (const char c : printable(text)) {
    if (c == '@')
      out += "&#64;&#8203;";  // readers look for mentions after references are resolved
    else if (c == '.' && out.ends_with("www"))
      out += "&#46;";
    else if (kSpecial.find(c) != std::string_view::npos)
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    else
      out += c;
  }
  return out;
}

std::string clipped(std::string_view text) {
  if (text.size() <= kLongestCell) return std::string(text);
  std::size_t end = kLongestCell;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string code(std::string_view text) { return "<code>" + plain(clipped(text)) + "</code>"; }

std::string pre(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '@')
      out += "&#64;&#8203;";
    else
      out += c;
  }
  return out;
}

std::string subjectRow(std::string_view label, const DriftSubject& subject) {
  std::string row = "| " + std::string(label) + " | " + code(subject.name) + " | " +
                    plain(subject.identity.model) + " | " + plain(subject.identity.hardware) +
                    " | " + plain(subject.identity.firmware) + " | ";
  if (!subject.date.empty()) row += plain(subject.dateMeans) + " " + plain(subject.date);
  return row + " | " + subject.origin + " |\n";
}

std::string groupRow(const DriftGroup& group) {
  const DriftFinding& finding = group.first();
  const auto* rule = fixtures::findDriftRule(finding.rule);
  std::string what = plain(rule->meaning);
  if (!finding.hint.empty()) what += " *" + plain(finding.hint) + "*";
  if (fixtures::isGuess(finding)) what += " (one side is assumed)";
  return "| " + code(shownPath(finding.path)) + " | " + what + " | " + code(group.before()) +
         " | " + code(group.after()) + " |\n";
}

std::string tableOf(const std::vector<DriftGroup>& groups, std::size_t room) {
  std::string table = "| where | what | before | after |\n| --- | --- | --- | --- |\n";
  std::size_t shown = 0;
  for (const DriftGroup& group : groups) {
    std::string row = groupRow(group);
    if (table.size() + row.size() > room) break;
    table += row;
    ++shown;
  }
  if (shown < groups.size())
    table +=
        "\n" + std::to_string(groups.size() - shown) +
        " more are left out here, because a comment has to end; the other formats have them.\n";
  return table + "\n";
}

std::string witnessesOf(const std::vector<DriftGroup>& groups, std::size_t room) {
  std::string text;
  for (const DriftGroup& group : groups) {
    const DriftFinding& finding = group.first();
    const auto& witness = finding.witness;
    if (witness.curl.empty() && witness.stoklab.empty()) continue;
    std::string entry = "# " + std::string(finding.rule) + " " +
                        printable(shownPath(finding.path)) + ", fingerprint " + finding.fingerprint;
    if (const auto warning = effectWarning(witness); !warning.empty())
      entry += "; careful, " + std::string(warning);
    entry += "\n";
    if (!witness.stoklab.empty()) entry += printable(witness.stoklab) + "\n";
    if (!witness.curl.empty()) entry += printable(witness.curl) + "\n";
    if (text.size() + entry.size() > room) break;
    text += entry + "\n";
  }
  if (text.empty()) return {};
  return "<details><summary>Requests that show it</summary>\n\nCAMERA, TOKEN and PASSWORD stand "
         "for "
         "your own.\n\n<pre>\n" +
         pre(text) + "</pre>\n\n</details>\n\n";
}

std::string clientPart(const fixtures::DriftClient& client) {
  std::string text = "### The client: " + std::to_string(client.affected()) + " of " +
                     counted(client.calls.size(), "call") + " affected\n\n";
  if (client.affected() == 0) return text;
  text += "| call | times in the traces | findings |\n| --- | ---: | ---: |\n";
  for (const auto& call : client.calls)
    if (!call.fingerprints.empty())
      text += "| " + code(call.call) + " | " + std::to_string(call.times) + " | " +
              std::to_string(call.fingerprints.size()) + " |\n";
  return text + "\n";
}

std::string acceptedPart(const DriftReport& report, std::size_t room) {
  std::string text;
  for (const auto& each : report.accepted) {
    std::string line =
        "- " + code(shownPath(each.finding.path)) + " " + plain(each.finding.rule) + ": " +
        plain(clipped(each.acceptance.reason)) +
        (each.acceptance.expires.empty() ? "" : ", until " + each.acceptance.expires) + "\n";
    if (text.size() + line.size() > room) break;
    text += line;
  }
  if (!text.empty())
    text = "<details><summary>" + std::to_string(report.accepted.size()) +
           " accepted</summary>\n\n" + text + "\n</details>\n\n";
  for (const std::string& note : acceptanceNotes(report)) {
    if (text.size() > room) break;
    text += "> " + plain(clipped(note)) + "\n\n";
  }
  return text;
}

}  // namespace

std::string driftAsMarkdown(const DriftReport& report, const DriftReportOptions& options) {
  std::string out = std::string("## ") + (hasFailure(report, options) ? "✘" : "✔") +
                    " Firmware drift: " + plain(verdictOf(report)) + "\n\n";
  out +=
      "| | name | model | hardware | firmware | date | from |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n" +
      subjectRow("before", report.before) + subjectRow("after", report.after) + "\n";
  out += "**" + std::to_string(report.count(DriftLevel::breaking)) + " breaking**, " +
         counted(report.count(DriftLevel::warning), "warning") + ", " +
         std::to_string(report.count(DriftLevel::info)) + " info, " +
         std::to_string(report.accepted.size()) + " accepted";
  out += guessText(report);
  out += "\n\n";
  if (report.client) out += clientPart(*report.client);
  const auto breaking = groupsOf(report, DriftLevel::breaking);
  const auto warnings = groupsOf(report, DriftLevel::warning);
  const auto infos = groupsOf(report, DriftLevel::info);
  const auto room = [&] { return out.size() < kLongest ? (kLongest - out.size()) / 2 : 0; };
  if (!breaking.empty()) {
    out += "### Breaking\n\n" + tableOf(breaking, room());
    out += witnessesOf(breaking, room() / 2);
  }
  if (!warnings.empty()) out += "### Warnings\n\n" + tableOf(warnings, room());
  if (!infos.empty())
    out += "<details><summary>" + std::to_string(report.count(DriftLevel::info)) +
           " info: nothing that a client does today stops working</summary>\n\n" +
           tableOf(infos, room()) + "</details>\n\n";
  return out + acceptedPart(report, room());
}

}  // namespace stoklab::cli
