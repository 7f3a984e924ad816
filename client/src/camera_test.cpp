#include "stoklab/client/camera.h"

#include "stoklab/client/testing/fake_transport.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using protocol::printJson;
using protocol::SettingPath;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeTransport;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr const char* kOk = R"({"error_code":0})";
constexpr const char* kUnknown = R"({"error_code":-40106})";
constexpr const char* kSplit =
    R"({"image":{"switch":{"flicker":"50hz","night_vision_mode":"inf_night_vision","pre_night_vision_mode":"off"}},"error_code":0})";
constexpr const char* kSingle =
    R"({"image":{"switch":{"night_vision_mode":"wtl_night_vision"}},"error_code":0})";

SettingPath path(std::string_view text) { return *SettingPath::parse(text); }

// A logged-in camera whose answers come from a list.
struct LoggedIn {
  FakeTransport transport;
  Session session{transport, {}};
  Camera camera;
  explicit LoggedIn(SectionNames names = {}) : camera(session, std::move(names)) {
    session.adoptToken(*protocol::SessionToken::parse("t"));
  }
};

std::vector<SectionName> knownNames(std::string_view module) {
  if (module == "OSD") {
    return {{"date"}, {"font"}, {"label_info", SectionKind::table}};
  }
  if (module == "harddisk_manage") return {{"hd_info", SectionKind::table}};
  return {};
}

}  // namespace

TEST(Camera, GivesAFieldOrAWholeSection) {
  LoggedIn on;
  on.transport.answer(kSplit);
  on.transport.answer(kSplit);
  EXPECT_EQ(printJson(*on.camera.get(path("image.switch.flicker"))), "\"50hz\"");
  EXPECT_EQ(on.camera.get(path("image.switch"))->size(), 3U);
  EXPECT_EQ(on.transport.bodies()[0], R"({"method":"get","image":{"name":"switch"}})");
}

// Older firmware adds them (E7).
TEST(Camera, LeavesOutWhatFirmwareSaysAboutItsFiles) {
  LoggedIn on(knownNames);
  on.transport.answer(
      R"({"OSD":{"font":{".name":"font",".type":"font_info",".anonymous":false,"size":"auto"}},"error_code":0})");
  on.transport.answer(
      R"({"OSD":{"label_info":[{"label_info_1":{".name":"label_info_1",".type":"label_info",".anonymous":false,".index":3,"text":"a"}}]},"error_code":0})");
  EXPECT_EQ(printJson(*on.camera.get(path("OSD.font"))), R"({"size":"auto"})");
  EXPECT_EQ(printJson(*on.camera.get(path("OSD.label_info"))), R"({"label_info_1":{"text":"a"}})");
}

TEST(Camera, SaysWhichFieldsThereAreInsteadOfAMissingOne) {
  LoggedIn on;
  on.transport.answer(kSingle);
  const auto missing = on.camera.get(path("image.switch.flicker"));
  EXPECT_THAT(missing, FailsWith(ErrorKind::refused));
  EXPECT_THAT(missing, FailsSaying(AllOf(HasSubstr("flicker"), HasSubstr("night_vision_mode"))));
}

TEST(Camera, FindsOutThatANameIsATable) {
  LoggedIn on;
  on.transport.answer(kUnknown);
  on.transport.answer(
      R"({"harddisk_manage":{"hd_info":[{"hd_info_1":{"status":"ok"}}]},"error_code":0})");
  EXPECT_EQ(printJson(*on.camera.get(path("harddisk_manage.hd_info.hd_info_1"))),
            R"({"status":"ok"})");
  EXPECT_THAT(on.transport.bodies(),
              ElementsAre(R"({"method":"get","harddisk_manage":{"name":"hd_info"}})",
                          R"({"method":"get","harddisk_manage":{"table":"hd_info"}})"));
}

TEST(Camera, ReportsTheRefusalOfANameThatIsNeitherSectionNorTable) {
  LoggedIn on;
  on.transport.answer(kUnknown);
  on.transport.answer(R"({"error_code":-40210})");
  const auto refused = on.camera.get(path("isp.x"));
  ASSERT_THAT(refused, FailsWith(ErrorKind::refused));
  EXPECT_EQ(refused.error().deviceCode, -40106);
}

TEST(Camera, AsksForAKnownTableAtOnce) {
  LoggedIn on(knownNames);
  on.transport.answer(R"({"harddisk_manage":{"hd_info":[]},"error_code":0})");
  EXPECT_EQ(printJson(*on.camera.get(path("harddisk_manage.hd_info"))), "{}");
  EXPECT_THAT(on.transport.bodies(),
              ElementsAre(R"({"method":"get","harddisk_manage":{"table":"hd_info"}})"));
}

