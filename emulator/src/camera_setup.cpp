#include "camera_setup.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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

Result<protocol::RsaPrivateKey> loginKey(int bits, const CameraOptions& options) {
  const auto size = static_cast<std::size_t>(bits);
  if (options.stateDirectory.empty()) return protocol::RsaPrivateKey::generate(size);
  return cachedLoginKey(size, options.stateDirectory);
}

}  // namespace

bool speaksTls(const Profile& profile) {
  return profile.transport.scheme.value == fixtures::Scheme::https;
}

Result<void> checkPlain(const Profile& profile, const CameraOptions& options) {
  if (speaksTls(profile)) return {};
  const auto no = [&](const std::string& what) {
    return protocol::malformed(profile.name + " speaks plain HTTP on its own port, so there is " +
                               what);
  };
  if (options.certificate) return no("no use for a certificate");
  if (options.tls == TlsMode::modern) return no("no TLS to be modern");
  if (options.httpPort) return no("no second port for plain HTTP");
  return {};
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

Result<LoginKeys> loginKeysFor(const Profile& profile, const CameraOptions& options) {
  const auto& rules = profile.authentication;
  auto first = loginKey(rules.keyBits.value, options);
  if (!first) return std::move(first).error();
  if (rules.secondKeyBits.value == 0) return LoginKeys(*std::move(first));
  auto second = loginKey(rules.secondKeyBits.value, options);
  if (!second) return std::move(second).error();
  return LoginKeys(*std::move(first), *std::move(second));
}

ServerOptions serverOptionsFor(const Profile& profile, const CameraOptions& options,
                               Identity identity) {
  const auto& transport = profile.transport;
  TlsOptions tls = tlsOf(profile, options.tls, std::move(identity));
  tls.enabled = speaksTls(profile);
  ServerOptions server{.address = options.address,
                       .port = options.port,
                       .tls = std::move(tls),
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

ServerCounts sum(const ServerCounts& a, const ServerCounts& b) {
  return {.connections = a.connections + b.connections,
          .open = a.open + b.open,
          .handshakes = a.handshakes + b.handshakes,
          .requests = a.requests + b.requests,
          .refusedConnections = a.refusedConnections + b.refusedConnections,
          .badRequests = a.badRequests + b.badRequests};
}

}  // namespace stoklab::emulator
