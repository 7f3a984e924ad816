// The commands as a client sees them: facts.md section 8, row by row.
#include "commands.h"

#include <gmock/gmock.h>

#include "test_device.h"

namespace stoklab::emulator {

using protocol::Json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

// A device with an open session.
struct Opened : TestDevice {
  explicit Opened(fixtures::Profile profile = testProfile())
      : TestDevice(std::move(profile)), path(open()) {}
  HttpReply ds(std::string_view body) { return post(path, body); }
  std::string path;
};

Json nightVision(Opened& device, std::string_view field) {
  return at(device.ds(R"({"method":"get","image":{"name":"switch"}})"), {"image", "switch", field});
}

}  // namespace

TEST(Get, MirrorsTheRequest) {
  Opened device;
  const auto reply = device.ds(R"({"method":"get","led":{"name":"config"}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"led":{"config":{"enabled":"on"}},"error_code":0})");
}

TEST(Get, TakesAListOfNamesAndSeveralModules) {
  Opened device;
  const auto reply =
      device.ds(R"({"system":{"name":["sys","ntp"]},"led":{"name":"config"},"method":"get"})");
  EXPECT_NE(at(reply, {"system", "sys", "dev_alias"}), Json());
  EXPECT_NE(at(reply, {"system", "ntp", "server"}), Json());
  EXPECT_EQ(at(reply, {"led", "config", "enabled"}), Json("on"));
}

TEST(Get, WritesStringsPercentEncodedInLowerCase) {
  Opened device;
  EXPECT_THAT(device.ds(R"({"method":"get","timing_reboot":{"name":"reboot"}})").body,
              HasSubstr(R"("time":"03%3a00%3a00")"));
}

TEST(Get, ListsATableAsOneKeyObjects) {
  Opened device;
  EXPECT_THAT(device.ds(R"({"method":"get","firewall":{"table":"blacklist"}})").body,
              StartsWith(R"({"firewall":{"blacklist":[{"blacklist_1":{"desc":"b1",)"));
  EXPECT_EQ(device.ds(R"({"method":"get","user_management":{"table":["guest"]}})").body,
            R"({"user_management":{"guest":[]},"error_code":0})");
}

TEST(Get, CombinesNamesAndTables) {
  Opened device;
  const auto reply =
      device.ds(R"({"method":"get","OSD":{"name":["date","week","font"],"table":["label_info"]}})");
  EXPECT_NE(at(reply, {"OSD", "font", "color"}), Json());
  EXPECT_TRUE(at(reply, {"OSD", "label_info"}).isArray());
}

TEST(Get, FindsARowByItsName) {
  Opened device;
  EXPECT_NE(at(device.ds(R"({"method":"get","OSD":{"name":"label_info_1"}})"),
               {"OSD", "label_info_1", "text"}),
            Json());
}

TEST(Get, TellsTheTimeOfTheClock) {
  Opened device;
  const auto seconds = [&] {
    return at(device.ds(R"({"method":"get","system":{"name":"clock_status"}})"),
              {"system", "clock_status", "seconds_from_1970"});
  };
  EXPECT_EQ(seconds(), Json(1782300000));
  device.clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(seconds(), Json(1782300005));
}

TEST(Set, AnswersWithNothingButTheCodeAndIsReadBack) {
  Opened device;
  EXPECT_EQ(device.ds(R"({"method":"set","system":{"sys":{"dev_alias":"Back%20door"}}})").body,
            R"({"error_code":0})");
  EXPECT_THAT(device.ds(R"({"method":"get","system":{"name":"sys"}})").body,
              HasSubstr(R"("dev_alias":"Back%20door")"));
}

TEST(Set, TakesTextThatIsNotEncoded) {
  Opened device;
  device.ds(R"({"method":"set","system":{"sys":{"dev_alias":"a+b 100%"}}})");
  EXPECT_THAT(device.ds(R"({"method":"get","system":{"name":"sys"}})").body,
              HasSubstr(R"("dev_alias":"a%2bb%20100%25")"));
}

