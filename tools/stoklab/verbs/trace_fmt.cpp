#include "canonical_files.h"
#include "stoklab/fixtures/trace.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

Run declareTraceFmt(CLI::App& command, Console& console) {
  const auto print = [](const std::string& file) -> protocol::Result<std::string> {
    const auto trace = fixtures::readTrace(file);
    if (!trace) return trace.error();
    return fixtures::printTrace(*trace);
  };
  return declareFormatting(command, console, "traces",
                           {.command = "stoklab trace fmt", .print = print});
}

}  // namespace stoklab::cli
