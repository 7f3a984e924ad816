#include "stoklab/emulator/fleet.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "camera_setup.h"
#include "fleet_camera.h"
#include "fleet_plan.h"
#include "server/listener.h"
#include "server/worker.h"
#include "stoklab/emulator/camera_identity.h"
#include "stoklab/emulator/identity.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr const char* kAnyAddress = "0.0.0.0";

// A number that has nothing to do with its neighbour's, for the same seed the same.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t number) {
  SeededRandom random(seed ^ (number * 0x9E3779B97F4A7C15U));
  return random.next();
}

Result<void> checkOptions(const FleetOptions& fleet, const CameraOptions& options) {
  const std::array<std::pair<bool, std::string_view>, 6> useless = {{
      {options.replay.has_value(), "a trace to replay"},
      {options.upgrade.has_value(), "an upgrade"},
      {options.httpPort.has_value(), "a second port for plain HTTP"},
      {!options.journal.empty(), "a file for its journal"},
      {!options.faults.empty(), "planted faults"},
      {fleet.addressing == FleetAddressing::address && options.address != kAnyAddress &&
           options.address != "127.0.0.1",
       "a listening address, unless its cameras are told apart by port"},
  }};
  for (const auto& [given, what] : useless)
    if (given) return malformed("a fleet does not take " + std::string(what));
  return {};
}

// Where a camera is, in one number.
std::uint64_t placeOf(std::uint32_t address, std::uint16_t port) {
  return std::uint64_t{address} << 16 | port;
}

class FleetImpl final : public Fleet, public Endpoint, public ConnectionScript {
 public:
  FleetImpl(FleetOptions fleet, const CameraOptions& options, Environment environment)
      : fleet_(std::move(fleet)), options_(options), environment_(environment) {}
  ~FleetImpl() override { stop(std::chrono::milliseconds(0)); }

  Result<void> start();

  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    FleetCamera* camera = cameraOf(peer);
    return camera != nullptr ? camera->handle(request, peer)
                             : HttpReply{.afterwards = Afterwards::drop};
  }
  Effort effortOf(const HttpRequest& request) const override { return Device::effortFor(request); }

  std::optional<ConnectionFault> onConnection(Peer& peer) override {
    FleetCamera* camera = cameraOf(peer);
    // As if nobody listened at that address.
    if (camera == nullptr) return ConnectionFault{.kind = ConnectionFault::Kind::reset};
    return camera->faults().onConnection(peer);
  }

  std::size_t size() const override { return slots_.size(); }
  std::vector<CameraFacts> list(std::size_t first, std::size_t most) const override;
  ControlledCamera* find(const std::string& id) override {
    const auto found = byId_.find(id);
    return found == byId_.end() ? nullptr : &camera(found->second);
  }
  void controlledFrom(const std::string& url) override { console_.set(url); }
  bool ownsOrigin(const std::string& origin) const override;

  FleetFacts facts() const override;
  std::vector<std::pair<std::string, std::vector<ScriptedFaultFacts>>> unusedFaults()
      const override;
  void stop(std::chrono::milliseconds patience) override {
    for (const auto& group : groups_)
      if (group.server) group.server->stop(patience);
  }

 private:
  struct Group {
    FleetGroup common;
    std::vector<std::size_t> slots;  // of its cameras, in order
    std::unique_ptr<HttpsServer> server;
  };
  struct Slot {
    PlannedCamera plan;
    const Group* group = nullptr;
    std::atomic<FleetCamera*> made{nullptr};
  };

  const FleetMember& memberOf(const Slot& slot) const { return fleet_.members[slot.plan.member]; }
  bool byAddress() const { return fleet_.addressing == FleetAddressing::address; }
  Result<void> makeGroups();
  Result<void> readCertificates();
  Result<void> serve(Group& group);
  ListenAddress doorOf(const Slot& slot) const;
  FleetCamera& camera(std::size_t index);
  FleetCamera* cameraOf(const Peer& peer);
  FleetCameraSetup setupOf(const Slot& slot);
  Json identityOf(const Slot& slot) const;
  std::string addressText(const Slot& slot) const {
    return byAddress() ? printIpv4(slot.plan.address) : options_.address;
  }
  std::string urlOf(const Slot& slot) const;
  CameraFacts factsOf(const Slot& slot) const;

  const FleetOptions fleet_;
  const CameraOptions options_;
  const Environment environment_;
  std::uint16_t port_ = 0;    // by address: that of all
  std::deque<Group> groups_;  // their addresses stay
  std::map<std::size_t, std::pair<std::shared_ptr<const Identity>, std::string>>
      certificates_;  // of members that have one, with its fingerprint
  std::deque<Slot> slots_;
  std::unordered_map<std::string, std::size_t> byId_;
  std::unordered_map<std::uint64_t, std::size_t> byPlace_;
  std::atomic<bool> complete_{false};  // all of the above; nothing of it changes from then on

  ConsoleLink console_;
  std::mutex mutex_;  // guards what follows
  std::deque<FleetCamera> cameras_;
};

