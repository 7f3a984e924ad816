// Reports of drift, one function a format, and what they have in common.
//
// The one thing not to get wrong: names and values come from devices. Each writer escapes them for
// its own format, and none of them may turn into markup, a mention or a terminal's command.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drift/escape.h"
#include "stoklab/fixtures/drift.h"

namespace stoklab::cli {

struct DriftReportOptions {
  // Findings of this level and above make the exit code 1.
  fixtures::DriftLevel failOn = fixtures::DriftLevel::breaking;
  bool failsNever = false;
};

bool isFailure(const fixtures::DriftFinding& finding, const DriftReportOptions& options);
bool hasFailure(const fixtures::DriftReport& report, const DriftReportOptions& options);

struct DriftFormat {
  std::string_view name;  // what --format takes
  std::string (*write)(const fixtures::DriftReport& report, const DriftReportOptions& options);
};
std::span<const DriftFormat> driftFormats();

std::string driftAsText(const fixtures::DriftReport& report, const DriftReportOptions& options);
std::string driftAsMarkdown(const fixtures::DriftReport& report, const DriftReportOptions& options);
std::string driftAsHtml(const fixtures::DriftReport& report, const DriftReportOptions& options);
std::string driftAsAnnotations(const fixtures::DriftReport& report,
                               const DriftReportOptions& options);
std::string driftAsJunit(const fixtures::DriftReport& report, const DriftReportOptions& options);

// What the formats have in common.

// Findings of one rule at one path, such as all ciphers that went: they are shown as one.
struct DriftGroup {
  std::vector<const fixtures::DriftFinding*> findings;  // never empty

  const fixtures::DriftFinding& first() const { return *findings.front(); }
  // What each side says of all of them: "AES128-SHA, AES256-SHA".
  std::string before() const;
  std::string after() const;
};
std::vector<DriftGroup> groupsOf(const fixtures::DriftReport& report, fixtures::DriftLevel level);

// One sentence on what came of it.
std::string verdictOf(const fixtures::DriftReport& report);
// "VIGI C350, hardware 1.0, firmware 2.3.2 Build 260624 Rel.28718n"
std::string deviceText(const fixtures::DriftSubject& subject);
// "measured before, assumed after"; of one side only if the other has nothing; empty if neither
// says.
std::string evidenceText(const fixtures::DriftFinding& finding);
// What is said about acceptances that accept nothing, a sentence each.
std::vector<std::string> acceptanceNotes(const fixtures::DriftReport& report);
// "a warning, raised to breaking because the client uses it"; empty if the level is the rule's.
std::string levelReason(const fixtures::DriftFinding& finding);
// "changes settings": what the witness does to a device; empty if it only reads.
std::string_view effectWarning(const fixtures::DriftWitness& witness);
// Without the "modules." that most paths begin with.
std::string_view shownPath(std::string_view path);
// How many findings rest on what is only assumed.
std::size_t guessesIn(const fixtures::DriftReport& report);
// "; 2 of them rest on a guess"; empty if none does.
std::string guessText(const fixtures::DriftReport& report);

}  // namespace stoklab::cli
