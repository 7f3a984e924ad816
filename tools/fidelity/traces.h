// The traces that are kept under version control, with what is known to differ from them.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/fixtures/accepted_differences.h"
#include "stoklab/fixtures/trace.h"

namespace stoklab::fidelity {

struct KeptTrace {
  std::string name;  // of the file, without its extension
  std::filesystem::path file;
  friend void PrintTo(const KeptTrace& trace, std::ostream* out) { *out << trace.name; }
};

// All of fixtures/traces, by name; empty if there are none.
std::vector<KeptTrace> keptTraces();

// For GoogleTest: letters, digits and underscores only.
std::string testNameOf(const KeptTrace& trace);

// Fail the test if a file cannot be read; what accepts nothing is empty.
fixtures::Trace read(const KeptTrace& trace);
fixtures::AcceptedDifferences acceptedFor(const KeptTrace& trace);

// "get image.switch"
std::string titleOf(const fixtures::Exchange& exchange);

// What has been compared, and what of it was not accepted.
class Findings {
 public:
  explicit Findings(std::vector<fixtures::AcceptedDifference> accepted)
      : acceptance_(std::move(accepted)) {}

  void add(std::size_t index, const fixtures::Exchange& exchange, std::string_view path,
           std::string_view what);
  // A line for each difference that was not accepted, and for each entry of the file that accepts
  // nothing.
  std::vector<std::string> problems(const KeptTrace& trace) const;

 private:
  fixtures::Acceptance acceptance_;
  std::vector<std::string> lines_;
};

}  // namespace stoklab::fidelity