TEST(Camera, GivesAWholeModuleInOneRequest) {
  LoggedIn on(knownNames);
  on.transport.answer(
      R"({"OSD":{"date":{"enabled":"on"},"font":{},"label_info":[{"label_info_1":{"text":"a%20b"}}]},"error_code":0})");
  const auto module = on.camera.get(path("OSD"));
  ASSERT_THAT(module, IsOk());
  EXPECT_EQ(printJson(*module),
            R"({"date":{"enabled":"on"},"font":{},"label_info":{"label_info_1":{"text":"a b"}}})");
  EXPECT_THAT(
      on.transport.bodies(),
      ElementsAre(R"({"method":"get","OSD":{"name":["date","font"],"table":"label_info"}})"));
}

TEST(Camera, AsksOneByOneIfTheDeviceRefusesTheWholeModule) {
  LoggedIn on(knownNames);
  on.transport.answer(kUnknown);
  on.transport.answer(R"({"OSD":{"date":{"enabled":"on"}},"error_code":0})");
  on.transport.answer(kUnknown);
  on.transport.answer(R"({"OSD":{"label_info":[]},"error_code":0})");
  const auto module = on.camera.get(path("OSD"));
  ASSERT_THAT(module, IsOk());
  EXPECT_EQ(printJson(*module), R"({"date":{"enabled":"on"},"label_info":{}})");
}

TEST(Camera, ReportsARefusalOfAllSections) {
  LoggedIn on(knownNames);
  for (int i = 0; i < 4; ++i) on.transport.answer(kUnknown);
  EXPECT_THAT(on.camera.get(path("OSD")), FailsWith(ErrorKind::refused));
}

TEST(Camera, StopsAtATransportFailureInTheMiddleOfAModule) {
  LoggedIn on(knownNames);
  on.transport.answer(kUnknown);
  on.transport.answer(R"({"OSD":{"date":{}},"error_code":0})");
  on.transport.fail({.kind = ErrorKind::transport});
  EXPECT_THAT(on.camera.get(path("OSD")), FailsWith(ErrorKind::transport));
}

TEST(Camera, DoesNotGuessTheSectionsOfAModule) {
  LoggedIn without;
  LoggedIn with(knownNames);
  EXPECT_THAT(without.camera.get(path("OSD")), FailsWith(ErrorKind::safety));
  EXPECT_THAT(with.camera.get(path("isp")), FailsSaying(HasSubstr("\"isp.SECTION\"")));
  EXPECT_THAT(without.transport.bodies(), IsEmpty());
  EXPECT_THAT(with.transport.bodies(), IsEmpty());
}

TEST(Camera, GetsSeveralPathsInOneRequest) {
  LoggedIn on(knownNames);
  on.transport.answer(
      R"({"image":{"switch":{"flicker":"50hz","wdr":"off"}},"OSD":{"label_info":[{"label_info_1":{}}],"date":{"x":"y"}},"error_code":0})");
  const auto values =
      on.camera.get(std::vector{path("image.switch.flicker"), path("OSD.label_info"),
                                path("image.switch.wdr"), path("OSD.date")});
  ASSERT_THAT(values, IsOk());
  EXPECT_EQ(printJson(Json::array(*values)), R"(["50hz",{"label_info_1":{}},"off",{"x":"y"}])");
  EXPECT_THAT(
      on.transport.bodies(),
      ElementsAre(
          R"({"method":"get","image":{"name":"switch"},"OSD":{"table":"label_info","name":"date"}})"));
}

TEST(Camera, GetsSeveralPathsOneByOneIfTheDeviceRefusesThemTogether) {
  LoggedIn on;
  on.transport.answer(kUnknown);
  on.transport.answer(kSplit);
  on.transport.answer(kUnknown);
  on.transport.answer(R"({"harddisk_manage":{"hd_info":[]},"error_code":0})");
  const auto values =
      on.camera.get(std::vector{path("image.switch.flicker"), path("harddisk_manage.hd_info")});
  ASSERT_THAT(values, IsOk());
  EXPECT_EQ(printJson(Json::array(*values)), R"(["50hz",{}])");
}

TEST(Camera, SetsSeveralFieldsInOneRequestAndNumbersAsStrings) {
  LoggedIn on;
  on.transport.answer(kOk);
  EXPECT_THAT(on.camera.set({{path("image.switch.wtl_intensity_level"), 3},
                             {path("audio_config.speaker.volume"), 0.5},
                             {path("image.switch.flicker"), "50hz"},
                             {path("image.switch.wtl_intensity_level"), 4},
                             {path("image.common"), Json::object({{"chroma", 50}})},
                             {path("x.y.z"), Json::array({1, "2", true})}}),
              IsOk());
  EXPECT_THAT(
      on.transport.bodies(),
      ElementsAre(
          R"({"method":"set","image":{"switch":{"wtl_intensity_level":"4","flicker":"50hz"},"common":{"chroma":"50"}},"audio_config":{"speaker":{"volume":"0.5"}},"x":{"y":{"z":["1","2",true]}}})"));
}

