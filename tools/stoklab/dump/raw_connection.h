// One connection of our own to a device, for what the client's transport does not do: choose the
// TLS version and the cipher, look at the certificate, and say what is no HTTP.
//
// The one thing not to get wrong: the certificate is looked at, not judged, so nothing secret goes
// through here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

struct Device {
  std::string host = {};
  std::uint16_t port = 443;
  bool tls = true;
  std::chrono::milliseconds timeout{10'000};  // of connecting, and of silence
};

// What to offer in a handshake.
struct TlsOffer {
  std::string version = {};               // "TLSv1.2" and only that; empty: anything
  std::vector<std::string> ciphers = {};  // OpenSSL names, up to TLS 1.2; empty: all
};

struct CertificateFacts {
  std::string commonName = {}, organization = {}, country = {};  // of the subject
  std::size_t keyBits = 0;
  std::string notBefore = {}, notAfter = {};  // "20010101000000Z"
  bool hasKeyUsage = false;
};

// The versions that can be asked for, oldest first.
const std::vector<std::string>& tlsVersions();
// Every cipher up to TLS 1.2 that OpenSSL can offer, weak ones included.
std::vector<std::string> allCiphers();

// Not thread-safe.
class RawConnection {
 public:
  // Connects, and shakes hands if the device speaks TLS. ErrorKind::transport: nobody answers.
  // ErrorKind::refused: somebody does, and does not take the offer.
  static Result<RawConnection> open(const Device& device, const TlsOffer& offer = {});

  RawConnection(RawConnection&& other) noexcept;
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection();

  std::string cipher() const;  // what was agreed on; empty without TLS
  std::optional<CertificateFacts> certificate() const;

  // Sends `text` and reads until the end, a silence of `silence`, or 64 KiB.
  Result<std::string> say(std::string_view text, std::chrono::milliseconds silence);

 private:
  struct State;
  explicit RawConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stoklab::cli::dump
