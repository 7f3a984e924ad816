// Known deviations of a device: requirements that it is known not to keep, each with a reason. A
// run that finds just these is as expected; anything else about them is a finding:
//
//   unexpected-pass  the requirement is kept after all
//   unused           it does not apply to this device, so the entry says nothing
//   expired          the entry was good until a day that is over
//   vanished         there is no such requirement
//
// A requirement that a run does not get to, because of its tier or its selection, says nothing
// about its entry. The form of the file is fixtures/schema/expectations.schema.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/results.h"
#include "harness/spec.h"
#include "stoklab/conformance/conform.h"

namespace stoklab::conformance {

struct Expectation {
  std::string requirement = {};  // its slug
  std::string reason = {};
  std::string evidence = {};  // a word of Evidence
  std::string source = {};    // where it was seen; may be empty
  std::string expires = {};   // the last day on which it holds, "2026-05-01"; empty: it does not
};

struct Expectations {
  std::string profile = {};  // of which devices, e.g. "c350_hw1.0_fw2.3.2"
  std::vector<Expectation> deviations = {};
};

// Throws std::runtime_error, which names the file, the entry and what is wrong. An empty text is an
// empty list.
Expectations parseExpectations(const NamedText& file);

// Turns failures that are expected into deviations, and adds notices. `known` says which
// requirements exist at all; `today` is "2026-05-01".
void applyExpectations(const Expectations& expectations, const Spec& known, std::string_view today,
                       Report& report);

// Expectations that this report would meet: an entry for each requirement that is not kept, with
// the reason of the entry that there was already, or with what was found for somebody to explain.
std::string expectationsFor(const Report& report, const Expectations& present,
                            std::string_view today);

}  // namespace stoklab::conformance
