#include "survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using fixtures::SectionKind;
using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using testing::ElementsAre;

namespace {

fixtures::Profile catalogue() {
  const auto section = [](const char* name, SectionKind kind) {
    fixtures::Section made;
    made.name = name;
    made.kind = kind;
    return made;
  };
  fixtures::Profile profile;
  profile.modules = {
      {.name = "image",
       .sections = {section("switch", SectionKind::section),
                    section("common", SectionKind::section)}},
      {.name = "system", .sections = {section("reboot", SectionKind::action)}},
      {.name = "led", .sections = {section("config", SectionKind::section)}},
  };
  return profile;
}

// A device that remembers what it was asked and answers each body as the map says.
struct Device {
  std::map<std::string, std::string> answers;
  std::vector<std::string> asked;

  protocol::Result<protocol::Reply> operator()(const protocol::Request& request) {
    asked.push_back(printJson(toJson(request)));
    const auto found = answers.find(asked.back());
    if (found == answers.end()) return protocol::parseReply(R"({"error_code":-40106})");
    return protocol::parseReply(found->second);
  }
};

protocol::Result<Survey> survey(Device& device, int maxRequests = 100) {
  return surveyDevice(catalogue(), maxRequests,
                      [&](const protocol::Request& request) { return device(request); });
}

std::vector<std::string> lines(const Survey& survey) {
  std::vector<std::string> all;
  for (const auto& module : survey.modules) {
    for (const auto& section : module.sections) {
      all.push_back(module.name + "." + section.name + " " + std::to_string(section.errorCode));
    }
  }
  return all;
}

constexpr auto kImage = R"({"method":"get","image":{"name":["switch","common"]}})";
constexpr auto kSwitch = R"({"method":"get","image":{"name":"switch"}})";
constexpr auto kCommon = R"({"method":"get","image":{"name":"common"}})";
constexpr auto kLed = R"({"method":"get","led":{"name":"config"}})";

}  // namespace

TEST(Survey, AsksOnceAModuleAndNeverForAnAction) {
  Device device{.answers = {{kImage, R"({"image":{"switch":{},"common":{}},"error_code":0})"},
                            {kLed, R"({"led":{"config":{}},"error_code":0})"}},
                .asked = {}};
  const auto result = survey(device);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(device.asked, ElementsAre(kImage, kLed));
  EXPECT_THAT(lines(*result), ElementsAre("image.switch 0", "image.common 0", "led.config 0"));
}

TEST(Survey, AsksForEachSectionOfAModuleThatIsRefused) {
  Device device{.answers = {{kSwitch, R"({"image":{"switch":{}},"error_code":0})"}}, .asked = {}};
  const auto result = survey(device);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(device.asked, ElementsAre(kImage, kSwitch, kCommon, kLed));
  EXPECT_THAT(lines(*result),
              ElementsAre("image.switch 0", "image.common -40106", "led.config -40106"));
}

TEST(Survey, DoesNotTakeAnAnswerForASectionThatIsNotInIt) {
  Device device{.answers = {{kImage, R"({"image":{"switch":{}},"error_code":0})"}}, .asked = {}};
  EXPECT_THAT(lines(*survey(device)),
              ElementsAre("image.switch 0", "image.common -40106", "led.config -40106"));
}

TEST(Survey, StopsWhenItsRequestsAreSpentAndSaysSo) {
  Device device;
  const auto result = survey(device, 2);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(device.asked, ElementsAre(kImage, kSwitch));
  EXPECT_FALSE(result->complete);
  EXPECT_EQ(result->requests, 2);
}

TEST(Survey, StopsAtTheFirstFailure) {
  int asked = 0;
  const auto result = surveyDevice(catalogue(), 100, [&](const protocol::Request&) {
    ++asked;
    return protocol::Result<protocol::Reply>(protocol::Error{.kind = ErrorKind::transport});
  });
  EXPECT_THAT(result, FailsWith(ErrorKind::transport));
  EXPECT_EQ(asked, 1);
}

}  // namespace stoklab::cli
