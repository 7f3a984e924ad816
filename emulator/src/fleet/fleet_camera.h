// One camera of a fleet. Until somebody uses it there is a clock and little else; then it has a
// device of its own around the model that it shares with its like.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/emulator/device.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/fleet.h"
#include "webui/console.h"

namespace stoklab::emulator {

// What the cameras of one profile share; outlives them.
struct FleetGroup {
  std::shared_ptr<const fixtures::Profile> profile;
  std::shared_ptr<const DeviceModel> model;
  std::string certificateSha256 = {};  // empty: they speak plain HTTP
};

// What is known of a camera before it is made.
struct FleetCameraSetup {
  const FleetGroup& group;
  const ConsoleLink& console;
  std::string id = {};
  DeviceOptions device = {};  // the account among them, not the identity
  std::function<protocol::Json()> identity;
  ClockStart clock = {};
  JournalLimits journal = {};
  const protocol::Json* faultScript = nullptr;  // checked already; null: none
  std::uint64_t faultSeed = 0;
  std::optional<std::uint64_t> randomSeed = {};  // nullopt: the environment's chance
};

// All members may be called from several threads.
class FleetCamera final : public ControlledCamera {
 public:
  // `describe` says where it is.
  FleetCamera(FleetCameraSetup setup, Environment environment,
              std::function<CameraFacts()> describe);

  HttpReply handle(const HttpRequest& request, const Peer& peer);

  CameraFacts facts() const override;
  std::shared_ptr<const fixtures::Profile> profile() const override { return setup_.group.profile; }
  bool withDevice(const std::function<void(DeviceControl&)>& visit) override;
  SteerableClock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }
  FaultScript& faults() override;
  bool isUnused() const override { return !inUse_; }
  bool beginUpgrade() override { return false; }

 private:
  struct Parts;
  Parts& parts();

  FleetCameraSetup setup_;
  SteerableClock clock_;
  Random& shared_;
  Journal journal_;
  const std::function<CameraFacts()> describe_;
  std::once_flag scripted_, made_;
  std::shared_ptr<FaultScript> script_;  // by faults()
  std::shared_ptr<Parts> parts_;         // by parts()
  std::atomic<bool> inUse_{false};
};

}  // namespace stoklab::emulator
