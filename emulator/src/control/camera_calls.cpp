#include <algorithm>
#include <array>
#include <optional>

#include "control/arguments.h"
#include "control/handlers.h"
#include "control/time_text.h"
#include "journal/masking.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::size_t kMostSnapshots = 64;
constexpr std::size_t kCamerasAtOnce = 256;
constexpr std::array<std::string_view, 3> kProgress = {"up", "away", "upgrading"};

Json asInteger(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Json factsAsJson(const CameraFacts& facts, const fixtures::Profile& profile) {
  const ServerCounts& counts = facts.counts;
  return Json::object(
      {{"id", facts.id},
       {"url", facts.url},
       {"certificate_sha256",
        facts.certificateSha256.empty() ? Json() : Json(facts.certificateSha256)},
       {"profile", profile.name},
       {"model", profile.identity.model},
       {"hardware", profile.identity.hardware},
       {"firmware", profile.identity.firmware},
       {"progress", kProgress[static_cast<std::size_t>(facts.progress)]},
       {"counts", Json::object({{"connections", asInteger(counts.connections)},
                                {"open", asInteger(counts.open)},
                                {"handshakes", asInteger(counts.handshakes)},
                                {"requests", asInteger(counts.requests)},
                                {"refused_connections", asInteger(counts.refusedConnections)},
                                {"bad_requests", asInteger(counts.badRequests)}})}});
}

void setDeviceFacts(Json& camera, ControlState& state, DeviceControl& device,
                    const fixtures::Profile& profile) {
  const auto away = device.awayFor();
  camera.set("away_ms", away ? Json(std::int64_t{away->count()}) : Json());
  const std::vector<std::string> path = {"device_info", "basic_info"};
  const auto identity = device.read(path);
  if (!identity) return;
  camera.set("identity", state.reveal == Reveal::secrets
                             ? *identity
                             : Masker(&profile).settings(path, *identity));
}

// Everything that a test may have done to it, undone.
void resetCamera(ControlledCamera& camera, DeviceControl* device) {
  camera.faults().reset();
  camera.clock().reset();
  if (device != nullptr) device->reset();
  camera.journal().clear();
}

// Spares a camera that nobody has used from being set up for it; false in the middle of an upgrade.
bool resetIfUsed(ControlledCamera& camera) {
  if (camera.isUnused()) {
    resetCamera(camera, nullptr);
    return true;
  }
  return camera.withDevice([&](DeviceControl& device) { resetCamera(camera, &device); });
}

ControlAnswer resetAll(ControlState& state) {
  std::size_t done = 0;
  for (std::size_t first = 0; first < state.cameras.size(); first += kCamerasAtOnce) {
    for (const CameraFacts& facts : state.cameras.list(first, kCamerasAtOnce)) {
      ControlledCamera* camera = state.cameras.find(facts.id);
      if (camera != nullptr && resetIfUsed(*camera)) ++done;
    }
  }
  return {.body = Json::object({{"cameras", asInteger(done)}})};
}

std::optional<ControlState::Snapshot> findSnapshot(ControlState& state, const std::string& id,
                                                   const std::string& name) {
  const std::lock_guard lock(state.mutex);
  const auto camera = state.snapshots.find(id);
  if (camera == state.snapshots.end()) return std::nullopt;
  const auto snapshot = camera->second.find(name);
  return snapshot == camera->second.end() ? std::nullopt : std::optional(snapshot->second);
}

ControlAnswer noSnapshot(const std::string& name) {
  return refuse(404, "no_such_snapshot",
                "there is no snapshot " + name + "; GET snapshots lists those that there are");
}

bool isSnapshotName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace

ControlAnswer describeCamera(ControlState& state, const ControlCall& call, int status) {
  const auto profile = call.camera->profile();
  Json camera = factsAsJson(call.camera->facts(), *profile);
  camera.set("away_ms", Json());
  call.camera->withDevice(
      [&](DeviceControl& device) { setDeviceFacts(camera, state, device, *profile); });
  return {.status = status, .body = std::move(camera)};
}

ControlAnswer listCameras(ControlState& state, const ControlCall& call) {
  Json list = Json::array();
  const auto first = static_cast<std::size_t>(integerOf(call.query, "first", 0));
  const auto limit = static_cast<std::size_t>(integerOf(call.query, "limit", 100));
  for (const CameraFacts& facts : state.cameras.list(first, limit)) {
    if (ControlledCamera* camera = state.cameras.find(facts.id))
      list.push(factsAsJson(facts, *camera->profile()));
  }
  return {.body = Json::object(
              {{"total", asInteger(state.cameras.size())}, {"cameras", std::move(list)}})};
}

ControlAnswer getCamera(ControlState& state, const ControlCall& call) {
  return describeCamera(state, call);
}

ControlAnswer resetCameras(ControlState& state, const ControlCall& call) {
  const std::string name = textOf(call.body, "snapshot");
  if (call.camera == nullptr) {
    if (name.empty()) return resetAll(state);
    return refuse(409, "which_camera",
                  "a snapshot is of one camera: POST /cameras/{id}/reset says of which");
  }
  std::optional<ControlState::Snapshot> snapshot;
  if (!name.empty()) {
    snapshot = findSnapshot(state, call.id, name);
    if (!snapshot) return noSnapshot(name);
    if (snapshot->profile != call.camera->profile())
      return refuse(409, "other_firmware",
                    "the snapshot " + name + " was taken before a firmware upgrade; take another");
  }
  return withDevice(*call.camera, [&](DeviceControl& device) {
    resetCamera(*call.camera, &device);
    if (snapshot) device.restore(*snapshot->settings);
    return describeCamera(state, call);
  });
}

ControlAnswer rebootCamera(ControlState& state, const ControlCall& call) {
  ControlAnswer answer = withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    std::optional<std::chrono::milliseconds> away;
    if (isGiven(call.body, "away_ms"))
      away = std::chrono::milliseconds(integerOf(call.body, "away_ms", 0));
    device.reboot(away);
    return {};
  });
  if (answer.status != 200) return answer;
  call.camera->journal().recordEvent("rebooted", {});
  return describeCamera(state, call);
}

