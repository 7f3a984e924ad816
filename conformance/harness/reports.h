// The writers of reports. Each is a pure function of the result tree: no clock, no host name, no
// order but that of the tree, so that two runs that found the same can be compared byte by byte.
#pragma once

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
