#include "stoklab/emulator/emulated_camera.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "camera_setup.h"
#include "exchange_journal.h"
#include "port_reservation.h"
#include "redirect.h"
#include "stoklab/emulator/identity.h"
#include "webui/console.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Result;

namespace {

std::shared_ptr<const Profile> faulty(const Profile& profile,
                                      const std::vector<const Fault*>& faults) {
  auto changed = std::make_shared<Profile>(profile);
  for (const Fault* fault : faults)
    if (fault->changeProfile != nullptr) fault->changeProfile(*changed);
  return changed;
}

// How long requests that are under way may take to finish before an upgrade begins.
constexpr std::chrono::seconds kPatience{2};

Result<std::unique_ptr<Endpoint>> withJournal(std::unique_ptr<Endpoint> inside,
                                              const std::filesystem::path& path, bool first) {
  if (path.empty()) return inside;
  std::ofstream file(path, first ? std::ios::trunc : std::ios::app);
  if (!file)
    return protocol::malformed("cannot write the journal " + path.string() + ": " +
                               std::strerror(errno));
  return std::unique_ptr<Endpoint>(
      std::make_unique<ExchangeJournal>(std::move(inside), std::move(file)));
}

}  // namespace

struct EmulatedCamera::Stage {
  std::shared_ptr<const Profile> profile;
  std::string certificateSha256;
  Device* device = nullptr;          // lies somewhere within
  const Replay* replay = nullptr;    // likewise
  std::unique_ptr<Endpoint> inside;  // of the journal in memory
  std::unique_ptr<Endpoint> endpoint;
  ServerOptions serverOptions;
  std::unique_ptr<HttpsServer> server;

  Result<void> serve() {
    auto started = HttpsServer::start(*endpoint, serverOptions);
    if (!started) return std::move(started).error();
    server = *std::move(started);
    return {};
  }
};

// The camera as the control interface sees it.
class EmulatedCamera::Control final : public CameraDirectory, public ControlledCamera {
 public:
  explicit Control(EmulatedCamera& camera) : camera_(camera) {}

  std::size_t size() const override { return 1; }
  std::vector<CameraFacts> list(std::size_t first, std::size_t most) const override {
    if (first > 0 || most == 0) return {};
    return {facts()};
  }
  ControlledCamera* find(const std::string& id) override { return id == kOnlyId ? this : nullptr; }
  void controlledFrom(const std::string& url) override { camera_.console_->set(url); }
  bool ownsOrigin(const std::string& origin) const override {
    const std::string url = camera_.url();
    const auto scheme = url.substr(0, url.find("://"));
    return origin == url || origin == scheme + "://localhost:" + std::to_string(camera_.port());
  }

  CameraFacts facts() const override {
    CameraFacts facts{.id = kOnlyId,
                      .url = camera_.url(),
                      .certificateSha256 = camera_.certificateSha256(),
                      .counts = camera_.counts()};
    if (const auto stage = camera_.stage()) {
      if (stage->device->control().awayFor()) facts.progress = CameraProgress::away;
    } else {
      facts.progress = CameraProgress::upgrading;
    }
    return facts;
  }
  std::shared_ptr<const Profile> profile() const override {
    const std::lock_guard lock(camera_.mutex_);
    return camera_.profile_;
  }
  // On a stage of its own: a device may begin an upgrade under its lock, which takes that of the
  // camera.
  bool withDevice(const std::function<void(DeviceControl&)>& visit) override {
    const auto stage = camera_.stage();
    if (!stage) return false;
    visit(stage->device->control());
    return true;
  }
  SteerableClock& clock() override { return camera_.clock_; }
  Journal& journal() override { return camera_.journal_; }
  std::vector<std::string> plantedFaults() const override {
    std::vector<std::string> names;
    for (const Fault* fault : camera_.options_.faults) names.emplace_back(fault->name);
    return names;
  }
  FaultScript& faults() override { return *camera_.script_; }
  bool beginUpgrade() override { return camera_.beginUpgrade(); }

  static constexpr const char* kOnlyId = "1";

 private:
  EmulatedCamera& camera_;
};

