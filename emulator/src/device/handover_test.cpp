#include "handover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_device.h"

namespace stoklab::emulator {
namespace {

using fixtures::Profile;
using protocol::Json;

fixtures::Section& section(Profile& profile, std::string_view module, std::string_view name) {
  return const_cast<fixtures::Section&>(*profile.find(module, name));
}

// Changes settings of one device and returns what another one reads after adopting them.
class Handover : public testing::Test {
 protected:
  HttpReply ask(TestDevice& device, const std::string& body) {
    return device.post(device.open(), body);
  }
  void changed(const std::string& body) {
    EXPECT_EQ(at(ask(before_, body), {"error_code"}), Json(0)) << body;
  }
  Json adopted(Profile next, std::initializer_list<std::string_view> where,
               const std::string& get) {
    TestDevice after(std::move(next));
    refused_ = after.device.adopt(before_.device.changedSettings());
    return at(ask(after, get), where);
  }

  TestDevice before_;
  std::size_t refused_ = 0;
};

TEST_F(Handover, CarriesNothingOfADeviceThatNobodyChanged) {
  EXPECT_THAT(before_.device.changedSettings(), testing::IsEmpty());
}

TEST_F(Handover, KeepsAChangedSetting) {
  changed(R"({"method":"set","image":{"common":{"luma":"51"}}})");
  EXPECT_EQ(before_.device.changedSettings().size(), 1U);
  EXPECT_EQ(adopted(testProfile(), {"image", "common", "luma"},
                    R"({"method":"get","image":{"name":"common"}})"),
            Json("51"));
  EXPECT_EQ(refused_, 0U);
}

TEST_F(Handover, KeepsWhatACouplingMadeOfASetting) {
  changed(R"({"method":"set","image":{"switch":{"pre_night_vision_mode":"auto_color"}}})");
  EXPECT_EQ(adopted(testProfile(), {"image", "switch", "night_vision_mode"},
                    R"({"method":"get","image":{"name":"switch"}})"),
            Json("wtl_night_vision"));
}

TEST_F(Handover, LeavesAFieldAsItShipsIfTheNextFirmwareHasNoSuchValue) {
  changed(R"({"method":"set","image":{"common":{"luma":"90"}}})");
  Profile next = testProfile();
  section(next, "image", "common").rules["luma"].maximum = 80;
  EXPECT_EQ(
      adopted(next, {"image", "common", "luma"}, R"({"method":"get","image":{"name":"common"}})"),
      Json("50"));
  EXPECT_EQ(refused_, 1U);
}

TEST_F(Handover, LosesNothingElseWithASettingThatIsGone) {
  changed(R"({"method":"set","image":{"common":{"luma":"51","contrast":"52"}}})");
  Profile next = testProfile();
  section(next, "image", "common").fields.erase("luma");
  section(next, "image", "common").rules.erase("luma");
  EXPECT_EQ(adopted(next, {"image", "common", "contrast"},
                    R"({"method":"get","image":{"name":"common"}})"),
            Json("52"));
  EXPECT_EQ(refused_, 1U);
}

TEST_F(Handover, KeepsRowsThatWereAddedAndOnesThatWereTakenAway) {
  changed(
      R"({"method":"add","user_management":{"table":"guest","name":"guest_7","para":{"username":"visitor"}}})");
  EXPECT_EQ(adopted(testProfile(), {"user_management", "guest_7", "username"},
                    R"({"method":"get","user_management":{"name":"guest_7"}})"),
            Json("visitor"));
}

}  // namespace
}  // namespace stoklab::emulator
