// One self-contained page: no script, nothing loaded from elsewhere.
#include <algorithm>

#include "drift/reports.h"

namespace stoklab::cli {

using fixtures::DriftFinding;
using fixtures::DriftLevel;
using fixtures::DriftReport;
using fixtures::DriftSubject;

namespace {

constexpr std::string_view kStyle = R"css(
:root {
  --page: #f6f8fa; --card: #fff; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --link: #0550ae;
  --good: #116329; --good-back: #dafbe1; --bad: #a40e26; --bad-back: #ffebe9;
  --warn: #7d4e00; --warn-back: #fff3c4; --calm: #424a53; --calm-back: #e7ebef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --text: #e6edf3; --muted: #9ea7b3; --line: #343c46; --link: #79b8ff;
    --good: #7ee2a0; --good-back: #12361f; --bad: #ffa198; --bad-back: #4a1619;
    --warn: #f0c95c; --warn-back: #3d2f06; --calm: #c5ced8; --calm-back: #2b323b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
footer { padding-top: 2rem; padding-bottom: 3rem; color: var(--muted); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .25rem; }
h3 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.muted { color: var(--muted); }
.verdict { margin: 1.25rem 0; padding: 1rem 1.25rem; border-radius: .5rem; border-left: .5rem solid; font-size: 1.3rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-back); border-color: var(--good); }
.bad { color: var(--bad); background: var(--bad-back); border-color: var(--bad); }
.warn { color: var(--warn); background: var(--warn-back); border-color: var(--warn); }
.calm { color: var(--calm); background: var(--calm-back); border-color: var(--calm); }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.totals div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; }
.totals dt { color: var(--muted); }
.totals dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.2; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin: 0; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: .5rem 0 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .875rem; overflow-wrap: anywhere; }
pre { margin: .25rem 0; white-space: pre-wrap; background: var(--page); border: 1px solid var(--line); border-radius: .375rem; padding: .5rem .75rem; user-select: all; }
details.finding { background: var(--card); border: 1px solid var(--line); border-left: .5rem solid var(--line); border-radius: .5rem; margin: .6rem 0; }
details.breaking { border-left-color: var(--bad); }
details.warning { border-left-color: var(--warn); }
details.finding > summary { cursor: pointer; padding: .6rem 1rem; }
details.finding > div { padding: 0 1rem .9rem; border-top: 1px solid var(--line); }
.where { font-weight: 600; }
.change { display: block; color: var(--text); margin-left: 1.1rem; }
.change .arrow { color: var(--muted); padding: 0 .35rem; }
.what { display: block; color: var(--muted); margin-left: 1.1rem; }
.badge { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--muted); font-weight: 600; font-size: .875rem; }
@media (max-width: 44rem) { .sides, .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .5rem; } }
@media print { details.finding { break-inside: avoid; } }
)css";

std::string html(std::string_view text) { return htmlEscaped(printable(text)); }

std::string code(std::string_view text) { return "<code>" + html(text) + "</code>"; }

class Facts {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) addMarkup(name, html(value));
  }
  void addMarkup(std::string_view name, const std::string& value) {
    if (!value.empty()) rows_ += "<dt>" + std::string(name) + "</dt><dd>" + value + "</dd>\n";
  }
  std::string text() const { return "<dl class=\"facts\">\n" + rows_ + "</dl>\n"; }

 private:
  std::string rows_;
};

std::string sideCard(std::string_view label, const DriftSubject& subject) {
  Facts facts;
  facts.add("model", subject.identity.model);
  facts.add("hardware", subject.identity.hardware);
  facts.add("firmware", subject.identity.firmware);
  facts.add(subject.dateMeans, subject.date);
  facts.add("taken from", subject.origin);
  return "<section class=\"card\"><h3>" + std::string(label) + ": " + html(subject.name) +
         "</h3>\n" + facts.text() + "</section>\n";
}

