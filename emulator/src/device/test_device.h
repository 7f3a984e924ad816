// A device on a clock that stands still, and what a client does to it, for tests. Requests are
// texts and answers are read back as JSON, so that a test shows the wire.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/device.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/password.h"

namespace stoklab::emulator {

// Made once; a key takes its time.
inline const protocol::RsaPrivateKey& testLoginKey() {
  static const auto kKey = protocol::RsaPrivateKey::generate(1024);
  return kKey;
}

// Read once; a copy for each test, which changes what it is about.
inline fixtures::Profile testProfile() {
  static const auto kProfile = *fixtures::builtInProfile(fixtures::kDefaultProfile);
  return kProfile;
}

class TestDevice {
 public:
  explicit TestDevice(fixtures::Profile profile = testProfile(), std::string password = "secret-1")
      : TestDevice(
            std::move(profile),
            DeviceOptions{.account = {.username = "admin", .password = std::move(password)}}) {}
  TestDevice(fixtures::Profile profile, DeviceOptions options, LoginKeys keys = testLoginKey())
      : device(std::make_shared<const fixtures::Profile>(std::move(profile)), std::move(options),
               std::move(keys), {.clock = clock, .random = random}) {}

  HttpReply post(std::string_view target, std::string_view body,
                 std::string_view client = "127.0.0.1") {
    return send({.method = "POST", .target = target, .body = body}, client);
  }

  HttpReply send(const HttpRequest& request, std::string_view client = "127.0.0.1") {
    return device.handle(request, {.address = std::string(client)});
  }

  protocol::Challenge challenge(std::string_view client = "127.0.0.1") {
    const auto reply =
        post("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})", client);
    return *protocol::parseChallenge(*protocol::parseJson(reply.body)->find("data"));
  }

  // The answer to a login with a fresh challenge.
  HttpReply login(std::string_view password, std::string_view client = "127.0.0.1") {
    const auto prepared = protocol::preparePassword(password, challenge(client));
    return post("/", printRequest(protocol::loginRequest("admin", *prepared)), client);
  }

  // Logs in and returns "/stok=<token>/ds".
  std::string open(std::string_view password = "secret-1") {
    const auto reply = protocol::parseReply(login(password).body);
    return protocol::parseAdmission(*reply)->token.commandPath();
  }

  ManualClock clock{Clock::Time(std::chrono::seconds(1782300000))};
  SeededRandom random{1};
  Device device;
};

// One member of an answer: at(reply, {"data", "code"}); null if it is not there.
inline protocol::Json at(const HttpReply& reply, std::initializer_list<std::string_view> keys) {
  const auto body = protocol::parseJson(reply.body);
  if (!body) return {};
  const auto* value = body->at(keys);
  return value == nullptr ? protocol::Json() : *value;
}

}  // namespace stoklab::emulator
