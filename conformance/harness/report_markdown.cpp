// The Markdown report, for a comment on a pull request. Nothing that a device says may turn into
// markup, a link, or a mention that calls somebody: it stands in <code> or <pre>, and every
// character that Markdown could take for its own is written as a character reference.
#include <ostream>
#include <string>

#include "harness/html_template.h"
#include "harness/reports.h"

namespace stoklab::conformance {
namespace {

// Together these keep the parts that are never left out well below kLongestMarkdown.
constexpr std::size_t kLongestCell = 160;     // bytes, before escaping
constexpr std::size_t kLongestList = 10;      // of reasons, of faults
constexpr std::size_t kRoomForOthers = 3000;  // each list of what is not a failure
constexpr std::size_t kRoomForNotes = 1000;   // headings, and what says that something is left out

bool endsInWww(std::string_view text) {
  return text.size() >= 3 && text.substr(text.size() - 3) == "www";
}

// Text in a paragraph or a cell. Line breaks become spaces.
std::string plain(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_[]()<>#!|&~:$";
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      out += ' ';
    } else if (c == '@') {
      // Readers look for mentions after references are resolved; a space of no width hides it.
      out += "&#64;&#8203;";
    } else if (c == '.' && endsInWww(out)) {
      out += "&#46;";
    } else if (kSpecial.find(c) != std::string_view::npos) {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out += c;
    }
  }
  return out;
}

// The beginning of `text`, cut between characters.
std::string clipped(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return std::string(text.substr(0, most)) + "…";
}

std::string code(std::string_view text) {
  return text.empty() ? "" : "<code>" + plain(clipped(text, kLongestCell)) + "</code>";
}

std::string row(const Result& result) {
  const Requirement& requirement = result.requirement;
  const Finding first = result.findings.empty() ? Finding{} : result.findings.front();
  // Some findings are a sentence and have no two sides.
  const std::string got =
      first.expected.empty() && first.got.empty() ? first.what.text() : first.got.text();
  return "| " + code(requirement.slug) + "<br>" + plain(requirement.sentence) + " | " +
         std::string(toText(requirement.level)) + " | " + code(first.expected.text()) + " | " +
         code(result.findings.empty() ? result.reason.text() : got) + " | " +
         std::string(toText(requirement.evidence)) + " |\n";
}

// Kept or not in a way that no expectation excuses.
bool isNotKept(const Result& result) {
  return isFailure(result) && result.state != State::deviation;
}

// In <pre> everything is text until </pre>, which escaped text does not hold.
std::string details(const Result& result) {
  const Requirement& requirement = result.requirement;
  std::string text = requirement.sentence + "\n";
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += std::string(name) + ": " + std::string(value) + "\n";
  };
  line("outcome", outcomeOf(result));
  line("reason", result.reason.text());
  for (const Finding& finding : result.findings) {
    line("looked at", finding.what.text());
    line("expected", finding.expected.text());
    line("got", finding.got.text());
    line("by", finding.where);
  }
  for (const Redacted& said : result.exchange) line("exchange", said.text());
  line("evidence", std::string(toText(requirement.evidence)) +
                       (requirement.rows.empty() ? "" : " (" + requirement.rows + ")"));
  line("reproduce", result.reproduce);
  return "<details><summary>" + code(requirement.slug) + "</summary>\n\n<pre>\n" +
         htmlEscaped(text) + "</pre>\n\n</details>\n\n";
}

std::string totalsTable(const Totals& totals) {
  std::string line = "|";
  for (const int count :
       {totals.all, totals.pass, totals.fail, totals.unexpectedPass, totals.deviation,
        totals.blocked, totals.skipped - totals.blocked, totals.notApplicable, totals.error})
    line += " " + std::to_string(count) + " |";
  return "| requirements | kept | not kept | kept unexpectedly | deviate as expected | not judged "
         "| "
         "skipped | not applicable | errors of the judge |\n"
         "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n" +
         line + "\n\n";
}

std::string head(const Report& report) {
  const int exitCode = exitCodeOf(report);
  std::string text =
      std::string("## ") + (exitCode == 0 ? "✔" : "✘") +
      " Conformance to the observed protocol: " + plain(clipped(verdictOf(report), kLongestCell)) +
      "\n\n" + code(report.target);
  if (!report.profile.empty()) text += ", profile " + code(report.profile);
  text += ", exit code " + std::to_string(exitCode) + ", logins: " + std::to_string(report.logins) +
          " accepted, " + std::to_string(report.failedLogins) + " refused\n\n" +
          totalsTable(totalsOf(report));
  std::string facts;
  for (const Fact& fact : report.device)
    facts += (facts.empty() ? "" : ", ") + fact.name + " " + code(fact.value.text());
  if (!facts.empty()) text += facts + "\n\n";
  std::size_t faults = 0;
  for (const std::string& fault : report.faults) {
    if (++faults > kLongestList) break;
    text += "- fault of the judge: " + code(fault) + "\n";
  }
  return text + (faults > 0 ? "\n" : "");
}

