// A device on the network: a profile, its device, its certificate and the servers in front, put
// together as `stoklab emulate` and tests use them. It can become another firmware while it runs.
//
// The one thing not to get wrong: the environment must outlive the camera.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/emulator/device.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/journal.h"
#include "stoklab/emulator/replay.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Which TLS the camera speaks: what its profile says, or that and everything current besides, for
// clients whose library no longer offers static RSA.
enum class TlsMode { device, modern };

struct CertificateFiles {
  std::filesystem::path certificate, privateKey;
};

// What a camera answers from instead of its profile's settings.
struct ReplayedTrace {
  std::shared_ptr<const fixtures::Trace> trace;
  ReplayOptions options = {};
};

class ConsoleLink;
class EmulatedCamera;

// The firmware that a camera has after an upgrade. Meanwhile nothing listens on its port; then it
// answers there as `to` says, with that profile's certificate and keys and without any session.
// Settings that people have changed are kept, as far as the new firmware accepts them.
struct FirmwareUpgrade {
  std::shared_ptr<const fixtures::Profile> to;
  // How long it is away; nullopt: as long as the first profile takes for a reboot.
  std::optional<std::chrono::milliseconds> time = {};
  // Called once, on a thread of the camera, when the new firmware serves, or with why it does not.
  std::function<void(const EmulatedCamera&, const protocol::Result<void>&)> done = {};
};

struct CameraOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  // Plain HTTP that redirects, as port 80 does (T12). Like what follows up to `certificate`, not
  // for a profile that speaks plain HTTP itself.
  std::optional<std::uint16_t> httpPort = {};
  TlsMode tls = TlsMode::device;
  std::optional<CertificateFiles> certificate = {};  // instead of one made for this installation
  // Where the installation's certificate and login key are kept; empty: made anew, not kept.
  std::filesystem::path stateDirectory = {};
  DeviceOptions device = {};
  std::vector<const Fault*> faults = {};  // planted in this order; around a replay, too
  std::optional<ReplayedTrace> replay = {};
  // Where to write what clients do, a line of JSON an exchange, without secrets; empty: nowhere.
  std::filesystem::path journal = {};
  // What a system.firmware_upgrade or beginUpgrade() leads to; not together with a replay.
  std::optional<FirmwareUpgrade> upgrade = {};
  // Where the camera's own clock begins; it follows that of the environment.
  ClockStart clock = {};
  // What is kept in memory of what clients do, for the control interface.
  JournalLimits journalLimits = {};
  protocol::Json faultScript = {};  // what scripted_faults.h tells of; null: none to begin with
  std::uint64_t faultSeed = 0;      // of the chance in scripted faults
};

class EmulatedCamera {
 public:
  // Serves when it returns. Fails like HttpsServer::start(), and with ErrorKind::malformed if
  // certificate or key are unusable, the journal cannot be written, or the options contradict each
  // other.
  static protocol::Result<std::unique_ptr<EmulatedCamera>> start(
      std::shared_ptr<const fixtures::Profile> profile, const CameraOptions& options,
      Environment environment);

  ~EmulatedCamera();

  std::uint16_t port() const { return port_; }
  // 0 if plain HTTP was not asked for.
  std::uint16_t httpPort() const { return redirect_ ? redirect_->port() : std::uint16_t{0}; }
  // "https://..." or "http://...", as the profile has it.
  std::string url() const;
  // Lower-case hex; what --tls-pin takes. An upgrade changes it. Empty for a camera without TLS.
  std::string certificateSha256() const;
  // Of all firmwares together.
  ServerCounts counts() const;
  // nullopt if nothing is replayed.
  std::optional<ReplayReport> replayReport() const;

  // As if a client had asked for the firmware upgrade of the options. Returns at once; false if
  // there is none, or if it has begun already.
  bool beginUpgrade();

  // What the control interface works on: this camera alone, with the id "1". Clock, journal and
  // scripted faults stay the same through an upgrade.
  CameraDirectory& directory();
  ControlledCamera& control();

  // See HttpsServer::stop(). An upgrade that is under way is not finished.
  void stop(std::chrono::milliseconds patience);

 private:
  // One firmware: what answers, and the server in front.
  struct Stage;
  class Control;
  enum class Progress { waiting, asked, underWay, ended };

  EmulatedCamera(const CameraOptions& options, Environment environment);
  std::shared_ptr<Stage> stage() const;
  protocol::Result<std::unique_ptr<Stage>> makeStage(
      std::shared_ptr<const fixtures::Profile> profile, std::uint16_t port);
  protocol::Result<void> upgrade();
  void waitForUpgrade();

  const CameraOptions options_;
  SteerableClock clock_;
  const Environment environment_;  // with that clock
  Journal journal_;
  const std::shared_ptr<FaultScript> script_;
  const std::unique_ptr<ConsoleLink> console_;
  std::unique_ptr<Control> control_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;  // guards what follows, up to the blank line
  std::condition_variable changed_;
  std::shared_ptr<Stage> stage_;                      // null while the camera is away
  ServerCounts before_;                               // of firmwares that are gone
  std::shared_ptr<const fixtures::Profile> profile_;  // also while it is away
  std::string certificateSha256_;
  bool tls_ = true;
  Progress progress_ = Progress::waiting;
  bool stopping_ = false;

  std::unique_ptr<Endpoint> redirectEndpoint_;
  std::unique_ptr<HttpsServer> redirect_;
  std::thread upgrader_;
};

}  // namespace stoklab::emulator