TEST(Set, ReachesSeveralSectionsAndModules) {
  Opened device;
  EXPECT_EQ(device
                .ds(R"({"method":"set","led":{"config":{"enabled":"off"}},"image":{)"
                    R"("switch":{"flicker":"60hz"},"common":{"luma":"40"}}})")
                .body,
            R"({"error_code":0})");
  const auto reply =
      device.ds(R"({"method":"get","led":{"name":"config"},"image":{"name":["switch","common"]}})");
  EXPECT_EQ(at(reply, {"led", "config", "enabled"}), Json("off"));
  EXPECT_EQ(at(reply, {"image", "switch", "flicker"}), Json("60hz"));
  EXPECT_EQ(at(reply, {"image", "common", "luma"}), Json("40"));
}

TEST(Set, HappensAsAWholeOrNotAtAll) {
  Opened device;
  EXPECT_NE(at(device.ds(R"({"method":"set","led":{"config":{"enabled":"off"}},)"
                         R"("image":{"switch":{"flicker":"70hz"}}})"),
               {"error_code"}),
            Json(0));
  EXPECT_EQ(
      at(device.ds(R"({"method":"get","led":{"name":"config"}})"), {"led", "config", "enabled"}),
      Json("on"));
}

// Also what an earlier part of the same section, and of a row, had written already.
TEST(Set, TakesBackWhatWasWrittenBeforeTheRefusal) {
  Opened device;
  const char* ask =
      R"({"method":"get","image":{"name":["switch","common"]},"OSD":{"name":"label_info_1"}})";
  ASSERT_EQ(at(device.ds(R"({"method":"set","image":{"common":{"luma":"40"}}})"), {"error_code"}),
            Json(0));
  const std::string before = device.ds(ask).body;
  for (const char* refused :
       {R"({"method":"set","image":{"common":{"luma":"41","contrast":"999"}}})",
        R"({"method":"set","image":{"common":{"luma":"41"},"switch":{"flicker":"60hz"}},)"
        R"("OSD":{"label_info_1":{"text":"Gate","nonsense":"1"}}})",
        R"({"method":"set","OSD":{"label_info_1":{"text":"Gate"}},"image":{"nonsense":{}}})"}) {
    EXPECT_NE(at(device.ds(refused), {"error_code"}), Json(0)) << refused;
    EXPECT_EQ(device.ds(ask).body, before) << refused;
  }
}

TEST(Set, AcceptsTypesAndForgetsThem) {
  Opened device;
  EXPECT_EQ(
      device.ds(R"({"method":"set","image":{"switch":{"flicker":"60hz","types":["flicker"]}}})")
          .body,
      R"({"error_code":0})");
  EXPECT_THAT(device.ds(R"({"method":"get","image":{"name":"switch"}})").body,
              Not(HasSubstr("types")));
}

TEST(Set, StoresANumberAsAString) {
  Opened device;
  device.ds(R"({"method":"set","audio_config":{"speaker":{"volume":55}}})");
  EXPECT_EQ(at(device.ds(R"({"method":"get","audio_config":{"name":"speaker"}})"),
               {"audio_config", "speaker", "volume"}),
            Json("55"));
}

TEST(Set, RefusesTheNightVisionStateAndChangesNothing) {
  Opened device;
  const auto before = nightVision(device, "night_vision_mode");
  EXPECT_EQ(at(device.ds(R"({"method":"set","image":{"switch":{)"
                         R"("night_vision_mode":"wtl_night_vision"}}})"),
               {"error_code"}),
            Json(-60744));
  EXPECT_EQ(nightVision(device, "night_vision_mode"), before);
}

TEST(Set, DrivesTheNightVisionStateByThePreference) {
  Opened device;
  for (const auto& [preference, state] : std::vector<std::pair<std::string, std::string>>{
           {"human_triggered_color", "md_night_vision"},
           {"auto_color", "wtl_night_vision"},
           {"white_led_always_on", "wtl_night_vision"},
           {"auto_ir", "inf_night_vision"},
           {"ir_always_on", "inf_night_vision"},
           {"off", "inf_night_vision"},
           {"custom", "inf_night_vision"}}) {
    SCOPED_TRACE(preference);
    EXPECT_EQ(at(device.ds(R"({"method":"set","image":{"switch":{"pre_night_vision_mode":")" +
                           preference + R"("}}})"),
                 {"error_code"}),
              Json(0));
    EXPECT_EQ(nightVision(device, "night_vision_mode"), Json(state));
  }
}

