#include "harness/spec.h"

#include <gmock/gmock.h>

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kGood =
    "# Title\n"
    "\n"
    "Prose that nobody parses.\n"
    "\n"
    "### AUTH-B\n"
    "A sentence that\n"
    "goes on.\n"
    "- level: must\n"
    "- evidence: measured (C1, H5)\n"
    "- effect: read-only\n"
    "- needs: -\n"
    "\n"
    "### AUTH-A\n"
    "Another.\n"
    "- level: should\n"
    "- evidence: assumed\n"
    "- effect: costs-an-attempt\n"
    "- needs: password, image.switch\n"
    "- not tested: it takes half an hour\n";

Spec parse(const std::string& text) {
  const std::vector<SpecFile> files = {{"a.md", text}};
  return parseSpec(files);
}

// The text of a requirement with one line replaced.
std::string with(const std::string& line, const std::string& other) {
  std::string text = kGood;
  text.replace(text.find(line), line.size(), other);
  return text;
}

TEST(Spec, ReadsARequirement) {
  const Spec spec = parse(kGood);
  EXPECT_THAT(spec.faults, IsEmpty());
  const Requirement* requirement = spec.find("AUTH-B");
  ASSERT_NE(requirement, nullptr);
  EXPECT_EQ(requirement->sentence, "A sentence that goes on.");
  EXPECT_EQ(requirement->level, Level::must);
  EXPECT_EQ(requirement->evidence, Evidence::measured);
  EXPECT_EQ(requirement->rows, "C1, H5");
  EXPECT_EQ(requirement->effect, Effect::readOnly);
  EXPECT_THAT(requirement->needs, IsEmpty());
  EXPECT_EQ(requirement->notTested, "");
  EXPECT_EQ(requirement->file, "a.md");
}

TEST(Spec, ReadsWhatIsOptional) {
  const Spec spec = parse(kGood);
  const Requirement* requirement = spec.find("AUTH-A");
  ASSERT_NE(requirement, nullptr);
  EXPECT_EQ(requirement->level, Level::should);
  EXPECT_EQ(requirement->evidence, Evidence::assumed);
  EXPECT_EQ(requirement->effect, Effect::costsAnAttempt);
  EXPECT_THAT(requirement->needs, ElementsAre("password", "image.switch"));
  EXPECT_EQ(requirement->notTested, "it takes half an hour");
}

TEST(Spec, IsSortedBySlug) {
  const Spec spec = parse(kGood);
  ASSERT_EQ(spec.requirements.size(), 2U);
  EXPECT_EQ(spec.requirements[0].slug, "AUTH-A");
}

TEST(Spec, SaysWhereAMistakeIs) {
  EXPECT_THAT(parse(with("- level: must", "- level: maybe")).faults,
              ElementsAre("a.md:8: 'maybe' is no level"));
}

TEST(Spec, NamesEveryKindOfMistake) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {with("- level: must\n", ""), "a.md:12: AUTH-B has no 'level'"},
      {with("- effect: read-only", "- effect: none"), "a.md:10: 'none' is no effect"},
      {with("measured (C1, H5)", "measured"), "a.md:9: 'measured' is no evidence"},
      {with("measured (C1, H5)", "hearsay (C1)"), "a.md:9: 'hearsay (C1)' is no evidence"},
      {with("- needs: -", "- wants: -"), "a.md:11: 'wants' is no property of a requirement"},
      {with("- needs: -", "- level: must"), "a.md:11: 'level' is given twice"},
      {with("- needs: -", "- needs"), "a.md:11: 'needs' has no colon"},
      {with("### AUTH-B", "### auth-b"), "a.md:5: 'auth-b' is no slug of a known area"},
      {with("### AUTH-B", "### AUTH-"), "a.md:5: 'AUTH-' is no slug of a known area"},
      {with("### AUTH-B", "### OTHER-B"), "a.md:5: 'OTHER-B' is no slug of a known area"},
      {with("A sentence that\ngoes on.\n", ""), "a.md:11: AUTH-B has no sentence"},
      {with("- needs: -\n", "- needs: -\nMore.\n"), "a.md:12: text after the list of AUTH-B"},
  };
  for (const auto& [text, fault] : cases) {
    SCOPED_TRACE(fault);
    EXPECT_THAT(parse(text).faults, testing::Contains(fault));
  }
}

TEST(Spec, RefusesASlugThatStandsTwice) {
  const std::vector<SpecFile> files = {{"a.md", kGood}, {"b.md", kGood}};
  EXPECT_THAT(parseSpec(files).faults, ElementsAre("b.md: AUTH-A stands in a.md already",
                                                   "b.md: AUTH-B stands in a.md already"));
}

TEST(Coverage, IsCompleteWhenEveryRequirementHasATestOrAReason) {
  const std::vector<std::string> tested = {"AUTH-B"};
  EXPECT_THAT(checkCoverage(parse(kGood), tested), IsEmpty());
}

TEST(Coverage, MissesATest) {
  EXPECT_THAT(checkCoverage(parse(kGood), {}),
              ElementsAre("AUTH-B has neither a test nor a line 'not tested'"));
}

TEST(Coverage, MissesARequirement) {
  const std::vector<std::string> tested = {"AUTH-B", "AUTH-C"};
  EXPECT_THAT(checkCoverage(parse(kGood), tested),
              ElementsAre("a test names AUTH-C, which no file states"));
}

TEST(Coverage, SeesTwoTestsOfOneRequirement) {
  const std::vector<std::string> tested = {"AUTH-B", "AUTH-B"};
  EXPECT_THAT(checkCoverage(parse(kGood), tested), ElementsAre("AUTH-B has 2 tests"));
}

TEST(Coverage, SeesATestOfWhatIsSaidToHaveNone) {
  const std::vector<std::string> tested = {"AUTH-A", "AUTH-B"};
  EXPECT_THAT(checkCoverage(parse(kGood), tested),
              ElementsAre("AUTH-A has a test and a line 'not tested'"));
}

TEST(BuiltInSpec, HasNoMistake) { EXPECT_THAT(builtInSpec().faults, IsEmpty()); }

TEST(BuiltInSpec, CoversEveryArea) {
  const Spec spec = builtInSpec();
  for (const auto& [prefix, meaning] : areas()) {
    SCOPED_TRACE(prefix);
    EXPECT_TRUE(std::any_of(
        spec.requirements.begin(), spec.requirements.end(),
        [prefix = prefix](const Requirement& r) { return r.slug.rfind(prefix, 0) == 0; }));
  }
}

}  // namespace
}  // namespace stoklab::conformance
