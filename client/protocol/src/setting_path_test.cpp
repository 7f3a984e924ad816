#include "stoklab/protocol/setting_path.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

TEST(SettingPath, HasOneTwoOrThreeParts) {
  EXPECT_EQ(*SettingPath::parse("image"), (SettingPath{.module = "image"}));
  EXPECT_EQ(*SettingPath::parse("image.switch"),
            (SettingPath{.module = "image", .section = "switch"}));
  EXPECT_EQ(
      *SettingPath::parse("image.switch.pre_night_vision_mode"),
      (SettingPath{.module = "image", .section = "switch", .field = "pre_night_vision_mode"}));
}

TEST(SettingPath, ComesBackFromItsText) {
  for (const char* text : {"led", "led.config", "led.config.enabled", "OSD.label_info_1.text"})
    EXPECT_EQ(SettingPath::parse(text)->text(), text);
}

TEST(SettingPath, RejectsWhatIsNoSetting) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a.b.c.d", "a b", "a=b", "a/b", "ä"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(SettingPath::parse(text), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::protocol
