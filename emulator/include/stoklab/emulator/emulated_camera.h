// A device on the network: a profile, its device, its certificate and the servers in front, put
// together as `stoklab emulate` and tests use them.
//
// The one thing not to get wrong: the environment must outlive the camera.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/emulator/device.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Which TLS the camera speaks: what its profile says, or that and everything current besides, for
// clients whose library no longer offers static RSA.
enum class TlsMode { device, modern };

struct CertificateFiles {
  std::filesystem::path certificate, privateKey;
};

struct CameraOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                      // 0: any free one
  std::optional<std::uint16_t> httpPort = {};  // plain HTTP that redirects, as port 80 does (T12)
  TlsMode tls = TlsMode::device;
  std::optional<CertificateFiles> certificate = {};  // instead of one made for this installation
  // Where the installation's certificate and login key are kept; empty: made anew, not kept.
  std::filesystem::path stateDirectory = {};
  DeviceOptions device = {};
  std::vector<const Fault*> faults = {};  // planted in this order
  // Where to write what clients do, a line of JSON an exchange, without secrets; empty: nowhere.
  std::filesystem::path journal = {};
};

class EmulatedCamera {
 public:
  // Serves when it returns. Fails like HttpsServer::start(), and with ErrorKind::malformed if
  // certificate or key are unusable or the journal cannot be written.
  static protocol::Result<std::unique_ptr<EmulatedCamera>> start(
      std::shared_ptr<const fixtures::Profile> profile, const CameraOptions& options,
      Environment environment);

  std::uint16_t port() const { return server_->port(); }
  // 0 if plain HTTP was not asked for.
  std::uint16_t httpPort() const { return redirect_ ? redirect_->port() : std::uint16_t{0}; }
  std::string url() const;
  // Lower-case hex; what --tls-pin takes.
  const std::string& certificateSha256() const { return certificateSha256_; }
  ServerCounts counts() const { return server_->counts(); }

  // See HttpsServer::stop().
  void stop(std::chrono::milliseconds patience);

 private:
  EmulatedCamera() = default;

  std::string address_;
  std::string certificateSha256_;
  std::unique_ptr<Endpoint> device_;
  std::unique_ptr<Endpoint> redirectEndpoint_;
  std::unique_ptr<HttpsServer> server_;
  std::unique_ptr<HttpsServer> redirect_;
};

}  // namespace stoklab::emulator
