#include "selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using fixtures::SectionKind;
using protocol::FailsSaying;
using protocol::IsOk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

fixtures::Section section(const char* name, SectionKind kind) {
  fixtures::Section made;
  made.name = name;
  made.kind = kind;
  return made;
}

// image: two sections; storage: a section and a table; system: an action.
fixtures::Profile catalogue() {
  fixtures::Profile profile;
  profile.name = "test";
  profile.modules = {
      {.name = "image",
       .sections = {section("switch", SectionKind::section),
                    section("common", SectionKind::section)}},
      {.name = "storage",
       .sections = {section("hd_info", SectionKind::table), section("state", SectionKind::live)}},
      {.name = "system", .sections = {section("reboot", SectionKind::action)}},
  };
  return profile;
}

std::string bodyFor(const std::vector<std::string>& texts) {
  const auto paths = parsePaths(texts);
  EXPECT_THAT(paths, IsOk());
  const auto request = requestFor(*paths, catalogue());
  EXPECT_THAT(request, IsOk());
  return request ? printJson(toJson(*request)) : "";
}

protocol::Result<protocol::Request> requestOf(const char* text) {
  return requestFor(*parsePaths({text}), catalogue());
}

std::string selectedFrom(const char* answer, const std::vector<std::string>& texts) {
  return printJson(select(*protocol::parseJson(answer), *parsePaths(texts)).values);
}

}  // namespace

TEST(GetRequest, AsksForOneSectionByItsName) {
  EXPECT_EQ(bodyFor({"image.switch"}), R"({"method":"get","image":{"name":"switch"}})");
  EXPECT_EQ(bodyFor({"image.switch.flicker"}), R"({"method":"get","image":{"name":"switch"}})");
}

TEST(GetRequest, CarriesSeveralSectionsAndModulesAtOnce) {
  EXPECT_EQ(bodyFor({"image.switch", "storage.state", "image.common", "image.switch.flicker"}),
            R"({"method":"get","image":{"name":["switch","common"]},"storage":{"name":"state"}})");
}

TEST(GetRequest, AsksForATableAsATable) {
  EXPECT_EQ(bodyFor({"storage.hd_info"}), R"({"method":"get","storage":{"table":"hd_info"}})");
}

TEST(GetRequest, TakesTheSectionsOfAModuleFromTheCatalogue) {
  EXPECT_EQ(bodyFor({"storage"}),
            R"({"method":"get","storage":{"name":"state","table":"hd_info"}})");
}

TEST(GetRequest, AsksForASectionThatTheCatalogueDoesNotKnow) {
  EXPECT_EQ(bodyFor({"image.new"}), R"({"method":"get","image":{"name":"new"}})");
  EXPECT_EQ(bodyFor({"future.thing"}), R"({"method":"get","future":{"name":"thing"}})");
}

TEST(GetRequest, FailsForAModuleThatTheCatalogueDoesNotKnow) {
  EXPECT_THAT(requestOf("future"), FailsSaying(HasSubstr("future.SECTION")));
}

TEST(GetRequest, FailsForAnActionAndNamesTheVerb) {
  EXPECT_THAT(requestOf("system.reboot"), FailsSaying(HasSubstr("stoklab do system.reboot")));
  EXPECT_THAT(requestOf("system"), FailsSaying(HasSubstr("actions only")));
}

TEST(Selected, HoldsWhatWasAskedForAndNothingElse) {
  const char* answer = R"({"image":{"switch":{"flicker":"50hz","ldc":"off"}},"error_code":0})";
  EXPECT_EQ(selectedFrom(answer, {"image.switch"}),
            R"({"image":{"switch":{"flicker":"50hz","ldc":"off"}}})");
  EXPECT_EQ(selectedFrom(answer, {"image.switch.ldc"}), R"({"image":{"switch":{"ldc":"off"}}})");
  EXPECT_EQ(selectedFrom(answer, {"image"}),
            R"({"image":{"switch":{"flicker":"50hz","ldc":"off"}}})");
}

TEST(Selected, HoldsTablesByRowName) {
  const char* answer = R"({"storage":{"hd_info":[{"hd_info_1":{"size":"1"}}]},"error_code":0})";
  EXPECT_EQ(selectedFrom(answer, {"storage.hd_info"}),
            R"({"storage":{"hd_info":{"hd_info_1":{"size":"1"}}}})");
  EXPECT_EQ(selectedFrom(answer, {"storage.hd_info.hd_info_1"}),
            R"({"storage":{"hd_info":{"hd_info_1":{"size":"1"}}}})");
  EXPECT_EQ(selectedFrom(answer, {"storage"}),
            R"({"storage":{"hd_info":{"hd_info_1":{"size":"1"}}}})");
}

TEST(Selected, NamesWhatTheAnswerDoesNotHold) {
  const auto answer = protocol::parseJson(R"({"image":{"switch":{"ldc":"off"}},"error_code":0})");
  const auto selected =
      select(*answer, *parsePaths({"image.switch.ldc", "image.switch.x", "image.y", "z.a"}));
  EXPECT_THAT(selected.missing, ElementsAre("image.switch.x", "image.y", "z.a"));
  EXPECT_THAT(select(*answer, *parsePaths({"image.switch"})).missing, IsEmpty());
}

}  // namespace stoklab::cli
