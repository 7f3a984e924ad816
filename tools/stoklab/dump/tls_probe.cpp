#include "dump/tls_probe.h"

#include <algorithm>
#include <utility>

namespace stoklab::cli::dump {

using protocol::ErrorKind;

namespace {

class Prober {
 public:
  Prober(const Device& device, const TlsProbeOptions& options)
      : device_(device), options_(options) {}

  Result<TlsFindings> run() {
    // Newest first, since a newer version's list is what a client of today meets.
    const auto& versions = tlsVersions();
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (auto tried = tryVersion(*version); !tried) return tried.error();
    }
    std::reverse(found_.versions.begin(), found_.versions.end());
    return std::move(found_);
  }

 private:
  // The cipher that the device chose; empty if it refused or the handshakes are used up.
  Result<std::string> shakeHands(const TlsOffer& offer) {
    if (found_.handshakes >= options_.maxHandshakes) {
      found_.complete = false;
      return std::string();
    }
    if (options_.beforeEach) options_.beforeEach();
    ++found_.handshakes;
    auto connection = RawConnection::open(device_, offer);
    if (!connection && connection.error().kind == ErrorKind::refused) return std::string();
    if (!connection) return connection.error();
    if (!found_.certificate) found_.certificate = connection->certificate();
    return connection->cipher();
  }

  Result<void> tryVersion(const std::string& version) {
    if (version == "TLSv1.3") {
      auto cipher = shakeHands({.version = version});
      if (!cipher) return cipher.error();
      if (!cipher->empty()) found_.versions.push_back(version);
      return {};
    }
    std::vector<std::string> offered = allCiphers();
    bool accepted = false;
    while (!offered.empty()) {
      auto cipher = shakeHands({.version = version, .ciphers = offered});
      if (!cipher) return cipher.error();
      const auto chosen = std::find(offered.begin(), offered.end(), *cipher);
      if (chosen == offered.end()) break;
      accepted = true;
      offered.erase(chosen);
      if (std::find(found_.ciphers.begin(), found_.ciphers.end(), *cipher) == found_.ciphers.end())
        found_.ciphers.push_back(*cipher);
    }
    if (accepted) found_.versions.push_back(version);
    return {};
  }

  const Device& device_;
  const TlsProbeOptions& options_;
  TlsFindings found_;
};

}  // namespace

Result<TlsFindings> probeTls(const Device& device, const TlsProbeOptions& options) {
  return Prober(device, options).run();
}

}  // namespace stoklab::cli::dump