EmulatedCamera::EmulatedCamera(const CameraOptions& options, Environment environment)
    : options_(options),
      clock_(environment.clock, options.clock),
      environment_{.clock = clock_, .random = environment.random},
      journal_(clock_, options.journalLimits),
      script_(std::make_shared<FaultScript>(options.faultSeed)),
      console_(std::make_unique<ConsoleLink>()),
      control_(std::make_unique<Control>(*this)) {}

CameraDirectory& EmulatedCamera::directory() { return *control_; }

ControlledCamera& EmulatedCamera::control() { return *control_; }

std::shared_ptr<EmulatedCamera::Stage> EmulatedCamera::stage() const {
  const std::lock_guard lock(mutex_);
  return stage_;
}

EmulatedCamera::~EmulatedCamera() { stop(std::chrono::milliseconds(0)); }

// Ready to serve on `port`.
Result<std::unique_ptr<EmulatedCamera::Stage>> EmulatedCamera::makeStage(
    std::shared_ptr<const Profile> profile, std::uint16_t port) {
  auto stage = std::make_unique<Stage>();
  if (options_.replay)
    profile = std::make_shared<Profile>(withTraceHabits(*profile, *options_.replay->trace));
  if (!options_.faults.empty()) profile = faulty(*profile, options_.faults);
  stage->profile = profile;
  if (auto possible = checkPlain(*profile, options_); !possible) return possible.error();
  // An upgraded firmware has other keys, also where its certificate is of the same shape.
  const bool upgraded = port_ != 0;
  CameraOptions own = options_;
  if (upgraded && !own.stateDirectory.empty()) own.stateDirectory /= "upgraded";
  Identity identity;
  if (speaksTls(*profile)) {
    auto made = identityFor(*profile, own);
    if (!made) return std::move(made).error();
    auto fingerprint = certificateFingerprint(*made);
    if (!fingerprint) return std::move(fingerprint).error();
    identity = *std::move(made);
    stage->certificateSha256 = *std::move(fingerprint);
  }
  auto loginKeys = loginKeysFor(*profile, own);
  if (!loginKeys) return std::move(loginKeys).error();

  DeviceOptions options = options_.device;
  for (const Fault* fault : options_.faults)
    if (fault->lapse != nullptr) fault->lapse(options.lapses);
  if (options_.upgrade && !upgraded) options.onFirmwareUpgrade = [this] { beginUpgrade(); };
  auto device =
      std::make_unique<Device>(profile, std::move(options), *std::move(loginKeys), environment_);
  stage->device = device.get();
  if (options_.replay) {
    auto replay = std::make_unique<Replay>(options_.replay->trace, std::move(device),
                                           options_.replay->options);
    stage->replay = replay.get();
    stage->endpoint = std::move(replay);
  } else {
    stage->endpoint = std::move(device);
  }
  for (const Fault* fault : options_.faults)
    if (fault->wrap) stage->endpoint = fault->wrap(std::move(stage->endpoint));
  stage->endpoint = makeScripted(std::move(stage->endpoint), script_,
                                 {.profile = profile, .control = &stage->device->control()});
  auto written = withJournal(std::move(stage->endpoint), options_.journal, !upgraded);
  if (!written) return std::move(written).error();
  stage->inside = *std::move(written);
  stage->endpoint = std::make_unique<ConsoleEndpoint>(
      std::make_unique<JournalEndpoint>(*stage->inside, journal_), *console_, Control::kOnlyId);
  stage->serverOptions = serverOptionsFor(*profile, options_, std::move(identity));
  stage->serverOptions.connections = script_;
  stage->serverOptions.port = port;
  return stage;
}

