#include "actions.h"

#include <gmock/gmock.h>

#include <set>

#include "test_device.h"

namespace stoklab::emulator {

using protocol::Json;
using ::testing::HasSubstr;

namespace {

struct Opened : TestDevice {
  Opened() : path(open()) {}
  HttpReply ds(std::string_view body) { return post(path, body); }
  Json code(std::string_view body) { return at(ds(body), {"error_code"}); }
  HttpReply upload(std::string_view file) {
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"a.wav\"\r\n"
        "Content-Type: audio/wav\r\n\r\n" +
        std::string(file) + "\r\n--b--\r\n";
    const HttpHeader type{.name = "content-type", .value = "multipart/form-data; boundary=b"};
    return send(
        {.method = "POST", .target = uploadPath(), .headers = std::span(&type, 1), .body = body});
  }
  std::string uploadPath() const {
    return path.substr(0, path.size() - 2) + "admin/system/upload_usr_def_audio";
  }
  std::string sounds() {
    return ds(R"({"method":"get","usr_def_audio_alarm":{"table":["usr_def_audio"]}})").body;
  }
  std::string path;
};

std::string littleEndian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
  return text;
}

// PCM, 8 bits a sample.
std::string wav(std::uint32_t channels, std::uint32_t rate, std::uint32_t seconds) {
  const std::uint32_t perSecond = channels * rate;
  const std::string data(std::size_t{perSecond} * seconds, '\x80');
  const auto size = static_cast<std::uint32_t>(data.size());
  return "RIFF" + littleEndian(36 + size, 4) + "WAVEfmt " + littleEndian(16, 4) +
         littleEndian(1, 2) + littleEndian(channels, 2) + littleEndian(rate, 4) +
         littleEndian(perSecond, 4) + littleEndian(channels, 2) + littleEndian(8, 2) + "data" +
         littleEndian(size, 4) + data;
}

}  // namespace

TEST(Actions, EveryRowOfTheTableIsInTheProfileAndStandsOnce) {
  const auto profile = testProfile();
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& table : {alarmActions(), audioActions(), playbackActions(), presetActions(),
                            regionActions(), systemActions(), userActions()}) {
    for (const auto& row : table) {
      SCOPED_TRACE(std::string(row.module) + "." + std::string(row.action));
      EXPECT_TRUE(seen.emplace(row.module, row.action).second);
      const auto* section = profile.find(row.module, row.action);
      ASSERT_NE(section, nullptr);
      EXPECT_EQ(section->kind, fixtures::SectionKind::action);
    }
  }
}

TEST(Actions, AnswerFromTheProfileWhereNothingChanges) {
  Opened device;
  EXPECT_EQ(device.code(R"({"method":"do","cloud_config":{"check_fw_version":"null"}})"), Json(0));
}

TEST(Actions, RunOnlyIfTheDeviceHasThemAll) {
  Opened device;
  EXPECT_EQ(device.code(R"({"method":"do","system":{"logout":null},"led":{"blink":null}})"),
            Json(-40106));
  EXPECT_EQ(device.code(R"({"method":"get","led":{"name":"config"}})"), Json(0));
}

TEST(UserId, IsOneNumberASession) {
  Opened device;
  const char* ask = R"({"method":"do","system":{"get_user_id":null}})";
  EXPECT_EQ(device.ds(ask).body, R"({"system":{"user_id":1},"error_code":0})");
  EXPECT_EQ(device.ds(ask).body, R"({"system":{"user_id":1},"error_code":0})");
  EXPECT_EQ(at(device.post(device.open(), ask), {"system", "user_id"}), Json(2));
}

TEST(UserId, IsGivenToSoManyAtATime) {
  Opened device;
  const char* ask = R"({"method":"do","system":{"get_user_id":null}})";
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(at(device.post(device.open(), ask), {"error_code"}), Json(0));
  EXPECT_EQ(device.code(ask), Json(-71101));
}

TEST(ManualAlarm, TakesStartAndStop) {
  Opened device;
  const auto alarm = [&](const std::string& action) {
    return device.code(R"({"method":"do","msg_alarm":{"manual_msg_alarm":{"action":")" + action +
                       R"("}}})");
  };
  EXPECT_EQ(alarm("start"), Json(0));
  EXPECT_EQ(alarm("stop"), Json(0));
  EXPECT_NE(alarm("louder"), Json(0));
}