std::string tile(std::string_view tone, std::string_view name, std::size_t count) {
  return "<div" + (count > 0 && !tone.empty() ? " class=\"" + std::string(tone) + "\"" : "") +
         "><dt>" + std::string(name) + "</dt><dd>" + std::to_string(count) + "</dd></div>\n";
}

std::string tiles(const DriftReport& report) {
  std::string text = "<dl class=\"totals\">\n";
  text += tile("bad", "breaking", report.count(DriftLevel::breaking));
  text += tile("warn", "warnings", report.count(DriftLevel::warning));
  text += tile("", "info", report.count(DriftLevel::info));
  text += tile("", "accepted", report.accepted.size());
  text += tile("", "rest on a guess", guessesIn(report));
  if (report.client) text += tile("", "calls of the client affected", report.client->affected());
  return text + "</dl>\n";
}

std::string badge(const DriftFinding& finding) {
  std::string text;
  if (finding.use == fixtures::DriftUse::used)
    text += " <span class=\"badge bad\">the client uses it</span>";
  if (fixtures::isGuess(finding)) text += " <span class=\"badge calm\">one side is a guess</span>";
  return text;
}

std::string groupCard(const DriftGroup& group) {
  const DriftFinding& finding = group.first();
  const auto* rule = fixtures::findDriftRule(finding.rule);
  Facts facts;
  facts.add("why it matters", rule->advice);
  facts.add("hint", finding.hint);
  std::string calls;
  for (const std::string& call : finding.affectedCalls)
    calls += (calls.empty() ? "" : ", ") + code(call);
  facts.addMarkup("affected calls", calls);
  facts.add("level", levelReason(finding));
  facts.add("how it is known", evidenceText(finding));
  std::string lines;
  if (!finding.witness.stoklab.empty()) lines += "<pre>" + html(finding.witness.stoklab) + "</pre>";
  if (!finding.witness.curl.empty()) lines += "<pre>" + html(finding.witness.curl) + "</pre>";
  if (const auto warning = effectWarning(finding.witness); !lines.empty() && !warning.empty())
    lines += "<p class=\"muted\">Careful: this " + std::string(warning) + ".</p>";
  facts.addMarkup("request that shows it", lines);
  facts.addMarkup("rule", code(finding.rule));
  std::string prints;
  for (const DriftFinding* each : group.findings)
    prints += (prints.empty() ? "" : " ") + code(each->fingerprint);
  facts.addMarkup("fingerprint", prints);
  return "<details class=\"finding " + std::string(toText(finding.level)) +
         "\"><summary><span class=\"where\">" + code(shownPath(finding.path)) + "</span>" +
         badge(finding) + "<span class=\"what\">" + html(rule->meaning) +
         "</span><span class=\"change\">" + code(group.before()) +
         "<span class=\"arrow\">→</span>" + code(group.after()) + "</span></summary>\n<div>" +
         facts.text() + "</div></details>\n";
}

std::string levelPart(const DriftReport& report, DriftLevel level, std::string_view heading,
                      std::string_view sentence) {
  const auto groups = groupsOf(report, level);
  if (groups.empty()) return {};
  std::string text = "<h2>" + std::string(heading) + "</h2>\n<p class=\"muted\">" +
                     std::string(sentence) + "</p>\n";
  for (const DriftGroup& group : groups) text += groupCard(group);
  return text;
}

std::string callRow(const fixtures::DriftClient::Call& call, const DriftReport& report) {
  std::string row =
      "<tr><td>" + code(call.call) + "</td><td>" + std::to_string(call.times) + "</td><td>";
  for (const DriftFinding& finding : report.findings) {
    const auto& calls = finding.affectedCalls;
    if (std::find(calls.begin(), calls.end(), call.call) == calls.end()) continue;
    row += std::string(toText(finding.level)) + ": " + html(finding.rule) + " " +
           code(shownPath(finding.path)) + "<br>";
  }
  return row + "</td></tr>\n";
}

