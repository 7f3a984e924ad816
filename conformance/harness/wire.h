// One connection to the device, and every byte that goes over it. The judge drives OpenSSL itself:
// it wants to choose what is offered, see what was agreed, and wait for nothing without a limit.
// Any certificate is accepted; judging it is the business of a requirement.
//
// Failures are thrown as WireFailure, which says the layer. Exceptions of the harness end in
// judge() and conform() and nowhere else (run.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/http.h"
#include "harness/target.h"

namespace stoklab::conformance {

enum class Layer { resolve, connect, tls, http };
std::string_view toText(Layer layer);

class WireFailure : public std::runtime_error {
 public:
  WireFailure(Layer layer, const std::string& detail)
      : std::runtime_error(std::string(toText(layer)) + ": " + detail), layer_(layer) {}
  Layer layer() const { return layer_; }

 private:
  Layer layer_;
};

// What the judge offers in its first TLS message.
enum class TlsOffer {
  usual,        // TLS 1.2 and 1.3, the static-RSA suite of the device first
  deviceSuite,  // TLS 1.2 and AES256-GCM-SHA384, nothing else (T2)
  outdated,     // TLS 1.0 and 1.1 only
  unprotected,  // TLS 1.2, and only suites without encryption or without a certificate
};

// What was agreed and shown. Names as OpenSSL writes them.
struct TlsFacts {
  std::string version = {};  // "TLSv1.2"
  std::string cipher = {};   // "AES256-GCM-SHA384"
  std::string commonName = {}, organization = {}, country = {};
  std::string issuerCommonName = {};
  bool selfIssued = false;
  std::string keyType = {};  // "RSA"
  int keyBits = 0;
  bool validNow = false;
  bool keyUsagePresent = false, digitalSignature = false, keyEncipherment = false;
  std::string sha256 = {};  // lower-case hex of the certificate
};

struct TimeLimits {
  std::chrono::milliseconds connect{5'000};  // with the handshake
  std::chrono::milliseconds answer{15'000};  // from the end of a request to the end of its answer
};

// Move-only; closes when it goes. Used from one thread.
class Connection {
 public:
  static Connection open(const Target& target, TlsOffer offer = TlsOffer::usual,
                         TimeLimits limits = {});
  // TCP only, to send what is no TLS.
  static Connection openPlain(const Target& target, TimeLimits limits = {});

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  void send(std::string_view bytes);

  // The next answer. Bytes after it are kept for the next call.
  HttpAnswer receive();

  // Waits until the other side closes, at most `patience`.
  bool closesWithin(std::chrono::milliseconds patience);

  // How many bytes have come that no answer has taken.
  std::size_t unread() const;

  const TlsFacts& tls() const;

 private:
  class Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::conformance
