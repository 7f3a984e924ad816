// What faults of the device make of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/test_device.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {

using protocol::IsOk;
using protocol::Json;

namespace {

constexpr const char* kChallenge = R"({"method":"do","user_management":{"get_encrypt_info":null}})";
constexpr const char* kGet = R"({"method":"get","image":{"name":"switch"}})";
constexpr const char* kSet = R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})";

// The device stays with the test.
class Borrowed final : public Endpoint {
 public:
  explicit Borrowed(Endpoint& endpoint) : endpoint_(endpoint) {}
  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    return endpoint_.handle(request, peer);
  }
  Effort effortOf(const HttpRequest& request) const override { return endpoint_.effortOf(request); }

 private:
  Endpoint& endpoint_;
};

struct Camera {
  Camera()
      : endpoint(makeScripted(std::make_unique<Borrowed>(inside.device), script,
                              {.profile = std::make_shared<const fixtures::Profile>(testProfile()),
                               .control = &inside.device.control()})) {}

  void add(const std::string& faults) {
    ASSERT_THAT(script->add(protocol::parseJson(faults).value()), IsOk());
  }
  HttpReply post(std::string_view target, std::string_view body) {
    return endpoint->handle({.method = "POST", .target = target, .body = body},
                            {.address = "127.0.0.1"});
  }
  std::string loginBody(const std::string& user = "admin") {
    const auto prepared = protocol::preparePassword("secret-1", inside.challenge());
    return printRequest(protocol::loginRequest(user, *prepared));
  }
  std::string open() {
    const auto reply = protocol::parseReply(post("/", loginBody()).body);
    return protocol::parseAdmission(*reply)->token.commandPath();
  }

  TestDevice inside;
  std::shared_ptr<FaultScript> script = std::make_shared<FaultScript>();
  std::unique_ptr<Endpoint> endpoint;
};

// Without what differs from one answer to the next.
std::string shape(const HttpReply& reply) {
  auto body = protocol::parseJson(reply.body).value();
  if (Json* data = body.find("data"))
    if (data->find("nonce") != nullptr) data->set("nonce", "");
  return std::to_string(reply.status) + " " + reply.contentType + " " + printJson(body);
}

}  // namespace

TEST(DeviceEffects, LockAsTheDeviceItselfDoes) {
  Camera camera, locked;
  for (int i = 0; i < 10; ++i) locked.inside.login("wrong");
  camera.add(R"({"times":2,"do":{"locked_seconds":1800}})");
  EXPECT_EQ(shape(camera.post("/", camera.loginBody())), shape(locked.inside.login("secret-1")));
  EXPECT_EQ(shape(camera.post("/", kChallenge)), shape(locked.inside.post("/", kChallenge)));
  EXPECT_EQ(camera.post("/", camera.loginBody()).status, 200);
}

TEST(DeviceEffects, RefuseANonceAsTheDeviceItselfDoes) {
  Camera camera;
  const std::string spent = camera.loginBody();
  camera.inside.post("/", spent);
  camera.add(R"({"do":{"stale_nonce":true}})");
  EXPECT_EQ(shape(camera.post("/", camera.loginBody())), shape(camera.inside.post("/", spent)));
  EXPECT_EQ(camera.inside.device.control().lockFacts().clients.size(), 0U);
}

TEST(DeviceEffects, GiveOutANonceThatIsGoodForTheNextLogin) {
  Camera camera;
  camera.add(R"({"do":{"stale_nonce":true}})");
  const auto refused = camera.post("/", camera.loginBody());
  const auto challenge = protocol::parseChallenge(*protocol::parseJson(refused.body)->find("data"));
  ASSERT_THAT(challenge, IsOk());
  const auto prepared = protocol::preparePassword("secret-1", *challenge);
  EXPECT_EQ(camera.post("/", printRequest(protocol::loginRequest("admin", *prepared))).status, 200);
}

TEST(DeviceEffects, AnswerWithACodeAndTheStatusThatGoesWithIt) {
  Camera camera;
  const std::string ds = camera.open();
  camera.add(
      R"({"faults":[{"do":{"code":-40109}},{"do":{"code":-40401,"data":{"code":-40407}}}]})");
  const auto busy = camera.post(ds, kSet);
  EXPECT_EQ(busy.status, 200);
  EXPECT_EQ(busy.body, R"({"error_code":-40109})");
  const auto dead = camera.post(ds, kSet);
  EXPECT_EQ(dead.status, 401);
  EXPECT_EQ(dead.body, R"({"error_code":-40401,"data":{"code":-40407}})");
  EXPECT_EQ(dead.session, 1U);
  EXPECT_EQ(at(camera.post(ds, kGet), {"image", "switch", "flicker"}), Json("50hz"));
}

TEST(DeviceEffects, RevokeASessionBeforeItsRequest) {
  Camera camera;
  const std::string ds = camera.open();
  const std::string other = camera.open();
  camera.add(R"({"when":{"method":"set"},"do":{"revoke":"before"}})");
  EXPECT_EQ(camera.post(ds, kSet).status, 401);
  EXPECT_EQ(at(camera.post(other, kGet), {"image", "switch", "flicker"}), Json("50hz"));
}

TEST(DeviceEffects, RevokeASessionAfterItsRequest) {
  Camera camera;
  const std::string ds = camera.open();
  const std::string other = camera.open();
  camera.add(R"({"when":{"method":"set"},"do":{"revoke":"after"}})");
  EXPECT_EQ(at(camera.post(ds, kSet), {"error_code"}), Json(0));
  EXPECT_EQ(camera.post(ds, kGet).status, 401);
  EXPECT_EQ(at(camera.post(other, kGet), {"image", "switch", "flicker"}), Json("60hz"));
}

TEST(DeviceEffects, HappenToASessionByItsNumber) {
  Camera camera;
  const std::string first = camera.open(), second = camera.open();
  camera.add(R"({"when":{"session":2},"do":{"code":-1}})");
  EXPECT_EQ(at(camera.post(first, kGet), {"error_code"}), Json(0));
  EXPECT_EQ(at(camera.post(second, kGet), {"error_code"}), Json(-1));
}

TEST(DeviceEffects, HappenToAUser) {
  Camera camera;
  camera.add(R"({"faults":[{"when":{"user":"guest","kind":"login"},"do":{"code":-1}},
                           {"when":{"user":"admin","kind":"command"},"do":{"code":-2}},
                           {"when":{"user":"guest"},"do":{"code":-3}}]})");
  const std::string ds = camera.open();
  EXPECT_EQ(at(camera.post("/", camera.loginBody("guest")), {"error_code"}), Json(-1));
  EXPECT_EQ(at(camera.post(ds, kGet), {"error_code"}), Json(-2));
  EXPECT_EQ(at(camera.post(ds, kGet), {"error_code"}), Json(0));
}

}  // namespace stoklab::emulator
