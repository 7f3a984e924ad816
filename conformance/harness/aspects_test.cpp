#include "harness/aspects.h"

#include <gmock/gmock.h>

namespace stoklab::conformance {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTemplates =
    "### SETTING-<MODULE>-SHAPE\nThe module <module> has it.\n"
    "- level: must\n- evidence: measured (E4)\n- effect: read-only\n- needs: profile\n\n"
    "### SETTING-<MODULE>-REFUSES\nIt is refused by <module>.\n"
    "- level: must\n- evidence: vendor-code (D15)\n- effect: reversible\n- needs: profile\n\n"
    "### SETTING-<MODULE>-COUPLING\nIn <module> it follows.\n"
    "- level: must\n- evidence: measured (D20)\n- effect: reversible\n- needs: profile\n";

Spec templates(const std::string& text = kTemplates) {
  const std::vector<SpecFile> files = {{"settings.md", text}};
  return parseSpec(files);
}

SectionModel ruled(Evidence evidence, std::vector<std::string> sources) {
  return {.name = "config",
          .writable = true,
          .evidence = evidence,
          .sources = std::move(sources),
          .fields = {{.name = "enabled", .rule = {.allowed = {"on", "off"}}}}};
}

DeviceModel modelOf(std::vector<ModuleModel> modules) {
  return {.name = "c350", .modules = std::move(modules)};
}

std::vector<std::string> slugsOf(const Spec& spec) {
  std::vector<std::string> slugs;
  for (const Requirement& requirement : spec.requirements) slugs.push_back(requirement.slug);
  return slugs;
}

TEST(Aspects, AreNamedByTheRestOfATemplatesSlug) {
  const Spec spec = templates();
  EXPECT_THAT(spec.faults, IsEmpty());
  const Requirement* shape = spec.find("SETTING-MODULE-SHAPE");
  ASSERT_NE(shape, nullptr);
  EXPECT_EQ(shape->aspect, "SHAPE");
  EXPECT_EQ(shape->module, "");
}

TEST(Aspects, ThatNobodyKnowsAreAFaultOfTheSpecification) {
  const Spec spec = templates(
      "### SETTING-<MODULE>-COLOUR\nThe module <module> has it.\n"
      "- level: must\n- evidence: assumed\n- effect: read-only\n- needs: -\n");
  EXPECT_THAT(spec.faults, Contains(HasSubstr("ends in no known aspect")));
}

TEST(Aspects, NeedASentenceThatNamesTheModule) {
  const Spec spec = templates(
      "### SETTING-<MODULE>-SHAPE\nIt has it.\n"
      "- level: must\n- evidence: assumed\n- effect: read-only\n- needs: -\n");
  EXPECT_THAT(spec.faults, ElementsAre(HasSubstr("does not say <module>")));
}

TEST(Templates, BecomeARequirementForEachModuleThatHasTheAspect) {
  Spec spec = templates();
  const DeviceModel model =
      modelOf({{.name = "device_info", .sections = {{.name = "basic_info"}}},
               {.name = "led", .sections = {ruled(Evidence::measured, {"VC"})}},
               {.name = "playback"}});
  expandTemplates(spec, &model);
  EXPECT_THAT(spec.faults, IsEmpty());
  EXPECT_THAT(slugsOf(spec),
              ElementsAre("SETTING-DEVICE-INFO-SHAPE", "SETTING-LED-REFUSES", "SETTING-LED-SHAPE"));
  EXPECT_EQ(spec.find("SETTING-DEVICE-INFO-SHAPE")->sentence, "The module device_info has it.");
  EXPECT_EQ(spec.find("SETTING-DEVICE-INFO-SHAPE")->module, "device_info");
}

TEST(Templates, AreAsWellKnownAsTheLeastKnownSectionThatTheyCover) {
  Spec spec = templates();
  SectionModel unruled = ruled(Evidence::assumed, {"OA"});
  unruled.fields.clear();
  const DeviceModel model =
      modelOf({{.name = "led",
                .sections = {ruled(Evidence::measured, {"VC"}),
                             ruled(Evidence::clientCode, {"KS", "VC"}), unruled}}});
  expandTemplates(spec, &model);
  EXPECT_EQ(spec.find("SETTING-LED-SHAPE")->evidence, Evidence::assumed);
  EXPECT_EQ(spec.find("SETTING-LED-SHAPE")->rows, "E4, VC, KS, OA");
  EXPECT_EQ(spec.find("SETTING-LED-REFUSES")->evidence, Evidence::clientCode);
  EXPECT_EQ(spec.find("SETTING-LED-REFUSES")->rows, "D15, VC, KS");
}

TEST(Templates, AreNeverBetterKnownThanTheirAspect) {
  Spec spec = templates();
  const DeviceModel model =
      modelOf({{.name = "led", .sections = {ruled(Evidence::measured, {"VC"})}}});
  expandTemplates(spec, &model);
  EXPECT_EQ(spec.find("SETTING-LED-REFUSES")->evidence, Evidence::vendorCode);
}

TEST(Templates, DisturbADeviceWhoseConnectionTheyMayCut) {
  Spec spec = templates();
  const DeviceModel model =
      modelOf({{.name = "led", .sections = {ruled(Evidence::measured, {"VC"})}},
               {.name = "network", .sections = {ruled(Evidence::measured, {"VC"})}}});
  expandTemplates(spec, &model);
  EXPECT_EQ(spec.find("SETTING-LED-REFUSES")->effect, Effect::reversible);
  EXPECT_EQ(spec.find("SETTING-NETWORK-REFUSES")->effect, Effect::disruptive);
  EXPECT_EQ(spec.find("SETTING-NETWORK-SHAPE")->effect, Effect::readOnly);
}

TEST(Templates, StayOneRequirementEachWhileThereIsNoModel) {
  Spec spec = templates();
  expandTemplates(spec, nullptr);
  EXPECT_THAT(slugsOf(spec), ElementsAre("SETTING-MODULE-COUPLING", "SETTING-MODULE-REFUSES",
                                         "SETTING-MODULE-SHAPE"));
  EXPECT_EQ(spec.find("SETTING-MODULE-SHAPE")->sentence, "The module MODULE has it.");
  EXPECT_THAT(spec.find("SETTING-MODULE-SHAPE")->needs, ElementsAre("profile"));
}

TEST(Templates, ReportTwoModulesOfOneSlug) {
  Spec spec = templates();
  const DeviceModel model = modelOf({{.name = "OSD", .sections = {{.name = "date"}}},
                                     {.name = "osd", .sections = {{.name = "date"}}}});
  expandTemplates(spec, &model);
  EXPECT_THAT(spec.faults, ElementsAre(HasSubstr("is made from OSD and from osd")));
}

TEST(Hazards, AreKnownByModuleAndByField) {
  EXPECT_NE(hazardOf("network", "", ""), "");
  EXPECT_NE(hazardOf("network", "wan", "proto"), "");
  EXPECT_NE(hazardOf("image", "switch", "rotate_type"), "");
  EXPECT_NE(hazardOf("motion_detection", "motion_notif_list", "sound_alarm_enabled"), "");
  EXPECT_EQ(hazardOf("image", "switch", "flicker"), "");
  EXPECT_EQ(hazardOf("image", "", ""), "");
}

TEST(Secrets, AreNeverTried) {
  const SectionModel section{.name = "server_info", .writable = true};
  for (const char* name : {"password", "old_passwd", "ciphertext", "key", "cert", "psk"}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(isTryable(section, {.name = name, .rule = {.allowed = {"a", "b"}}}));
  }
  EXPECT_TRUE(isTryable(section, {.name = "server_auth", .rule = {.allowed = {"on", "off"}}}));
}

TEST(Tryable, IsWhatIsWritableAndLimitedAndText) {
  const SectionModel writable{.name = "a", .writable = true};
  const SectionModel readOnly{.name = "a"};
  EXPECT_TRUE(isTryable(writable, {.name = "a", .rule = {.minimum = 1}}));
  EXPECT_FALSE(isTryable(readOnly, {.name = "a", .rule = {.minimum = 1}}));
  EXPECT_FALSE(isTryable(writable, {.name = "a"}));
  EXPECT_FALSE(isTryable(writable, {.name = "a", .rule = {.minimum = 1, .readOnly = true}}));
  EXPECT_FALSE(
      isTryable(writable, {.name = "a", .kind = Value::Kind::integer, .rule = {.minimum = 1}}));
}

}  // namespace
}  // namespace stoklab::conformance