Result<void> FleetImpl::start() {
  if (auto good = checkOptions(fleet_, options_); !good) return good;
  auto plan = planFleet(fleet_, byAddress() ? std::uint16_t{0} : options_.port);
  if (!plan) return std::move(plan).error();
  if (!options_.faultScript.isNull()) {
    FaultScript trial;
    if (auto good = trial.add(options_.faultScript); !good) return std::move(good).error();
  }
  byId_.reserve(plan->size());
  byPlace_.reserve(plan->size());
  for (PlannedCamera& planned : *plan) {
    byId_.emplace(planned.id, slots_.size());
    slots_.emplace_back().plan = std::move(planned);
  }
  if (auto made = readCertificates(); !made) return made;
  if (auto made = makeGroups(); !made) return made;
  port_ = byAddress() ? options_.port : std::uint16_t{0};
  for (Group& group : groups_)
    if (auto served = serve(group); !served) return served;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    byPlace_.emplace(placeOf(slots_[i].plan.address, slots_[i].plan.port), i);
  complete_ = true;
  return {};
}

Result<void> FleetImpl::readCertificates() {
  for (std::size_t i = 0; i < fleet_.members.size(); ++i) {
    const auto& files = fleet_.members[i].certificate;
    if (!files) continue;
    auto identity = readIdentity(files->certificate, files->privateKey);
    if (!identity) return std::move(identity).error();
    auto fingerprint = certificateFingerprint(*identity);
    if (!fingerprint) return std::move(fingerprint).error();
    certificates_.emplace(
        i, std::pair(std::make_shared<const Identity>(*std::move(identity)), *fingerprint));
  }
  return {};
}

// One for each profile, with what its cameras share.
Result<void> FleetImpl::makeGroups() {
  std::map<const Profile*, Group*> known;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& profile = memberOf(slots_[i]).profile;
    Group*& group = known[profile.get()];
    if (group == nullptr) {
      if (auto possible = checkPlain(*profile, options_); !possible) return possible;
      auto keys = loginKeysFor(*profile, options_);
      if (!keys) return std::move(keys).error();
      group = &groups_.emplace_back();
      group->common.profile = profile;
      group->common.model = makeDeviceModel(profile, *std::move(keys));
    }
    if (certificates_.contains(slots_[i].plan.member) && !speaksTls(*profile))
      return malformed("camera " + slots_[i].plan.id +
                       " has a certificate, and its profile speaks plain HTTP");
    slots_[i].group = group;
    group->slots.push_back(i);
  }
  return {};
}

ListenAddress FleetImpl::doorOf(const Slot& slot) const {
  ListenAddress door{.address = addressText(slot), .port = byAddress() ? port_ : slot.plan.port};
  if (const auto own = certificates_.find(slot.plan.member); own != certificates_.end())
    door.identity = own->second.first;
  return door;
}

