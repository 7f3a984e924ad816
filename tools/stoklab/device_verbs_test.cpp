// The verbs against an emulated camera over TLS: that a sentence typed here changes the device, and
// what a wrong password costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "program_run.h"
#include "stoklab/emulator/device.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/identity.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {

using emulator::HttpReply;
using emulator::HttpRequest;
using ::testing::HasSubstr;

namespace {

// Counts what reaches a real device.
class CountedDevice : public emulator::Endpoint {
 public:
  explicit CountedDevice(emulator::Environment environment)
      : device_(std::make_shared<const fixtures::Profile>(
                    *fixtures::builtInProfile(fixtures::kDefaultProfile)),
                {.account = {.username = "admin", .password = "right"}},
                protocol::RsaPrivateKey::generate(1024), environment) {}

  HttpReply handle(const HttpRequest& request, const emulator::Peer& peer) override {
    ++requests_;
    if (request.body.find("\"login\"") != std::string_view::npos) ++logins_;
    return device_.handle(request, peer);
  }

  int requests() const { return requests_; }
  int logins() const { return logins_; }

 private:
  emulator::Device device_;
  std::atomic<int> requests_ = 0, logins_ = 0;
};

class DeviceVerbs : public ::testing::Test {
 protected:
  DeviceVerbs() {
    static const auto kIdentity = *emulator::makeIdentity({});
    server_ = *emulator::HttpsServer::start(device_, {.tls = {.identity = kIdentity}});
  }

  ProgramRun run(const std::vector<std::string>& arguments, const std::string& password = "right") {
    return ProgramRun(arguments,
                      {{"STOKLAB_PASSWORD", password},
                       {"STOKLAB_TARGET", "https://127.0.0.1:" + std::to_string(server_->port())}});
  }

  emulator::SystemClock clock_;
  emulator::SystemRandom random_;
  CountedDevice device_{{.clock = clock_, .random = random_}};
  std::unique_ptr<emulator::HttpsServer> server_;
};

}  // namespace

TEST_F(DeviceVerbs, StopForSafetyAfterExactlyOneLoginWithAWrongPassword) {
  const auto refused = run({"get", "image.switch"}, "wrong");
  EXPECT_EQ(refused.code, 4);
  EXPECT_EQ(device_.logins(), 1);
  EXPECT_EQ(device_.requests(), 2) << "the challenge and the login, nothing more";
  EXPECT_THAT(refused.err, HasSubstr("9 of 10 attempts left"));
}

TEST_F(DeviceVerbs, ChangeASettingAndReadItBack) {
  EXPECT_EQ(run({"set", "image.switch.pre_night_vision_mode=auto_color"}).code, 0);
  const auto read = run({"get", "image.switch.night_vision_mode"});
  EXPECT_EQ(read.code, 0);
  EXPECT_EQ(read.out, "image.switch.night_vision_mode = wtl_night_vision\n");
}

TEST_F(DeviceVerbs, ReportWhatTheDeviceRefusesAsAFinding) {
  const auto refused = run({"set", "image.switch.night_vision_mode=md_night_vision"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("-60744"));
}

TEST_F(DeviceVerbs, LogOutAgain) {
  EXPECT_EQ(run({"get", "led.config"}).code, 0);
  EXPECT_EQ(device_.requests(), 4) << "challenge, login, get, logout";
}

}  // namespace stoklab::cli