TEST(Preset, IsStoredReachedAndRemoved) {
  Opened device;
  const auto stored =
      device.ds(R"({"method":"do","preset":{"set_preset":{"name":"Front%20gate"}}})");
  EXPECT_EQ(stored.body, R"({"id":"2","name":"Front%20gate","error_code":0})");
  EXPECT_EQ(device.code(R"({"method":"do","preset":{"goto_preset":{"id":"2"}}})"), Json(0));
  EXPECT_THAT(device.ds(R"({"method":"get","preset":{"name":"preset"}})").body,
              HasSubstr(R"("name":["Viewpoint%201","Front%20gate"])"));
  EXPECT_EQ(device.code(R"({"method":"do","preset":{"remove_preset":{"id":["2"]}}})"), Json(0));
  EXPECT_EQ(device.code(R"({"method":"do","preset":{"goto_preset":{"id":"2"}}})"), Json(-64302));
}

TEST(AudioUpload, TakesTheFileAfterItsName) {
  Opened device;
  const auto announced =
      device.ds(R"({"method":"do","system":{"upload_usr_def_audio":{"id":102,"audio_name":"Dog",)"
                R"("parse_enabled":"on"}}})");
  EXPECT_THAT(announced.body, HasSubstr(R"("url":"..%2fadmin%2fsystem%2fupload_usr_def_audio")"));
  EXPECT_EQ(device.upload(wav(1, 8000, 2)).body, R"({"error_code":0})");
  EXPECT_THAT(device.sounds(), HasSubstr(R"({"id":"102","name":"Dog"})"));
}

TEST(AudioUpload, TakesTheNameAfterTheFile) {
  Opened device;
  EXPECT_EQ(device.upload(wav(1, 8000, 2)).body, R"({"error_code":0})");
  EXPECT_EQ(
      device.code(R"({"method":"do","system":{"upload_usr_def_audio":{"id":103,"name":"Cat"}}})"),
      Json(0));
  EXPECT_THAT(device.sounds(), HasSubstr(R"({"id":"103","name":"Cat"})"));
}

TEST(AudioUpload, RefusesWhatTheDeviceCannotPlay) {
  Opened device;
  for (const std::string& file :
       {wav(2, 8000, 1), wav(1, 44100, 1), wav(1, 8000, 16), std::string("RIFF"), std::string(),
        "ID3" + std::string(200 * 1024, 'x'), std::string("<html>")})
    EXPECT_EQ(at(device.upload(file), {"error_code"}), Json(-67306)) << file.size();
  EXPECT_EQ(at(device.post(device.uploadPath(), "no multipart"), {"error_code"}), Json(-67306));
}

TEST(AudioUpload, NeedsASession) {
  TestDevice device;
  EXPECT_EQ(device.post("/stok=nope/admin/system/upload_usr_def_audio", "x").status, 401);
}

TEST(AudioSlots, AreRenamedAndEmptied) {
  Opened device;
  EXPECT_EQ(device.code(R"({"method":"do","usr_def_audio_alarm":{"modify_audio":)"
                        R"({"id":[101],"name":["Bell"]}}})"),
            Json(0));
  EXPECT_THAT(device.sounds(), HasSubstr(R"({"id":"101","name":"Bell"})"));
  EXPECT_EQ(device.code(R"({"method":"do","usr_def_audio_alarm":{"test_audio":{"id":101}}})"),
            Json(0));
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(device.code(R"({"method":"do","usr_def_audio_alarm":{"delete_audio":{"id":[101]}}})"),
              Json(0));
  EXPECT_EQ(device.sounds(), R"({"usr_def_audio_alarm":{"usr_def_audio":[]},"error_code":0})");
}

TEST(Regions, ReplaceTheWholeTable) {
  Opened device;
  EXPECT_EQ(device.code(R"({"method":"do","motion_detection":{"add_md_regions":{"region_info":[)"
                        R"({"x_coor":"1","y_coor":"2","width":"3","height":"4"},)"
                        R"({"x_coor":5,"y_coor":6,"width":7,"height":8}]}}})"),
            Json(0));
  EXPECT_EQ(device.ds(R"({"method":"get","motion_detection":{"table":"region_info"}})").body,
            R"({"motion_detection":{"region_info":[)"
            R"({"region_info_1":{"x_coor":"1","y_coor":"2","width":"3","height":"4"}},)"
            R"({"region_info_2":{"x_coor":"5","y_coor":"6","width":"7","height":"8"}}]},)"
            R"("error_code":0})");
  EXPECT_NE(device.code(R"({"method":"do","motion_detection":{"add_md_regions":{"region_info":[)"
                        R"({"x_coor":"20000","y_coor":"2","width":"3","height":"4"}]}}})"),
            Json(0));
}

TEST(Playback, WantsAUserIdThatWasGiven) {
  Opened device;
  const char* search =
      R"({"method":"do","playback":{"search_video_utility":{"id":1,"date":"20260616"}}})";
  EXPECT_EQ(device.code(search), Json(-71103));
  device.ds(R"({"method":"do","system":{"get_user_id":null}})");
  EXPECT_EQ(device.code(search), Json(0));
}

}  // namespace stoklab::emulator
