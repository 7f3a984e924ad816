// Comparison with earlier reports: what has become worse since, and what has become better.
//
//   broken    kept earlier, and not kept now                              a finding
//   vanished  was judged earlier, and does not exist or does not apply    a finding
//   fixed     not kept earlier, and kept now
//   new       in no earlier report
//   flaky     kept in some earlier reports and not in others, whatever it is now
//
// The exit code of a run with a baseline says what deviates from it: a requirement that is not kept
// and was not kept earlier, or is flaky, becomes a deviation that says so. A new one that is not
// kept stays a failure. Only what ran counts: a requirement that a run does not get to, because of
// its tier or its selection, says nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/results.h"
#include "harness/spec.h"
#include "stoklab/conformance/conform.h"

namespace stoklab::conformance {

// Slug -> state, as one earlier report has it.
using Baseline = std::map<std::string, std::string>;

// Reads a report that was written as JSON. Throws std::runtime_error, which names the file and what
// is wrong.
Baseline parseBaseline(const NamedText& file);

// Adds notices, and turns failures that are as earlier into deviations; after the expectations,
// which know the reasons. With several reports, of a device judged again and again, what was seen
// both ways is flaky. Does nothing without any.
void compareWithBaselines(const std::vector<Baseline>& baselines, const Spec& known,
                          Report& report);

}  // namespace stoklab::conformance
