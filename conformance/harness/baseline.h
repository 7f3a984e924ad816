// Comparison with an earlier report: what has become worse since, and what has become better.
#pragma once

#include <map>
#include <string>

#include "harness/results.h"
#include "harness/spec.h"
#include "stoklab/conformance/conform.h"

namespace stoklab::conformance {

// Slug -> state, as the earlier report has it.
using Baseline = std::map<std::string, std::string>;

// Reads a report that was written as JSON. Throws std::runtime_error, which names the file and what
// is wrong.
Baseline parseBaseline(const NamedText& file);

// Adds notices: "regressed" and "vanished" are findings, "mended" and "appeared" are not. Only a
// requirement that ran both times can regress or be mended.
void compareWithBaseline(const Baseline& baseline, const Spec& known, Report& report);

}  // namespace stoklab::conformance
