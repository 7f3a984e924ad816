// The writers of reports. Each is a pure function of the result tree: no clock, no host name, no
// order but that of the tree, so that two runs that found the same can be compared byte by byte.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string_view>

#include "harness/results.h"

namespace stoklab::conformance {

struct TextStyle {
  bool quiet = false;   // leave out what passed
  bool colour = false;  // ANSI
};

void writeText(const Report& report, const TextStyle& style, std::ostream& out);
void writeJunit(const Report& report, std::ostream& out);
// {"schema_version": 1, "kind": "conformance-report", ...}
void writeJson(const Report& report, std::ostream& out);
// For a comment on a pull request; never longer than kLongestMarkdown.
void writeMarkdown(const Report& report, std::ostream& out);
// One page that loads nothing else. Works without JavaScript; with it, the table can be filtered.
void writeHtml(const Report& report, std::ostream& out);

// In bytes. GitHub takes comments of up to 65,536 characters.
constexpr std::size_t kLongestMarkdown = 60'000;

// What `--report KIND=FILE` can ask for.
struct ReportKind {
  std::string_view name;
  void (*write)(const Report& report, std::ostream& out);
};
std::span<const ReportKind> reportWriters();

// The list of requirements, for --list.
void writeList(std::span<const Requirement> requirements, std::ostream& out);
void writeListJson(std::span<const Requirement> requirements, std::ostream& out);
// Everything about one of them.
void writeExplanation(const Requirement& requirement, std::ostream& out);

}  // namespace stoklab::conformance