// As many rows as fit into half of `room`, as many details as fit into the rest, and how many of
// either are left out.
std::string failures(const Report& report, std::size_t room) {
  std::string rows;
  std::string folded;
  int all = 0;
  int withoutRow = 0;
  int withoutDetails = 0;
  for (const Result& result : report.results) {
    if (!isNotKept(result)) continue;
    ++all;
    const std::string next = row(result);
    if (rows.size() + next.size() > room / 2) {
      ++withoutRow;
    } else {
      rows += next;
    }
  }
  if (all == 0) return {};
  for (const Result& result : report.results) {
    if (!isNotKept(result)) continue;
    const std::string next = details(result);
    if (rows.size() + folded.size() + next.size() > room) {
      ++withoutDetails;
    } else {
      folded += next;
    }
  }
  std::string text =
      "### Not kept\n\n| requirement | level | expected | got | evidence |\n"
      "| --- | --- | --- | --- | --- |\n" +
      rows + "\n" + folded;
  if (withoutRow + withoutDetails > 0) {
    text += "Left out for length: " + std::to_string(withoutRow) + " rows and " +
            std::to_string(withoutDetails) +
            " details. The other kinds of report have all of them.\n\n";
  }
  return text;
}

// Lines under a heading, as many as fit into kRoomForOthers.
class Lines {
 public:
  explicit Lines(const std::string& heading) : heading_(heading) {}
  void add(const std::string& line) {
    if (text_.size() + line.size() > kRoomForOthers) {
      ++leftOut_;
    } else {
      text_ += line + "\n";
    }
  }
  std::string text() const {
    if (text_.empty() && leftOut_ == 0) return {};
    return "### " + heading_ + "\n\n" + text_ +
           (leftOut_ > 0 ? "- … and " + std::to_string(leftOut_) + " more\n" : "") + "\n";
  }

 private:
  std::string heading_, text_;
  int leftOut_ = 0;
};

// What is neither kept nor simply not kept.
std::string others(const Report& report) {
  Lines unexpected("Kept unexpectedly");
  Lines deviations("Deviate as expected");
  for (const Result& result : report.results) {
    const std::string line = "- " + code(result.requirement.slug) + " " +
                             plain(clipped(result.reason.text(), kLongestCell));
    if (result.state == State::unexpectedPass) unexpected.add(line);
    if (result.state == State::deviation) deviations.add(line);
  }
  Lines notices("Compared with what was expected");
  for (const Notice& notice : report.notices) {
    notices.add("- " + plain(notice.kind) + ": " + code(notice.subject) + " " +
                plain(clipped(notice.text, kLongestCell)));
  }
  Lines differences("Not as the profile says");
  for (const Capability& capability : report.capabilities) {
    if (!capability.differs()) continue;
    differences.add("- " + plain(clipped(capability.name, kLongestCell)) + ": " +
                    code(capability.device) + ", not " + code(capability.profile));
  }
  return unexpected.text() + notices.text() + differences.text() + deviations.text();
}

std::string tail(const Report& report) {
  std::string text = others(report);
  const auto reasons = reasonsNotRun(report);
  if (!reasons.empty()) {
    const Totals totals = totalsOf(report);
    text += "<details><summary>" + std::to_string(totals.skipped + totals.notApplicable) +
            " did not run</summary>\n\n| reason | number |\n| --- | ---: |\n";
    std::size_t lines = 0;
    for (const auto& [reason, count] : reasons) {
      if (++lines > kLongestList) break;
      text += "| " + code(reason) + " | " + std::to_string(count) + " |\n";
    }
    if (reasons.size() > kLongestList) text += "| … | |\n";
    text += "\n</details>\n\n";
  }
  return text;
}

}  // namespace

void writeMarkdown(const Report& report, std::ostream& out) {
  const std::string first = head(report);
  const std::string last = tail(report);
  out << first << failures(report, kLongestMarkdown - first.size() - last.size() - kRoomForNotes)
      << last << "stoklab is not affiliated with or endorsed by TP-Link.\n";
}

}  // namespace stoklab::conformance