ControlAnswer upgradeCamera(ControlState& state, const ControlCall& call) {
  if (call.camera->beginUpgrade()) return describeCamera(state, call, 202);
  return refuse(409, "no_upgrade",
                "there is no firmware to come, or its upgrade has begun already: start the camera "
                "with --upgrade-to PROFILE, and ask for it once");
}

ControlAnswer listSnapshots(ControlState& state, const ControlCall& call) {
  Json list = Json::array();
  const std::lock_guard lock(state.mutex);
  const auto camera = state.snapshots.find(call.id);
  if (camera != state.snapshots.end())
    for (const auto& [name, snapshot] : camera->second)
      list.push(Json::object({{"name", name},
                              {"taken", timeText(snapshot.taken)},
                              {"firmware", snapshot.profile->identity.firmware}}));
  return {.body = Json::object({{"snapshots", std::move(list)}})};
}

ControlAnswer takeSnapshot(ControlState& state, const ControlCall& call) {
  if (!isSnapshotName(call.name))
    return refuse(400, "bad_name",
                  "a snapshot's name is 1 to 64 letters, digits, dots, dashes and underscores");
  return withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    ControlState::Snapshot snapshot{.profile = call.camera->profile(),
                                    .settings = device.snapshot(),
                                    .taken = call.camera->clock().now()};
    const std::lock_guard lock(state.mutex);
    auto& all = state.snapshots[call.id];
    const bool replaces = all.contains(call.name);
    if (!replaces && all.size() >= kMostSnapshots)
      return refuse(409, "too_many_snapshots",
                    "there are 64 snapshots of this camera already: DELETE one that is not needed");
    all[call.name] = std::move(snapshot);
    return {.status = replaces ? 200 : 201, .body = Json::object({{"name", call.name}})};
  });
}

ControlAnswer dropSnapshot(ControlState& state, const ControlCall& call) {
  const std::lock_guard lock(state.mutex);
  const auto camera = state.snapshots.find(call.id);
  if (camera == state.snapshots.end() || camera->second.erase(call.name) == 0)
    return noSnapshot(call.name);
  return {.body = Json::object({{"dropped", 1}})};
}

}  // namespace stoklab::emulator
