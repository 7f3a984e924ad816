#include "stoklab/emulator/emulated_camera.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "exchange_journal.h"
#include "redirect.h"
#include "stoklab/emulator/identity.h"

namespace stoklab::emulator {

using fixtures::KeyUsage;
using fixtures::Profile;
using protocol::Result;

namespace {

CertificateShape shapeOf(const Profile& profile) {
  const auto& certificate = profile.transport.certificate.value;
  return {.commonName = certificate.commonName,
          .organization = certificate.organization,
          .country = certificate.country,
          .keyBits = certificate.keyBits,
          .notBefore = certificate.notBefore,
          .notAfter = certificate.notAfter,
          .keyUsage = certificate.keyUsage == KeyUsage::signatureAndEncipherment
                          ? CertificateShape{}.keyUsage
                          : std::string()};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ":") + part;
  return text;
}

TlsOptions tlsOf(const Profile& profile, TlsMode mode, Identity identity) {
  const auto& versions = profile.transport.tlsVersions.value;
  TlsOptions tls{.identity = std::move(identity),
                 .minVersion = *std::min_element(versions.begin(), versions.end()),
                 .maxVersion = *std::max_element(versions.begin(), versions.end()),
                 .cipherList = joined(profile.transport.ciphers.value)};
  if (mode == TlsMode::modern) {
    tls.maxVersion = "TLSv1.3";
    tls.cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20:" + tls.cipherList;
  }
  return tls;
}

ServerOptions serverOf(const Profile& profile, const CameraOptions& options, Identity identity) {
  const auto& transport = profile.transport;
  ServerOptions server{.address = options.address,
                       .port = options.port,
                       .tls = tlsOf(profile, options.tls, std::move(identity)),
                       .keepAlive = transport.keepAlive.value,
                       .maxRequestsPerConnection =
                           static_cast<std::size_t>(transport.maxRequestsPerConnection.value),
                       .headers = transport.headers.value};
  const auto statusOf = [&](std::string_view kind) {
    return profile.badRequests.find(kind)->second.value.status;
  };
  server.refusals = {.malformed = statusOf("http_malformed"),
                     .headersTooLarge = statusOf("headers_too_large"),
                     .bodyTooLarge = statusOf("body_too_large")};
  server.limits.maxBodyBytes = transport.maxBodyBytes.value;
  server.limits.maxHeaderBytes = transport.maxHeaderBytes.value;
  server.limits.maxHeaders = transport.maxHeaders.value;
  server.limits.idleTime = transport.idleTime.value;
  for (const Fault* fault : options.faults)
    if (fault->changeServer != nullptr) fault->changeServer(server);
  return server;
}

Result<Identity> identityFor(const Profile& profile, const CameraOptions& options) {
  if (options.certificate)
    return readIdentity(options.certificate->certificate, options.certificate->privateKey);
  CertificateShape shape = shapeOf(profile);
  for (const Fault* fault : options.faults)
    if (fault->changeCertificate != nullptr) fault->changeCertificate(shape);
  if (options.stateDirectory.empty()) return makeIdentity(shape);
  return cachedIdentity(shape, options.stateDirectory);
}

Result<protocol::RsaPrivateKey> loginKeyFor(const Profile& profile, const CameraOptions& options) {
  const auto bits = static_cast<std::size_t>(profile.authentication.keyBits.value);
  if (options.stateDirectory.empty()) return protocol::RsaPrivateKey::generate(bits);
  return cachedLoginKey(bits, options.stateDirectory);
}

std::shared_ptr<const Profile> faulty(const Profile& profile,
                                      const std::vector<const Fault*>& faults) {
  auto changed = std::make_shared<Profile>(profile);
  for (const Fault* fault : faults)
    if (fault->changeProfile != nullptr) fault->changeProfile(*changed);
  return changed;
}

}  // namespace

Result<std::unique_ptr<EmulatedCamera>> EmulatedCamera::start(
    std::shared_ptr<const Profile> profile, const CameraOptions& options, Environment environment) {
  if (!options.faults.empty()) profile = faulty(*profile, options.faults);
  auto identity = identityFor(*profile, options);
  if (!identity) return std::move(identity).error();
  auto fingerprint = certificateFingerprint(*identity);
  if (!fingerprint) return std::move(fingerprint).error();
  auto loginKey = loginKeyFor(*profile, options);
  if (!loginKey) return std::move(loginKey).error();

  std::unique_ptr<EmulatedCamera> camera(new EmulatedCamera);
  camera->address_ = options.address;
  camera->certificateSha256_ = *std::move(fingerprint);
  DeviceOptions device = options.device;
  for (const Fault* fault : options.faults)
    if (fault->lapse != nullptr) fault->lapse(device.lapses);
  camera->device_ =
      std::make_unique<Device>(profile, std::move(device), *std::move(loginKey), environment);
  for (const Fault* fault : options.faults)
    if (fault->wrap) camera->device_ = fault->wrap(std::move(camera->device_));
  if (!options.journal.empty()) {
    std::ofstream file(options.journal);
    if (!file)
      return protocol::malformed("cannot write the journal " + options.journal.string() + ": " +
                                 std::strerror(errno));
    camera->device_ =
        std::make_unique<ExchangeJournal>(std::move(camera->device_), std::move(file));
  }
  auto server =
      HttpsServer::start(*camera->device_, serverOf(*profile, options, *std::move(identity)));
  if (!server) return std::move(server).error();
  camera->server_ = *std::move(server);

  if (options.httpPort) {
    camera->redirectEndpoint_ = std::make_unique<Redirect>(
        profile->transport.plainHttpRedirectStatus.value, camera->port());
    ServerOptions plain{.address = options.address, .port = *options.httpPort};
    plain.tls.enabled = false;
    auto redirect = HttpsServer::start(*camera->redirectEndpoint_, plain);
    if (!redirect) return std::move(redirect).error();
    camera->redirect_ = *std::move(redirect);
  }
  return camera;
}

std::string EmulatedCamera::url() const {
  const bool literal6 = address_.find(':') != std::string::npos;
  return "https://" + (literal6 ? "[" + address_ + "]" : address_) + ":" + std::to_string(port());
}

void EmulatedCamera::stop(std::chrono::milliseconds patience) {
  if (redirect_) redirect_->stop(std::chrono::milliseconds(0));
  server_->stop(patience);
}

}  // namespace stoklab::emulator
