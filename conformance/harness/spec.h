// The requirements, as the files in spec/ state them. A requirement in such a file:
//
//   ### AUTH-CHALLENGE-STATUS
//   The challenge is answered with HTTP status 401 and a JSON body.
//   - level: must
//   - evidence: measured (C1, H5)
//   - effect: read-only
//   - needs: -
//
// and, only if nothing tests it, a line `- not tested: why`. Everything else in the file is prose.
//
// A slug with <MODULE> in it is a template, and so is its sentence with <module>: it stands for one
// requirement of each module of a profile that has the aspect which the rest of the slug names
// (aspects.h), for example SETTING-<MODULE>-SHAPE. Its evidence is that of the aspect itself; a
// requirement made from it is never better known than the sections that it covers.
//
// A slug begins with one of areas(). A mistake in a file is a fault of the judge, never of the
// device: parseSpec() reports it and nothing is run.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stoklab::conformance {

enum class Level { must, should };

// How the requirement is known, strongest first.
enum class Evidence { measured, vendorDocument, vendorCode, clientCode, analogue, assumed };

// What testing it does to a device.
enum class Effect { readOnly, reversible, disruptive, costsAnAttempt };

std::string_view toText(Level level);
std::string_view toText(Evidence evidence);
std::string_view toText(Effect effect);
// "vendor-code"
std::optional<Evidence> evidenceNamed(std::string_view word);

struct Requirement {
  std::string slug = {};
  std::string sentence = {};
  Level level = Level::must;
  Evidence evidence = Evidence::assumed;
  std::string rows = {};  // of the fact base, "C1, H5"; may be empty if assumed
  Effect effect = Effect::readOnly;
  // What the device must have for it to apply: a word of capabilities.h or a path of something
  // that it must offer, "image.switch".
  std::vector<std::string> needs = {};
  std::string notTested = {};  // the reason; empty: a test must exist
  std::string file = {};       // "authentication.md"
  // Of a template, and of what is made from one.
  std::string aspect = {};  // "SHAPE"
  std::string module = {};  // "image"; empty: still the template
};

// One file of the specification.
struct SpecFile {
  std::string name = {};
  std::string text = {};
};

struct Spec {
  std::vector<Requirement> requirements = {};  // sorted by slug
  std::vector<std::string> faults = {};        // "authentication.md:12: ..."

  const Requirement* find(std::string_view slug) const;
};

// The beginnings that a slug may have, with what they stand for.
std::span<const std::pair<std::string_view, std::string_view>> areas();

Spec parseSpec(std::span<const SpecFile> files);

// What does not fit between the requirements and the slugs that have a test: a test without a
// requirement, a requirement with neither test nor reason, one with both, two tests of one slug.
std::vector<std::string> checkCoverage(const Spec& spec, std::span<const std::string> tested);

// The files that are part of the program, templates as they stand.
Spec builtInSpec();

}  // namespace stoklab::conformance
