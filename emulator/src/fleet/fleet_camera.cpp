#include "fleet_camera.h"

#include <utility>

namespace stoklab::emulator {

struct FleetCamera::Parts {
  std::unique_ptr<Random> random;    // null: that of all
  Device* device = nullptr;          // lies within
  std::unique_ptr<Endpoint> inside;  // of the journal
  std::unique_ptr<Endpoint> endpoint;
};

FleetCamera::FleetCamera(FleetCameraSetup setup, Environment environment,
                         std::function<CameraFacts()> describe)
    : setup_(std::move(setup)),
      clock_(environment.clock, setup_.clock),
      shared_(environment.random),
      journal_(clock_, setup_.journal),
      describe_(std::move(describe)) {}

FaultScript& FleetCamera::faults() {
  std::call_once(scripted_, [this] {
    auto script = std::make_shared<FaultScript>(setup_.faultSeed);
    // The fleet has checked it.
    if (setup_.faultScript != nullptr) static_cast<void>(script->add(*setup_.faultScript));
    script_ = std::move(script);
  });
  return *script_;
}

FleetCamera::Parts& FleetCamera::parts() {
  std::call_once(made_, [this] {
    auto parts = std::make_shared<Parts>();
    if (setup_.randomSeed) parts->random = std::make_unique<SeededRandom>(*setup_.randomSeed);
    DeviceOptions options = setup_.device;
    options.identity = setup_.identity();
    auto device = std::make_unique<Device>(
        setup_.group.model, std::move(options),
        Environment{.clock = clock_, .random = parts->random ? *parts->random : shared_});
    parts->device = device.get();
    faults();
    parts->inside = makeScripted(std::move(device), script_,
                                 {.profile = profile(), .control = &parts->device->control()});
    parts->endpoint = std::make_unique<ConsoleEndpoint>(
        std::make_unique<JournalEndpoint>(*parts->inside, journal_), setup_.console, setup_.id);
    parts_ = std::move(parts);
    inUse_ = true;
  });
  return *parts_;
}

HttpReply FleetCamera::handle(const HttpRequest& request, const Peer& peer) {
  return parts().endpoint->handle(request, peer);
}

CameraFacts FleetCamera::facts() const {
  CameraFacts facts = describe_();
  if (inUse_ && parts_->device->control().awayFor()) facts.progress = CameraProgress::away;
  return facts;
}

bool FleetCamera::withDevice(const std::function<void(DeviceControl&)>& visit) {
  visit(parts().device->control());
  return true;
}

}  // namespace stoklab::emulator