TEST(Camera, SetsNothingWithoutAField) {
  LoggedIn on;
  EXPECT_THAT(on.camera.set(path("image.switch"), "x"), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(on.camera.set(path("image"), Json::object()), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(on.transport.bodies(), IsEmpty());
}

TEST(Camera, ReportsThatASetWasRefused) {
  LoggedIn on;
  on.transport.answer(R"({"error_code":-60744})");
  EXPECT_THAT(on.camera.set(path("image.switch.night_vision_mode"), "x"),
              FailsWith(ErrorKind::refused));
}

TEST(NightVision, HasTheSameTextThereAndBack) {
  for (int i = 0; i < static_cast<int>(NightVision::other); ++i) {
    const auto mode = static_cast<NightVision>(i);
    SCOPED_TRACE(toText(mode));
    EXPECT_NE(toText(mode), "other");
    EXPECT_EQ(nightVisionFromText(toText(mode)), mode);
  }
  EXPECT_EQ(toText(NightVision::other), "other");
  EXPECT_EQ(nightVisionFromText("brand_new"), NightVision::other);
}

TEST(NightVision, IsThePreferenceOnADeviceThatHasOne) {
  LoggedIn on;
  on.transport.answer(kSplit);
  on.transport.answer(kOk);
  EXPECT_EQ(*on.camera.nightVision(), NightVision::off);
  EXPECT_EQ(*on.camera.nightVisionGeneration(), NightVisionGeneration::split);
  EXPECT_THAT(on.camera.setNightVision(NightVision::autoIr), IsOk());
  EXPECT_THAT(
      on.transport.bodies(),
      ElementsAre(R"({"method":"get","image":{"name":"switch"}})",
                  R"({"method":"set","image":{"switch":{"pre_night_vision_mode":"auto_ir"}}})"));
}

TEST(NightVision, IsTheModeOnAnOlderDevice) {
  LoggedIn on;
  on.transport.answer(kSingle);
  on.transport.answer(kOk);
  EXPECT_EQ(*on.camera.nightVision(), NightVision::autoColor);
  EXPECT_EQ(*on.camera.nightVisionGeneration(), NightVisionGeneration::single);
  EXPECT_THAT(on.camera.setNightVision(NightVision::humanTriggeredColor), IsOk());
  EXPECT_EQ(on.transport.bodies()[1],
            R"({"method":"set","image":{"switch":{"night_vision_mode":"md_night_vision"}}})");
}

TEST(NightVision, ThatTheDeviceDoesNotHaveIsNotSet) {
  LoggedIn on;
  on.transport.answer(kSingle);
  for (const auto mode : {NightVision::whiteLedAlwaysOn, NightVision::irAlwaysOn, NightVision::off,
                          NightVision::custom, NightVision::other}) {
    SCOPED_TRACE(toText(mode));
    EXPECT_THAT(on.camera.setNightVision(mode), FailsWith(ErrorKind::safety));
  }
  EXPECT_EQ(on.transport.requests().size(), 1U) << "only the question which generation it is";
}

TEST(NightVision, OfAnUnknownNameIsOther) {
  LoggedIn on;
  on.transport.answer(
      R"({"image":{"switch":{"pre_night_vision_mode":"brand_new"}},"error_code":0})");
  EXPECT_EQ(*on.camera.nightVision(), NightVision::other);
}

TEST(NightVision, IsRefusedByADeviceWithoutIt) {
  LoggedIn on;
  on.transport.answer(R"({"image":{"switch":{"flicker":"50hz"}},"error_code":0})");
  EXPECT_THAT(on.camera.nightVision(), FailsWith(ErrorKind::refused));
}

TEST(NightVision, ThatIsNoTextIsMalformed) {
  LoggedIn on;
  on.transport.answer(R"({"image":{"switch":{"night_vision_mode":5}},"error_code":0})");
  EXPECT_THAT(on.camera.nightVision(), FailsWith(ErrorKind::malformed));
}

TEST(Camera, Reboots) {
  LoggedIn on;
  on.transport.answer(kOk);
  EXPECT_THAT(on.camera.reboot(), IsOk());
  EXPECT_THAT(on.transport.bodies(), ElementsAre(R"({"method":"do","system":{"reboot":null}})"));
}

}  // namespace stoklab::client
