// Many cameras behind one server: who answers where, and that they have nothing in common but what
// they may share.
#include "stoklab/emulator/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "device/test_device.h"
#include "server/raw_client.h"
#include "server/test_endpoints.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;
using fixtures::Profile;
using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using testing::HasSubstr;

constexpr auto kChallenge = R"({"method":"do","user_management":{"get_encrypt_info":null}})";
constexpr auto kReadFlicker = R"({"method":"get","image":{"name":"switch"}})";

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: camera\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

class FleetTest : public testing::Test {
 protected:
  static std::shared_ptr<const Profile> profile() {
    static const auto kProfile = std::make_shared<const Profile>(testProfile());
    return kProfile;
  }
  static FleetMember cameras(std::size_t count) { return {.profile = profile(), .count = count}; }

  void start(FleetOptions fleet) {
    auto started = Fleet::start(std::move(fleet), options_, {.clock = clock_, .random = random_});
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    fleet_ = *std::move(started);
  }

  protocol::Error refusal(FleetOptions fleet) {
    auto started = Fleet::start(std::move(fleet), options_, {.clock = clock_, .random = random_});
    return started ? protocol::Error{} : started.error();
  }

  // The `index`th camera's answer, from 0.
  std::optional<RawAnswer> ask(std::size_t index, std::string_view path, std::string_view body) {
    const std::string url = fleet_->list(index, 1).at(0).url;
    const auto colon = url.rfind(':');
    RawClient client(static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))),
                     {.tls = url.starts_with("https"),
                      .address = url.substr(url.find("//") + 2, colon - url.find("//") - 2)});
    return client.ask(post(path, body));
  }

  // "/stok=<token>/ds", or what the camera says instead.
  std::string login(std::size_t index, std::string_view password = "secret-1") {
    const auto challenge = ask(index, "/", kChallenge);
    if (!challenge) return "no challenge";
    const auto prepared = protocol::preparePassword(
        password, *protocol::parseChallenge(*protocol::parseJson(challenge->body)->find("data")));
    const auto answer = ask(index, "/", printRequest(protocol::loginRequest("admin", *prepared)));
    if (!answer) return "no answer";
    const auto reply = protocol::parseReply(answer->body);
    const auto admission = protocol::parseAdmission(*reply);
    return admission ? admission->token.commandPath() : answer->body;
  }

  ControlledCamera& camera(const std::string& id) { return *fleet_->find(id); }

  std::string settingOf(const std::string& id, const std::vector<std::string>& path) {
    std::string text;
    camera(id).withDevice([&](DeviceControl& device) {
      const auto value = device.read(path);
      text = value ? printJson(*value) : value.error().detail;
    });
    return text;
  }

  CameraOptions options_{.device = {.account = {.password = "secret-1"}}};
  ManualClock clock_{Clock::Time(std::chrono::seconds(1782300000))};
  SeededRandom random_{1};
  std::unique_ptr<Fleet> fleet_;  // last, so that it ends first
};

}  // namespace

TEST_F(FleetTest, IsChosenByTheAddressThatAClientConnectsTo) {
  start({.members = {cameras(300)}});
  EXPECT_EQ(fleet_->size(), 300U);
  const auto facts = fleet_->list(254, 1);
  EXPECT_EQ(facts.at(0).id, "255");
  EXPECT_EQ(facts.at(0).url, "https://127.1.1.1:" + std::to_string(fleet_->facts().port));
  const std::string session = login(254);
  EXPECT_THAT(ask(254, session, kReadFlicker)->body, HasSubstr("\"error_code\":0"));
  // A session of one camera is none of its neighbour's.
  EXPECT_THAT(ask(253, session, kReadFlicker)->body, HasSubstr("-40401"));
}

TEST_F(FleetTest, IsChosenByThePort) {
  start({.addressing = FleetAddressing::port, .members = {cameras(3)}});
  std::set<std::string> urls;
  for (const auto& facts : fleet_->list(0, 10)) urls.insert(facts.url);
  EXPECT_EQ(urls.size(), 3U);
  const std::string session = login(2);
  EXPECT_THAT(ask(2, session, kReadFlicker)->body, HasSubstr("\"error_code\":0"));
  EXPECT_THAT(ask(1, session, kReadFlicker)->body, HasSubstr("-40401"));
}

TEST_F(FleetTest, ServesSeveralProfilesAtOnePort) {
  Profile other = testProfile();
  other.name = "other";
  other.authentication.challengeStatus.value = 200;
  start({.members = {cameras(2), {.id = "other", .profile = std::make_shared<Profile>(other)}}});
  EXPECT_EQ(ask(0, "/", kChallenge)->status, 401);
  EXPECT_EQ(ask(2, "/", kChallenge)->status, 200);
  EXPECT_THAT(login(1), HasSubstr("/stok="));
  EXPECT_THAT(login(2), HasSubstr("/stok="));
}

TEST_F(FleetTest, HasNobodyAtOtherAddresses) {
  start({.members = {cameras(2)}});
  for (const char* address : {"127.0.0.1", "127.1.0.3"}) {
    SCOPED_TRACE(address);
    RawClient client(fleet_->facts().port, {.address = address});
    EXPECT_FALSE(client.isConnected());
  }
  EXPECT_THAT(login(1), HasSubstr("/stok="));
}

