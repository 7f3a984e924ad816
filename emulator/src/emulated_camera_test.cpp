#include "stoklab/emulator/emulated_camera.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "device/test_device.h"
#include "server/raw_client.h"

namespace stoklab::emulator {
namespace {

using fixtures::Profile;
using protocol::Json;
using protocol::Result;

std::string requestText(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: camera\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

// A camera that becomes another firmware, whose certificate is of the same shape.
class UpgradedCamera : public testing::Test {
 protected:
  static std::shared_ptr<const Profile> next() {
    Profile profile = testProfile();
    profile.name = "next";
    profile.authentication.challengeStatus.value = 200;
    return std::make_shared<const Profile>(std::move(profile));
  }

  void start(std::chrono::milliseconds away) {
    CameraOptions options{.device = {.account = {.username = "admin", .password = "secret-1"}},
                          .upgrade = FirmwareUpgrade{.to = next(), .time = away}};
    options.upgrade->done = [this](const EmulatedCamera&, const Result<void>& upgraded) {
      const std::lock_guard lock(mutex_);
      upgraded_ = upgraded ? "" : upgraded.error().detail;
      done_.notify_all();
    };
    auto started = EmulatedCamera::start(std::make_shared<const Profile>(testProfile()), options,
                                         {.clock = clock_, .random = random_});
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    camera_ = *std::move(started);
  }

  // What an upgrade came to; "" is success.
  std::string outcome() {
    std::unique_lock lock(mutex_);
    if (!done_.wait_for(lock, std::chrono::seconds(20), [&] { return upgraded_.has_value(); }))
      return "it does not end";
    return *upgraded_;
  }

  std::optional<RawAnswer> post(std::string_view path, std::string_view body) {
    RawClient client(camera_->port());
    return client.ask(requestText(path, body));
  }

  std::string login() {
    const auto reply = protocol::parseJson(
        post("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})")->body);
    const auto challenge = protocol::parseChallenge(*reply->find("data"));
    const auto prepared = protocol::preparePassword("secret-1", *challenge);
    const auto answer = post("/", printRequest(protocol::loginRequest("admin", *prepared)));
    return protocol::parseAdmission(*protocol::parseReply(answer->body))->token.commandPath();
  }

  static constexpr auto kUpgrade = R"({"method":"do","system":{"firmware_upgrade":{"type":"0"}}})";
  SystemClock clock_;
  SeededRandom random_{1};
  std::mutex mutex_;
  std::condition_variable done_;
  std::optional<std::string> upgraded_;
  std::unique_ptr<EmulatedCamera> camera_;  // last, so that it ends first
};

TEST_F(UpgradedCamera, AnswersTheRequestAndComesBackAsTheNextFirmware) {
  start(std::chrono::milliseconds(50));
  const std::string session = login();
  const std::string certificate = camera_->certificateSha256();
  const auto port = camera_->port();
  const auto asked = post(session, kUpgrade);
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->status, 200);
  EXPECT_NE(asked->body.find("\"error_code\":0"), std::string::npos) << asked->body;
  EXPECT_EQ(outcome(), "");
  EXPECT_EQ(camera_->port(), port);
  EXPECT_NE(camera_->certificateSha256(), certificate);
  EXPECT_EQ(post("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})")->status,
            200);
}

TEST_F(UpgradedCamera, DropsTheSessionsAndKeepsTheSettings) {
  start(std::chrono::milliseconds(0));
  const std::string session = login();
  post(session, R"({"method":"set","image":{"common":{"luma":"51"}}})");
  post(session, kUpgrade);
  ASSERT_EQ(outcome(), "");
  EXPECT_EQ(post(session, R"({"method":"get","image":{"name":"common"}})")->status, 401);
  const auto answer = post(login(), R"({"method":"get","image":{"name":"common"}})");
  EXPECT_NE(answer->body.find(R"("luma":"51")"), std::string::npos) << answer->body;
}

TEST_F(UpgradedCamera, RefusesConnectionsMeanwhile) {
  start(std::chrono::minutes(10));
  EXPECT_TRUE(camera_->beginUpgrade());
  // It takes a moment until the old server has ended.
  bool refused = false;
  for (int i = 0; i < 500 && !refused; ++i) {
    const int socket = plainSocket();
    refused = !connectTo(socket, camera_->port());
    ::close(socket);
    if (!refused) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(refused);
  camera_->stop(std::chrono::milliseconds(0));  // does not wait for the ten minutes
}

TEST_F(UpgradedCamera, IsUpgradedOnce) {
  start(std::chrono::milliseconds(0));
  EXPECT_TRUE(camera_->beginUpgrade());
  EXPECT_FALSE(camera_->beginUpgrade());
  ASSERT_EQ(outcome(), "");
  EXPECT_FALSE(camera_->beginUpgrade());
  // The next firmware answers the request, and stays what it is.
  const auto asked = post(login(), kUpgrade);
  EXPECT_NE(asked->body.find("\"error_code\":0"), std::string::npos);
  EXPECT_TRUE(post("/", "{}").has_value());
}

TEST_F(UpgradedCamera, CountsWhatBothFirmwaresAnswered) {
  start(std::chrono::milliseconds(0));
  post("/", "{}");
  camera_->beginUpgrade();
  ASSERT_EQ(outcome(), "");
  post("/", "{}");
  EXPECT_EQ(camera_->counts().requests, 2U);
}

std::shared_ptr<const Profile> plainProfile() {
  Profile profile = testProfile();
  profile.transport.scheme.value = fixtures::Scheme::http;
  return std::make_shared<const Profile>(std::move(profile));
}

TEST(PlainCamera, AnswersOnItsOwnPortWithoutTls) {
  SystemClock clock;
  SeededRandom random{1};
  const auto camera = EmulatedCamera::start(plainProfile(), {}, {.clock = clock, .random = random});
  ASSERT_TRUE(camera.has_value()) << camera.error().detail;
  EXPECT_EQ((*camera)->url(), "http://127.0.0.1:" + std::to_string((*camera)->port()));
  EXPECT_EQ((*camera)->certificateSha256(), "");
  RawClient client((*camera)->port(), {.tls = false});
  const auto answer = client.ask("GET /pc/Content.htm HTTP/1.1\r\nHost: camera\r\n\r\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 401);
  EXPECT_NE(answer->body.find("\"nonce\""), std::string::npos) << answer->body;
}

TEST(PlainCamera, HasNoUseForOptionsAboutTls) {
  SystemClock clock;
  SeededRandom random{1};
  const auto refusal = [&](const CameraOptions& options) {
    const auto camera =
        EmulatedCamera::start(plainProfile(), options, {.clock = clock, .random = random});
    return camera ? std::string("none") : camera.error().detail;
  };
  EXPECT_NE(refusal({.httpPort = 0}).find("no second port"), std::string::npos);
  EXPECT_NE(refusal({.tls = TlsMode::modern}).find("no TLS"), std::string::npos);
  EXPECT_NE(refusal({.certificate = CertificateFiles{}}).find("certificate"), std::string::npos);
}

TEST(EmulatedCamera, RefusesToUpgradeARecording) {
  SystemClock clock;
  SeededRandom random{1};
  const auto profile = std::make_shared<const Profile>(testProfile());
  CameraOptions options;
  options.replay = ReplayedTrace{.trace = std::make_shared<const fixtures::Trace>()};
  options.upgrade = FirmwareUpgrade{.to = profile};
  const auto started = EmulatedCamera::start(profile, options, {.clock = clock, .random = random});
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().kind, protocol::ErrorKind::malformed);
}

}  // namespace
}  // namespace stoklab::emulator