// By address, one listener takes all cameras, if they are of one profile; otherwise each has one.
Result<void> FleetImpl::serve(Group& group) {
  const Profile& profile = *group.common.profile;
  Identity identity;
  if (speaksTls(profile)) {
    auto made = identityFor(profile, options_);
    if (!made) return std::move(made).error();
    auto fingerprint = certificateFingerprint(*made);
    if (!fingerprint) return std::move(fingerprint).error();
    identity = *std::move(made);
    group.common.certificateSha256 = *std::move(fingerprint);
  }
  const auto shared = std::make_shared<const Identity>(identity);
  ServerOptions server = serverOptionsFor(profile, options_, std::move(identity));
  server.connections = std::shared_ptr<ConnectionScript>(std::shared_ptr<void>(), this);
  server.workers = std::max<std::size_t>(1, usableCores());
  if (byAddress() && groups_.size() == 1) {
    server.address = kAnyAddress;
    server.port = port_;
    server.loopbackOnly = true;
  } else {
    if (byAddress() && port_ == 0) {
      // Any free one will do, but it has to be the same for all.
      auto free = listenOn({.address = addressText(slots_[group.slots.front()])}, false);
      if (!free) return std::move(free).error();
      port_ = free->here.localPort;
    }
    for (const std::size_t slot : group.slots) {
      server.more.push_back(doorOf(slots_[slot]));
      if (!server.more.back().identity) server.more.back().identity = shared;
    }
    const ListenAddress first = server.more.front();
    server.more.erase(server.more.begin());
    server.address = first.address;
    server.port = first.port;
    server.tls.identity = *first.identity;
  }
  auto started = HttpsServer::start(*this, server);
  if (!started) return std::move(started).error();
  group.server = *std::move(started);
  if (byAddress()) {
    port_ = group.server->port();
    return {};
  }
  const auto ports = group.server->ports();
  for (std::size_t i = 0; i < group.slots.size(); ++i) slots_[group.slots[i]].plan.port = ports[i];
  return {};
}

FleetCamera* FleetImpl::cameraOf(const Peer& peer) {
  // Whoever comes earlier finds nobody there yet.
  if (!complete_) return nullptr;
  std::uint64_t place = placeOf(0, peer.localPort);
  if (byAddress()) {
    const auto address = parseIpv4(peer.localAddress);
    if (!address) return nullptr;
    place = placeOf(*address, 0);
  }
  const auto found = byPlace_.find(place);
  return found == byPlace_.end() ? nullptr : &camera(found->second);
}

FleetCamera& FleetImpl::camera(std::size_t index) {
  Slot& slot = slots_[index];
  if (FleetCamera* const made = slot.made) return *made;
  const std::lock_guard lock(mutex_);
  if (slot.made == nullptr)
    slot.made = &cameras_.emplace_back(setupOf(slot), environment_,
                                       [this, &slot] { return factsOf(slot); });
  return *slot.made;
}

FleetCameraSetup FleetImpl::setupOf(const Slot& slot) {
  FleetCameraSetup setup{.group = slot.group->common,
                         .console = console_,
                         .id = slot.plan.id,
                         .device = options_.device,
                         .identity = [this, &slot] { return identityOf(slot); },
                         .clock = options_.clock,
                         .journal = fleet_.journal,
                         .faultSeed = mixed(fleet_.seed + 1, slot.plan.number)};
  if (!options_.faultScript.isNull()) setup.faultScript = &options_.faultScript;
  if (fleet_.repeatable) setup.randomSeed = mixed(fleet_.seed, slot.plan.number);
  Account& account = setup.device.account;
  if (account.username.empty())
    account.username = slot.group->common.profile->authentication.username.value;
  if (const auto& own = memberOf(slot).password) account.password = *own;
  return setup;
}