TEST_F(FleetTest, KeepsSettingsLocksClocksAndJournalsApart) {
  start({.members = {cameras(3)}});
  const std::string session = login(0);
  ASSERT_THAT(ask(0, session, R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})")->body,
              HasSubstr("\"error_code\":0"));
  EXPECT_EQ(settingOf("1", {"image", "switch", "flicker"}), "\"60hz\"");
  EXPECT_EQ(settingOf("2", {"image", "switch", "flicker"}), "\"50hz\"");

  camera("2").withDevice([](DeviceControl& device) { device.lock(LockKind::forGood); });
  EXPECT_THAT(login(1), HasSubstr("-40408"));
  EXPECT_THAT(login(2), HasSubstr("/stok="));

  camera("1").clock().advance(2h);
  EXPECT_EQ(camera("1").clock().now() - camera("3").clock().now(), 2h);
  EXPECT_THAT(ask(0, session, kReadFlicker)->body, HasSubstr("-40401"));

  EXPECT_EQ(camera("1").journal().count({}).recorded, 4U);
  EXPECT_EQ(camera("3").journal().count({}).recorded, 2U);
}

TEST_F(FleetTest, GivesEachCameraAnIdentityOfItsOwnThatDoesNotChange) {
  FleetMember gate{.id = "gate", .profile = profile(), .name = "Gate"};
  gate.mac = "00-00-5E-00-53-07";
  const FleetOptions options{.members = {cameras(2), gate}, .seed = 5};
  start(options);
  const std::vector<std::string> mac = {"device_info", "basic_info", "mac"};
  const std::string first = settingOf("1", mac), second = settingOf("2", mac);
  EXPECT_NE(first, second);
  EXPECT_EQ(settingOf("gate", mac), "\"00-00-5E-00-53-07\"");
  EXPECT_EQ(settingOf("gate", {"device_info", "basic_info", "device_alias"}), "\"Gate\"");
  camera("1").withDevice([](DeviceControl& device) { device.reset(); });
  EXPECT_EQ(settingOf("1", mac), first);
  start(options);
  EXPECT_EQ(settingOf("2", mac), second);
}

TEST_F(FleetTest, CostsNothingForACameraThatNobodyUses) {
  start({.members = {cameras(3)}});
  EXPECT_TRUE(camera("1").isUnused());
  camera("1").clock().advance(1s);
  EXPECT_EQ(fleet_->list(0, 3).size(), 3U);
  EXPECT_TRUE(camera("1").isUnused());
  ASSERT_TRUE(ask(0, "/", kChallenge));
  EXPECT_FALSE(camera("1").isUnused());
  EXPECT_TRUE(camera("2").isUnused());
}

TEST_F(FleetTest, TellsEachScriptOfFaultsApart) {
  options_.faultScript =
      *protocol::parseJson(R"({"when":{"kind":"challenge"},"do":{"status":503}})");
  start({.members = {cameras(3)}});
  EXPECT_EQ(ask(0, "/", kChallenge)->status, 503);
  EXPECT_EQ(ask(0, "/", kChallenge)->status, 401);
  ASSERT_TRUE(ask(1, "/stok=nobody/ds", kReadFlicker));
  const auto unused = fleet_->unusedFaults();
  ASSERT_EQ(unused.size(), 1U);
  EXPECT_EQ(unused[0].first, "2");
  EXPECT_EQ(unused[0].second.size(), 1U);
}

TEST_F(FleetTest, RepeatsItselfForTheSameSeed) {
  const FleetOptions options{.members = {cameras(2)}, .seed = 9, .repeatable = true};
  start(options);
  const std::string first = login(0), second = login(1);
  EXPECT_NE(first, second);
  start(options);
  // In another order: each camera has a sequence of its own.
  EXPECT_EQ(login(1), second);
  EXPECT_EQ(login(0), first);
}

TEST_F(FleetTest, TakesPasswordsOfItsMembers) {
  FleetMember gate{.id = "gate", .profile = profile(), .password = "other-2"};
  start({.members = {cameras(1), gate}});
  EXPECT_THAT(login(1), HasSubstr("-40401"));
  EXPECT_THAT(login(1, "other-2"), HasSubstr("/stok="));
}

TEST_F(FleetTest, OwnsThePagesOfItsCameras) {
  start({.members = {cameras(2)}});
  const std::string port = std::to_string(fleet_->facts().port);
  EXPECT_TRUE(fleet_->ownsOrigin("https://127.1.0.2:" + port));
  for (const std::string& origin :
       {"https://127.1.0.3:" + port, "http://127.1.0.2:" + port, std::string("https://127.1.0.2"),
        "https://127.1.0.2:" + port + "x", std::string("null"), std::string()})
    EXPECT_FALSE(fleet_->ownsOrigin(origin)) << origin;
}

TEST_F(FleetTest, RefusesWhatItHasNoUseFor) {
  options_.journal = "journal.jsonl";
  EXPECT_THAT(refusal({.members = {cameras(1)}}).detail, HasSubstr("a file for its journal"));
  options_.journal.clear();
  options_.address = "192.0.2.1";
  EXPECT_THAT(refusal({.members = {cameras(1)}}).detail, HasSubstr("listening address"));
  options_.address = "127.0.0.1";
  options_.faultScript = *protocol::parseJson(R"({"do":{"nonsense":1}})");
  EXPECT_THAT(refusal({.members = {cameras(1)}}).detail, HasSubstr("do"));
}

TEST_F(FleetTest, SaysWhenThePortIsTaken) {
  EchoEndpoint endpoint;
  const auto other = startServer(endpoint, plainOptions());
  options_.port = other->port();
  const auto error = refusal({.addressing = FleetAddressing::port, .members = {cameras(1)}});
  EXPECT_EQ(error.kind, ErrorKind::transport);
  EXPECT_THAT(error.detail, HasSubstr(std::to_string(other->port())));
}

}  // namespace stoklab::emulator