TEST(Set, RefusesValuesOutsideTheirRange) {
  Opened device;
  EXPECT_EQ(at(device.ds(R"({"method":"set","image":{"common":{"luma":"101"}}})"), {"error_code"}),
            Json(-60709));
  EXPECT_NE(at(device.ds(R"({"method":"set","image":{"common":{"luma":"dark"}}})"), {"error_code"}),
            Json(0));
  EXPECT_EQ(
      at(device.ds(R"({"method":"get","image":{"name":"common"}})"), {"image", "common", "luma"}),
      Json("50"));
}

TEST(Set, ReachesARowByItsName) {
  Opened device;
  EXPECT_EQ(at(device.ds(R"({"method":"set","OSD":{"label_info_1":{"text":"Gate%202"}}})"),
               {"error_code"}),
            Json(0));
  EXPECT_EQ(at(device.ds(R"({"method":"get","OSD":{"name":"label_info_1"}})"),
               {"OSD", "label_info_1", "text"}),
            Json("Gate%202"));
}

TEST(AddAndDelete, PutARowInAndTakeItOut) {
  Opened device;
  const char* add = R"({"method":"add","firewall":{"table":"blacklist","name":"blacklist_2",)"
                    R"("para":{"desc":"b2","start_ip":"192.0.2.12","end_ip":"192.0.2.12"}}})";
  EXPECT_EQ(device.ds(add).body, R"({"error_code":0})");
  EXPECT_EQ(at(device.ds(add), {"error_code"}), Json(-40203));
  EXPECT_EQ(at(device.ds(R"({"method":"get","firewall":{"table":"blacklist"}})"),
               {"firewall", "blacklist"})
                .size(),
            2U);
  const char* remove = R"({"method":"delete","firewall":{"name":["blacklist_2"]}})";
  EXPECT_EQ(device.ds(remove).body, R"({"error_code":0})");
  EXPECT_EQ(at(device.ds(remove), {"error_code"}), Json(-40205));
}

TEST(AddAndDelete, StopWhenTheTableIsFull) {
  auto profile = testProfile();
  for (auto& module : profile.modules)
    for (auto& section : module.sections)
      if (module.name == "firewall" && section.name == "blacklist") section.maxRows = 2;
  Opened device(std::move(profile));
  const auto add = [&](int number) {
    return at(device.ds(R"({"method":"add","firewall":{"table":"blacklist","name":"blacklist_)" +
                        std::to_string(number) + R"(","para":{"desc":"x"}}})"),
              {"error_code"});
  };
  EXPECT_EQ(add(2), Json(0));
  EXPECT_EQ(add(3), Json(-40207));
}

TEST(Delete, TakesAllNamedRowsOrNone) {
  Opened device;
  const char* add = R"({"method":"add","firewall":{"table":"blacklist","name":"blacklist_2",)"
                    R"("para":{"desc":"b2","start_ip":"192.0.2.12","end_ip":"192.0.2.12"}}})";
  ASSERT_EQ(at(device.ds(add), {"error_code"}), Json(0));
  const char* ask = R"({"method":"get","firewall":{"table":"blacklist"}})";
  ASSERT_EQ(at(device.ds(ask), {"firewall", "blacklist"}).size(), 2U);
  const std::string before = device.ds(ask).body;
  for (const char* names : {R"(["blacklist_1","nope"])", R"(["blacklist_2","blacklist_1","nope"])",
                            R"(["blacklist_1","blacklist_1"])"}) {
    const std::string request =
        std::string(R"({"method":"delete","firewall":{"name":)") + names + "}}";
    EXPECT_EQ(at(device.ds(request), {"error_code"}), Json(-40205)) << names;
    EXPECT_EQ(device.ds(ask).body, before) << names;
  }
}

}  // namespace stoklab::emulator
