#include "harness/spec.h"

#include <algorithm>
#include <array>
#include <map>

#include "conformance_spec_files.h"
#include "harness/aspects.h"

namespace stoklab::conformance {
namespace {

template <class E, std::size_t kSize>
using Words = std::array<std::pair<E, std::string_view>, kSize>;

constexpr Words<Level, 2> kLevels = {{{Level::must, "must"}, {Level::should, "should"}}};
constexpr Words<Evidence, 6> kEvidence = {{{Evidence::measured, "measured"},
                                           {Evidence::vendorDocument, "vendor-document"},
                                           {Evidence::vendorCode, "vendor-code"},
                                           {Evidence::clientCode, "client-code"},
                                           {Evidence::analogue, "analogue"},
                                           {Evidence::assumed, "assumed"}}};
constexpr Words<Effect, 4> kEffects = {{{Effect::readOnly, "read-only"},
                                        {Effect::reversible, "reversible"},
                                        {Effect::disruptive, "disruptive"},
                                        {Effect::costsAnAttempt, "costs-an-attempt"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kAreas = {{
    {"AUTH-", "challenge and login"},
    {"CLIENT-", "the client library, together with the device"},
    {"CMD-", "get, set, do, add and delete"},
    {"ERR-", "refusals and requests that make no sense"},
    {"HTTP-", "what the HTTP layer tolerates and sends"},
    {"LOCK-", "too many wrong passwords"},
    {"SESS-", "sessions and their tokens"},
    {"SETTING-", "what a profile says about each module"},
    {"TLS-", "versions, suites and the certificate"},
}};

template <class E, std::size_t kSize>
std::string_view wordOf(const Words<E, kSize>& words, E value) {
  for (const auto& [known, word] : words) {
    if (known == value) return word;
  }
  return {};
}

template <class E, std::size_t kSize>
bool valueOf(const Words<E, kSize>& words, std::string_view word, E& out) {
  for (const auto& [value, known] : words) {
    if (known == word) {
      out = value;
      return true;
    }
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> listOf(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!item.empty()) out.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

constexpr std::string_view kModulePlace = "<MODULE>";

bool isSlug(std::string_view slug) {
  const bool known = std::any_of(kAreas.begin(), kAreas.end(), [&](const auto& area) {
    return slug.substr(0, area.first.size()) == area.first && slug.size() > area.first.size();
  });
  const bool spelled = std::all_of(slug.begin(), slug.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  return known && spelled && slug.back() != '-' && slug.find("--") == std::string_view::npos;
}

// Reads one file line by line. `current_` is the requirement whose lines are being read.
class FileReader {
 public:
  FileReader(const SpecFile& file, Spec& out) : file_(file), out_(out) {}

  void read() {
    std::string_view rest = file_.text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      ++line_;
      take(trimmed(rest.substr(0, end)));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    finish();
  }

 private:
  void fault(const std::string& what) {
    out_.faults.push_back(file_.name + ":" + std::to_string(line_) + ": " + what);
  }

  void take(std::string_view line) {
    if (line.substr(0, 4) == "### ") {
      finish();
      open_ = true;
      current_ = {};
      current_.slug = trimmed(line.substr(4));
      current_.file = file_.name;
      takeTemplate();
      seen_.clear();
      if (!isSlug(current_.slug)) fault("'" + current_.slug + "' is no slug of a known area");
    } else if (line.substr(0, 1) == "#") {
      finish();
    } else if (open_ && line.substr(0, 2) == "- ") {
      takeProperty(line.substr(2));
    } else if (open_ && !line.empty() && seen_.empty()) {
      if (!current_.sentence.empty()) current_.sentence += ' ';
      current_.sentence += line;
    } else if (open_ && !line.empty()) {
      fault("text after the list of " + current_.slug);
    }
  }

  // "SETTING-<MODULE>-SHAPE" is kept as SETTING-MODULE-SHAPE, aspect SHAPE.
  void takeTemplate() {
    const std::size_t at = current_.slug.find(kModulePlace);
    if (at == std::string::npos) return;
    const std::size_t behind = at + kModulePlace.size();
    if (behind + 1 < current_.slug.size()) current_.aspect = current_.slug.substr(behind + 1);
    if (findAspect(current_.aspect) == nullptr) fault(current_.slug + " ends in no known aspect");
    current_.slug.replace(at, kModulePlace.size(), "MODULE");
  }

  void takeProperty(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return fault("'" + std::string(line) + "' has no colon");
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!seen_.insert(std::string(key)).second)
      return fault("'" + std::string(key) + "' is given twice");
    if (value.empty()) return fault("'" + std::string(key) + "' is empty");
    bool good = true;
    if (key == "level") {
      good = valueOf(kLevels, value, current_.level);
    } else if (key == "evidence") {
      good = takeEvidence(value);
    } else if (key == "effect") {
      good = valueOf(kEffects, value, current_.effect);
    } else if (key == "needs") {
      if (value != "-") current_.needs = listOf(value);
    } else if (key == "not tested") {
      current_.notTested = value;
    } else {
      return fault("'" + std::string(key) + "' is no property of a requirement");
    }
    if (!good) fault("'" + std::string(value) + "' is no " + std::string(key));
  }

  bool takeEvidence(std::string_view value) {
    const std::size_t open = value.find('(');
    if (!valueOf(kEvidence, trimmed(value.substr(0, open)), current_.evidence)) return false;
    if (open == std::string_view::npos) return current_.evidence == Evidence::assumed;
    if (value.back() != ')') return false;
    current_.rows = trimmed(value.substr(open + 1, value.size() - open - 2));
    return !current_.rows.empty();
  }

  void finish() {
    if (!open_) return;
    open_ = false;
    if (current_.sentence.empty()) fault(current_.slug + " has no sentence");
    if (!current_.aspect.empty() && current_.sentence.find("<module>") == std::string::npos)
      fault("the sentence of " + current_.slug + " does not say <module>");
    for (const char* key : {"level", "evidence", "effect", "needs"}) {
      if (seen_.count(key) == 0) fault(current_.slug + " has no '" + key + "'");
    }
    out_.requirements.push_back(current_);
  }

  const SpecFile& file_;
  Spec& out_;
  Requirement current_;
  std::set<std::string> seen_;  // properties of current_
  bool open_ = false;
  int line_ = 0;
};

}  // namespace

std::string_view toText(Level level) { return wordOf(kLevels, level); }
std::string_view toText(Evidence evidence) { return wordOf(kEvidence, evidence); }
std::string_view toText(Effect effect) { return wordOf(kEffects, effect); }

std::optional<Evidence> evidenceNamed(std::string_view word) {
  Evidence evidence{};
  return valueOf(kEvidence, word, evidence) ? std::optional(evidence) : std::nullopt;
}

std::span<const std::pair<std::string_view, std::string_view>> areas() { return kAreas; }

const Requirement* Spec::find(std::string_view slug) const {
  const auto at = std::find_if(requirements.begin(), requirements.end(),
                               [&](const Requirement& r) { return r.slug == slug; });
  return at == requirements.end() ? nullptr : &*at;
}

Spec parseSpec(std::span<const SpecFile> files) {
  Spec spec;
  for (const SpecFile& file : files) FileReader(file, spec).read();
  auto& all = spec.requirements;
  std::stable_sort(all.begin(), all.end(),
                   [](const Requirement& a, const Requirement& b) { return a.slug < b.slug; });
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].slug == all[i - 1].slug) {
      spec.faults.push_back(all[i].file + ": " + all[i].slug + " stands in " + all[i - 1].file +
                            " already");
    }
  }
  return spec;
}

std::vector<std::string> checkCoverage(const Spec& spec, std::span<const std::string> tested) {
  std::vector<std::string> faults;
  std::map<std::string, int> tests;
  for (const std::string& slug : tested) ++tests[slug];
  for (const auto& [slug, count] : tests) {
    if (spec.find(slug) == nullptr)
      faults.push_back("a test names " + slug + ", which no file states");
    if (count > 1) faults.push_back(slug + " has " + std::to_string(count) + " tests");
  }
  for (const Requirement& requirement : spec.requirements) {
    const bool hasTest = tests.count(requirement.slug) != 0;
    if (!hasTest && requirement.notTested.empty())
      faults.push_back(requirement.slug + " has neither a test nor a line 'not tested'");
    if (hasTest && !requirement.notTested.empty())
      faults.push_back(requirement.slug + " has a test and a line 'not tested'");
  }
  return faults;
}

Spec builtInSpec() {
  std::vector<SpecFile> files;
  for (const auto& file : conformance_spec::embedded::files())
    files.push_back({std::string(file.name), std::string(file.text)});
  return parseSpec(files);
}

}  // namespace stoklab::conformance