Json FleetImpl::identityOf(const Slot& slot) const {
  const FleetMember& member = memberOf(slot);
  CameraIdentity identity = madeUpIdentity(slot.plan.number, fleet_.seed);
  if (!member.mac.empty()) identity.mac = member.mac;
  if (!member.serial.empty()) identity.serial = member.serial;
  if (!member.name.empty())
    identity.name = member.count == 1 ? member.name
                                      : member.name + " " + std::to_string(slot.plan.ofMember + 1);
  identity.address = addressText(slot);
  return identityPatch(*slot.group->common.profile, identity);
}

CameraFacts FleetImpl::factsOf(const Slot& slot) const {
  CameraFacts facts{.id = slot.plan.id,
                    .url = urlOf(slot),
                    .certificateSha256 = slot.group->common.certificateSha256,
                    .counts = slot.group->server->counts()};
  if (const auto own = certificates_.find(slot.plan.member); own != certificates_.end())
    facts.certificateSha256 = own->second.second;
  return facts;
}

std::string FleetImpl::urlOf(const Slot& slot) const {
  const std::string address = addressText(slot);
  const bool literal6 = address.find(':') != std::string::npos;
  return (speaksTls(*slot.group->common.profile) ? "https://" : "http://") +
         (literal6 ? "[" + address + "]" : address) + ":" +
         std::to_string(byAddress() ? port_ : slot.plan.port);
}

std::vector<CameraFacts> FleetImpl::list(std::size_t first, std::size_t most) const {
  std::vector<CameraFacts> facts;
  for (std::size_t i = first; i < slots_.size() && facts.size() < most; ++i) {
    const FleetCamera* const made = slots_[i].made;
    facts.push_back(made != nullptr ? made->facts() : factsOf(slots_[i]));
  }
  return facts;
}

bool FleetImpl::ownsOrigin(const std::string& origin) const {
  const auto colon = origin.rfind(':');
  const auto slashes = origin.find("://");
  if (slashes == std::string::npos || colon <= slashes) return false;
  const std::string port = origin.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535) return false;
  std::uint64_t place = placeOf(0, static_cast<std::uint16_t>(number));
  if (byAddress()) {
    const auto address = parseIpv4(origin.substr(slashes + 3, colon - slashes - 3));
    if (!address) return false;
    place = placeOf(*address, 0);
  }
  const auto found = byPlace_.find(place);
  return found != byPlace_.end() && urlOf(slots_[found->second]) == origin;
}

FleetFacts FleetImpl::facts() const {
  FleetFacts facts{.cameras = slots_.size(), .port = port_};
  std::set<std::string> fingerprints;
  for (const Group& group : groups_) {
    fingerprints.insert(group.common.certificateSha256);
    facts.counts = sum(facts.counts, group.server->counts());
  }
  for (const auto& [member, certificate] : certificates_) fingerprints.insert(certificate.second);
  if (fingerprints.size() == 1) facts.certificateSha256 = *fingerprints.begin();
  return facts;
}

std::vector<std::pair<std::string, std::vector<ScriptedFaultFacts>>> FleetImpl::unusedFaults()
    const {
  std::vector<std::pair<std::string, std::vector<ScriptedFaultFacts>>> unused;
  for (const Slot& slot : slots_) {
    FleetCamera* const made = slot.made;
    if (made == nullptr) continue;
    if (auto faults = made->faults().unused(); !faults.empty())
      unused.emplace_back(slot.plan.id, std::move(faults));
  }
  return unused;
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::start(FleetOptions fleet, const CameraOptions& options,
                                            Environment environment) {
  auto started = std::make_unique<FleetImpl>(std::move(fleet), options, environment);
  if (auto good = started->start(); !good) return std::move(good).error();
  return std::unique_ptr<Fleet>(std::move(started));
}

}  // namespace stoklab::emulator
