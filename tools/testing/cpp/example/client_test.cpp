// What the fixture is good for. The client is stoklab's own; yours stands in its place.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "stoklab/client/camera.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "stoklab/testing/emulator.h"

namespace {

using namespace std::chrono_literals;
using stoklab::client::Camera;
using stoklab::client::HttpsTransport;
using stoklab::client::Session;
using stoklab::client::TlsTrust;
using stoklab::protocol::ErrorKind;
using stoklab::protocol::SettingPath;
using stoklab::testing::EmulatorTest;

class ClientTest : public EmulatorTest {
 protected:
  std::string flicker() {
    const auto value = camera_.get(*SettingPath::parse("image.switch.flicker"));
    return value ? *value->string() : value.error().detail;
  }
  stoklab::protocol::Result<void> setFlicker(const std::string& value) {
    return camera_.set(*SettingPath::parse("image.switch.flicker"), value);
  }

  HttpsTransport transport_{
      {.port = emulator().port(),
       .security = {.trust = TlsTrust::pin, .pin = emulator().certificateSha256()}}};
  Session session_{transport_, {.password = emulator().password()}};
  Camera camera_{session_};
};

}  // namespace

TEST_F(ClientTest, LogsInAgainWhenItsSessionHasEnded) {
  EXPECT_EQ(flicker(), "50hz");
  ASSERT_TRUE(emulator().advance(30min + 1s));
  EXPECT_EQ(flicker(), "50hz");
  EXPECT_TRUE(emulator().verify(R"({"kind":"login","error_code":0,"count":2})"));
}

TEST_F(ClientTest, IsLockedOutAndComesBack) {
  ASSERT_TRUE(emulator().control("POST", "/lockout", R"({"kind":"timed","seconds":1800})"));
  const auto refused = session_.login();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::locked);
  ASSERT_TRUE(emulator().advance(1800s));
  EXPECT_TRUE(session_.login().has_value());
}

TEST_F(ClientTest, ReportsWhatTheCameraRefuses) {
  ASSERT_TRUE(emulator().addFault(R"({"when":{"method":"set"},"do":{"code":-40109}})"));
  const auto busy = setFlicker("60hz");
  ASSERT_FALSE(busy.has_value());
  EXPECT_EQ(busy.error().deviceCode, -40109);
  EXPECT_TRUE(setFlicker("60hz").has_value());
  EXPECT_EQ(flicker(), "60hz");
}

TEST_F(ClientTest, ShowsWhatCameInsteadOfWhatWasExpected) {
  ASSERT_TRUE(setFlicker("60hz").has_value());
  EXPECT_TRUE(emulator().verify(R"({"method":"set","field":"flicker","value":"60hz","count":1})"));
  const auto wrong = emulator().verify(R"({"method":"set","field":"flicker","value":"auto"})");
  EXPECT_FALSE(wrong);
  EXPECT_NE(std::string(wrong.message()).find("60hz"), std::string::npos) << wrong.message();
}

TEST_F(ClientTest, GetsACameraAsNewForEachTest) { EXPECT_EQ(flicker(), "50hz"); }
