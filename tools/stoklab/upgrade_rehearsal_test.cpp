// Our own client, while the camera that it talks to becomes another firmware.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {
namespace {

using emulator::CameraOptions;
using emulator::EmulatedCamera;
using emulator::FirmwareUpgrade;
using fixtures::Profile;
using protocol::ErrorKind;
using protocol::Json;

constexpr std::chrono::milliseconds kAway{1000};

std::shared_ptr<const Profile> shipped() {
  return std::make_shared<const Profile>(*fixtures::builtInProfile(fixtures::kDefaultProfile));
}

// It answers challenges with another status, and tells its dead tokens otherwise.
std::shared_ptr<const Profile> nextFirmware() {
  Profile profile = *shipped();
  profile.name = "next";
  profile.authentication.challengeStatus.value = 200;
  profile.authentication.deadTokenStatus.value = 200;
  profile.authentication.deadTokenErrorCode.value = -40403;
  return std::make_shared<const Profile>(std::move(profile));
}

class UpgradeRehearsal : public testing::Test {
 protected:
  UpgradeRehearsal() {
    CameraOptions options{.device = {.account = {.username = "admin", .password = "correct horse"}},
                          .upgrade = FirmwareUpgrade{.to = nextFirmware(), .time = kAway}};
    auto started = EmulatedCamera::start(shipped(), options, {.clock = clock_, .random = random_});
    EXPECT_TRUE(started.has_value());
    camera_ = *std::move(started);
  }

  client::HttpsTransport transport(client::TlsOptions security = {}) {
    return client::HttpsTransport({.port = camera_->port(), .security = std::move(security)});
  }

  static client::Credentials who() { return {.username = "admin", .password = "correct horse"}; }

  emulator::SystemClock clock_;
  emulator::SeededRandom random_{1};
  std::unique_ptr<EmulatedCamera> camera_;
};

}  // namespace

TEST_F(UpgradeRehearsal, CostsOurClientOneLogin) {
  auto connection = transport();
  client::Session session(connection, who());
  ASSERT_TRUE(session.set("image", "common", Json::object({{"luma", "51"}})).has_value());
  ASSERT_TRUE(session.perform("system", "firmware_upgrade", Json::object({{"type", "0"}})));
  EXPECT_EQ(session.loginsSent(), 1);

  int lost = 0;
  auto settings = session.get("image", "common");
  for (; !settings && lost < 500; ++lost) {
    ASSERT_EQ(settings.error().kind, ErrorKind::transport) << settings.error().detail;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    settings = session.get("image", "common");
  }
  ASSERT_TRUE(settings.has_value());
  EXPECT_GT(lost, 0) << "the camera was never away";
  EXPECT_EQ(session.loginsSent(), 2);
  EXPECT_EQ(*settings->find("luma"), Json("51"));
}

TEST_F(UpgradeRehearsal, IsNoticedByWhoPinsTheCertificate) {
  auto connection =
      transport({.trust = client::TlsTrust::pin, .pin = camera_->certificateSha256()});
  client::Session session(connection, who());
  ASSERT_TRUE(session.get("image", "common").has_value());
  const std::string before = camera_->certificateSha256();
  ASSERT_TRUE(camera_->beginUpgrade());
  for (int i = 0; i < 500 && camera_->certificateSha256() == before; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto settings = session.get("image", "common");
  ASSERT_FALSE(settings.has_value());
  EXPECT_NE(settings.error().detail.find("certificate"), std::string::npos)
      << settings.error().detail;
  EXPECT_EQ(session.loginsSent(), 1);
}

}  // namespace stoklab::cli