Result<std::unique_ptr<EmulatedCamera>> EmulatedCamera::start(
    std::shared_ptr<const Profile> profile, const CameraOptions& options, Environment environment) {
  if (options.replay && options.upgrade)
    return protocol::malformed("a recording knows no other firmware: replay it or upgrade it");
  if (options.upgrade) {
    if (auto possible = checkPlain(*options.upgrade->to, options); !possible)
      return possible.error();
  }
  std::unique_ptr<EmulatedCamera> camera(new EmulatedCamera(options, environment));
  if (!options.faultScript.isNull()) {
    if (auto added = camera->script_->add(options.faultScript); !added)
      return std::move(added).error();
  }
  auto stage = camera->makeStage(std::move(profile), options.port);
  if (!stage) return std::move(stage).error();
  if (auto served = (*stage)->serve(); !served) return std::move(served).error();
  camera->stage_ = *std::move(stage);
  camera->port_ = camera->stage_->server->port();
  camera->certificateSha256_ = camera->stage_->certificateSha256;
  camera->tls_ = speaksTls(*camera->stage_->profile);
  camera->profile_ = camera->stage_->profile;

  if (options.httpPort) {
    camera->redirectEndpoint_ = std::make_unique<Redirect>(
        camera->stage_->profile->transport.plainHttpRedirectStatus.value, camera->port());
    ServerOptions plain{.address = options.address, .port = *options.httpPort};
    plain.tls.enabled = false;
    auto redirect = HttpsServer::start(*camera->redirectEndpoint_, plain);
    if (!redirect) return std::move(redirect).error();
    camera->redirect_ = *std::move(redirect);
  }
  if (options.upgrade)
    camera->upgrader_ = std::thread([self = camera.get()] { self->waitForUpgrade(); });
  return camera;
}

std::string EmulatedCamera::url() const {
  const std::string& address = options_.address;
  const bool literal6 = address.find(':') != std::string::npos;
  const std::lock_guard lock(mutex_);
  return (tls_ ? "https://" : "http://") + (literal6 ? "[" + address + "]" : address) + ":" +
         std::to_string(port());
}

std::string EmulatedCamera::certificateSha256() const {
  const std::lock_guard lock(mutex_);
  return certificateSha256_;
}

ServerCounts EmulatedCamera::counts() const {
  const std::lock_guard lock(mutex_);
  return stage_ ? sum(before_, stage_->server->counts()) : before_;
}

std::optional<ReplayReport> EmulatedCamera::replayReport() const {
  const std::lock_guard lock(mutex_);
  if (!stage_ || stage_->replay == nullptr) return std::nullopt;
  return stage_->replay->report();
}

bool EmulatedCamera::beginUpgrade() {
  {
    const std::lock_guard lock(mutex_);
    if (!options_.upgrade || progress_ != Progress::waiting) return false;
    progress_ = Progress::asked;
  }
  changed_.notify_all();
  return true;
}

void EmulatedCamera::waitForUpgrade() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || progress_ == Progress::asked; });
    if (stopping_) return;
    progress_ = Progress::underWay;
  }
  const auto upgraded = upgrade();
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    progress_ = Progress::ended;
    stopped = stopping_;
  }
  if (!stopped && options_.upgrade->done) options_.upgrade->done(*this, upgraded);
}

Result<void> EmulatedCamera::upgrade() {
  stage_->server->stop(kPatience);
  const auto settings = stage_->device->changedSettings();
  const auto& upgrade = *options_.upgrade;
  const auto away = upgrade.time
                        ? *upgrade.time
                        : std::chrono::milliseconds(stage_->profile->actions.rebootTime.value);
  std::optional<PortReservation> reservation(std::in_place, options_.address, port_);
  {
    std::unique_lock lock(mutex_);
    before_ = sum(before_, stage_->server->counts());
    before_.open = 0;
    stage_.reset();
    if (changed_.wait_for(lock, away, [&] { return stopping_; })) return {};
  }
  auto stage = makeStage(upgrade.to, port_);
  if (!stage) return std::move(stage).error();
  (*stage)->device->adopt(settings);
  if (auto served = (*stage)->serve(); !served) return served;
  const std::lock_guard lock(mutex_);
  certificateSha256_ = (*stage)->certificateSha256;
  tls_ = speaksTls(*(*stage)->profile);
  profile_ = (*stage)->profile;
  stage_ = *std::move(stage);
  return {};
}

void EmulatedCamera::stop(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (upgrader_.joinable()) upgrader_.join();
  if (redirect_) redirect_->stop(std::chrono::milliseconds(0));
  if (stage_) stage_->server->stop(patience);
}

}  // namespace stoklab::emulator
