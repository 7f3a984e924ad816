// Cameras that only remember what the control interface does to them, and a client of it, for
// tests. What the interface does with a real one is tested through the program.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/raw_client.h"
#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

class FakeDevice final : public DeviceControl {
 public:
  explicit FakeDevice(const Clock& clock) : clock_(clock) {}

  protocol::Result<protocol::Json> read(const std::vector<std::string>& path) const override {
    const protocol::Json* value = &settings;
    for (const std::string& part : path) {
      value = value->find(part);
      if (value == nullptr) return protocol::malformed("there is no " + part);
    }
    return *value;
  }
  protocol::Result<void> patch(const protocol::Json& modules) override {
    for (const auto& [module, value] : *modules.members())
      if (settings.find(module) == nullptr) return protocol::malformed("there is no " + module);
    for (const auto& [module, value] : *modules.members()) settings.set(module, value);
    return {};
  }
  protocol::Result<void> change(protocol::Method method, const protocol::Json& modules) override {
    if (method != protocol::Method::set)
      return protocol::Error{.kind = protocol::ErrorKind::refused, .deviceCode = -40209};
    return patch(modules);
  }
  class Taken final : public Snapshot {
   public:
    explicit Taken(protocol::Json settings) : kept(std::move(settings)) {}
    protocol::Json kept;
  };
  std::shared_ptr<const Snapshot> snapshot() const override {
    return std::make_shared<Taken>(settings);
  }
  void restore(const Snapshot& snapshot) override {
    settings = dynamic_cast<const Taken&>(snapshot).kept;
  }
  void reset() override {
    settings = defaults();
    open.clear();
    locked = {};
    away.reset();
  }
  std::vector<SessionFacts> sessions() const override { return open; }
  bool expireSession(std::uint64_t number) override {
    return std::erase_if(open, [&](const auto& each) { return each.number == number; }) > 0;
  }
  bool revokeSession(std::uint64_t number) override { return expireSession(number); }
  void lock(LockKind kind, std::optional<std::chrono::seconds> time,
            const std::string& client) override {
    locked = {.kind = kind, .left = time, .clients = {}};
    if (!client.empty()) locked.clients.push_back({.address = client, .failures = 3, .left = time});
  }
  LockFacts lockFacts() const override { return locked; }
  void reboot(std::optional<std::chrono::milliseconds> time) override {
    away = time.value_or(std::chrono::minutes(1));
  }
  std::optional<std::chrono::milliseconds> awayFor() const override { return away; }

  static protocol::Json defaults() {
    return *protocol::parseJson(
        R"({"image":{"switch":{"flicker":"50hz"}},"device_info":{"basic_info":)"
        R"({"mac":"00-00-5E-00-53-17","device_model":"VIGI C350"}},)"
        R"("user_management":{"root":{"passwd":"hidden-passwd"}}})");
  }
  void login() {
    open.push_back({.number = open.size() + 1,
                    .token = "token-of-a-session",
                    .userGroup = "root",
                    .opened = clock_.now(),
                    .expires = clock_.now() + std::chrono::minutes(30)});
  }

  protocol::Json settings = defaults();
  std::vector<SessionFacts> open;
  LockFacts locked;
  std::optional<std::chrono::milliseconds> away;

 private:
  const Clock& clock_;
};

class FakeCamera final : public ControlledCamera {
 public:
  explicit FakeCamera(std::string name) : id(std::move(name)) {}

  CameraFacts facts() const override {
    return {.id = id,
            .url = "https://127.0.0.1:8443",
            .progress = upgrading ? CameraProgress::upgrading : CameraProgress::up,
            .counts = {.requests = 3}};
  }
  std::shared_ptr<const fixtures::Profile> profile() const override { return profile_; }
  bool withDevice(const std::function<void(DeviceControl&)>& visit) override {
    if (!upgrading) visit(device);
    return !upgrading;
  }
  SteerableClock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }
  FaultScript& faults() override { return faults_; }
  std::vector<std::string> plantedFaults() const override { return {"slow-reads"}; }
  bool beginUpgrade() override { return std::exchange(mayUpgrade, false); }

  void receive(std::string_view body, std::string_view answer = R"({"error_code":0})") {
    journal_.record({.method = "POST", .target = "/stok=token-of-a-session/ds", .body = body},
                    {.address = "127.0.0.1"}, {.body = std::string(answer)}, 1);
  }

  const std::string id;
  bool mayUpgrade = false, upgrading = false;

 private:
  ManualClock base_{Clock::Time(std::chrono::seconds(1767225600))};  // 2026-01-01T00:00:00Z
  SteerableClock clock_{base_};
  Journal journal_{clock_};
  FaultScript faults_;
  std::shared_ptr<const fixtures::Profile> profile_ = std::make_shared<const fixtures::Profile>(
      *fixtures::builtInProfile(fixtures::kDefaultProfile));

 public:
  FakeDevice device{clock_};
};

class FakeDirectory final : public CameraDirectory {
 public:
  explicit FakeDirectory(std::size_t count = 1) {
    for (std::size_t i = 1; i <= count; ++i)
      cameras.push_back(std::make_unique<FakeCamera>(std::to_string(i)));
  }
  std::size_t size() const override { return cameras.size(); }
  std::vector<CameraFacts> list(std::size_t first, std::size_t most) const override {
    std::vector<CameraFacts> facts;
    for (std::size_t i = first; i < cameras.size() && facts.size() < most; ++i)
      facts.push_back(cameras[i]->facts());
    return facts;
  }
  ControlledCamera* find(const std::string& id) override {
    for (const auto& camera : cameras)
      if (camera->id == id) return camera.get();
    return nullptr;
  }
  bool ownsOrigin(const std::string& origin) const override {
    return origin == "https://127.0.0.1:8443";
  }
  FakeCamera& at(std::size_t index) { return *cameras.at(index); }

  std::vector<std::unique_ptr<FakeCamera>> cameras;
};

// The interface in front of such cameras, and somebody who calls it.
class TestControl {
 public:
  explicit TestControl(std::size_t cameras = 1, const ControlOptions& options = {})
      : directory(cameras), server(ControlServer::start(directory, options).value()) {}

  // `headers` with their line ends.
  RawAnswer send(const std::string& method, const std::string& path, const std::string& body = {},
                 const std::string& headers = "Host: 127.0.0.1\r\n") {
    RawClient client(server->port(), {.tls = false});
    std::string request = method + " " + path + " HTTP/1.1\r\n" + headers;
    if (!body.empty())
      request +=
          "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n";
    return client.ask(request + "\r\n" + body).value_or(RawAnswer{});
  }
  // "200 {...}", without the schema_version that everything begins with.
  std::string call(const std::string& method, const std::string& path,
                   const std::string& body = {}) {
    const RawAnswer answer = send(method, path, body);
    constexpr std::string_view kBegin = R"({"schema_version":1,)";
    std::string text = answer.body;
    if (text.starts_with(kBegin)) text.replace(0, kBegin.size(), "{");
    return std::to_string(answer.status) + " " + text;
  }
  // The code of the error that is answered.
  std::string errorOf(const std::string& method, const std::string& path,
                      const std::string& body = {}) {
    const RawAnswer answer = send(method, path, body);
    const auto json = protocol::parseJson(answer.body);
    const auto* code = json ? json->at({"error", "code"}) : nullptr;
    return std::to_string(answer.status) + " " + (code != nullptr ? *code->string() : answer.body);
  }

  FakeDirectory directory;
  std::unique_ptr<ControlServer> server;
};

}  // namespace stoklab::emulator