std::string clientPart(const DriftReport& report) {
  const fixtures::DriftClient& client = *report.client;
  std::string text = "<h2>Which calls of the client are affected</h2>\n<p class=\"muted\">" +
                     std::to_string(client.affected()) + " of " +
                     counted(client.calls.size(), "call") + " that its traces show: ";
  for (std::size_t i = 0; i < client.traces.size(); ++i)
    text += (i == 0 ? "" : ", ") + code(client.traces[i]);
  text += ". What concerns every client stands below, at its level.</p>\n";
  std::string rows, others;
  for (const auto& call : client.calls) {
    if (!call.fingerprints.empty())
      rows += callRow(call, report);
    else
      others += (others.empty() ? "" : ", ") + code(call.call);
  }
  if (!rows.empty())
    text +=
        "<table><thead><tr><th>call</th><th>times in the traces</th><th>findings</th></tr>"
        "</thead><tbody>\n" +
        rows + "</tbody></table>\n";
  if (!others.empty())
    text += "<details><summary>" + counted(client.calls.size() - client.affected(), "call") +
            " not affected</summary><p>" + others + "</p></details>\n";
  return text;
}

std::string acceptedPart(const DriftReport& report) {
  std::string text;
  if (!report.accepted.empty()) {
    text +=
        "<h2>Accepted</h2>\n<table><thead><tr><th>where</th><th>rule</th><th>reason</th>"
        "<th>until</th></tr></thead><tbody>\n";
    for (const auto& each : report.accepted)
      text += "<tr><td>" + code(shownPath(each.finding.path)) + "</td><td>" +
              code(each.finding.rule) + "</td><td>" + html(each.acceptance.reason) + "</td><td>" +
              html(each.acceptance.expires.empty() ? "for ever" : each.acceptance.expires) +
              "</td></tr>\n";
    text += "</tbody></table>\n";
  }
  for (const std::string& note : acceptanceNotes(report))
    text += "<p>Note: " + html(note) + "</p>\n";
  return text;
}

}  // namespace

std::string driftAsHtml(const DriftReport& report, const DriftReportOptions&) {
  const std::string_view tone = report.count(DriftLevel::breaking) > 0  ? "bad"
                                : report.count(DriftLevel::warning) > 0 ? "warn"
                                                                        : "good";
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>Firmware drift: " +
      html(report.before.name) + " to " + html(report.after.name) + "</title>\n<style>" +
      std::string(kStyle) +
      "</style>\n</head>\n<body>\n<header>\n<h1>Firmware drift</h1>\n"
      "<p class=\"muted\">What differs between two descriptions of a device, and what that means "
      "for its clients. Click a finding for the reason, the evidence and a request that shows "
      "it.</p>\n</header>\n<main>\n";
  out += "<p class=\"verdict " + std::string(tone) + "\">" + html(verdictOf(report)) + "</p>\n";
  out += "<div class=\"sides\">\n" + sideCard("Before", report.before) +
         sideCard("After", report.after) + "</div>\n" + tiles(report);
  if (report.client) out += clientPart(report);
  out += levelPart(report, DriftLevel::breaking, "Breaking", "A client that uses this fails.");
  out +=
      levelPart(report, DriftLevel::warning, "Warnings",
                report.client ? "Some clients notice, or fail; the traces of this one do not show "
                                "that it uses this."
                              : "Some clients notice.");
  out += levelPart(report, DriftLevel::info, "Info",
                   "Nothing that a client does today stops working.");
  out += acceptedPart(report);
  return out +
         "</main>\n<footer><p>Written by stoklab, for TP-Link VIGI cameras; not affiliated with or "
         "endorsed by TP-Link. In the requests, CAMERA, TOKEN and PASSWORD stand for your own. The "
         "order of keys, ciphers and enumerations is no "
         "difference.</p></footer>\n</body>\n</html>\n";
}

}  // namespace stoklab::cli
