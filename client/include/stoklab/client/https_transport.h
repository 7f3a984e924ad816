// HTTPS to one device, on one connection that is kept while the device allows it.
//
// Never executes a request twice: a kept connection is looked at before it is used again, and once
// the first byte of a request may have left, a failure is reported, not repeated. The next
// connection resumes the TLS session of the last one where the device allows it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "stoklab/client/transport.h"

namespace stoklab::client {

// How the device proves who it is. The chain and the host name are checked independently: cameras
// show self-issued certificates with a name that is never their address (facts.md T6, T9).
enum class TlsTrust {
  acceptAny,      // encrypts, proves nothing; for loopback and for first contact
  pin,            // the certificate's SHA-256 must be `pin`
  authorityFile,  // the chain must end in a certificate of `authorityFile`
};
enum class HostnameCheck { off, on };

struct TlsOptions {
  TlsTrust trust = TlsTrust::acceptAny;
  std::string pin = {};            // 64 hex digits; colons and upper case are accepted
  std::string authorityFile = {};  // PEM
  HostnameCheck hostnameCheck = HostnameCheck::off;
  // OpenSSL's notation. The camera's own suite is static RSA (T2), which is why it is named.
  std::string cipherList = "ECDHE+AESGCM:AES256-GCM-SHA384:AES128-GCM-SHA256:@SECLEVEL=0";
};

struct Deadlines {
  std::chrono::milliseconds connect{5'000};  // TCP and TLS together
  std::chrono::milliseconds read{10'000};    // silence while waiting for the answer
  std::chrono::milliseconds total{30'000};   // the whole exchange
};

struct HttpsOptions {
  std::string host = "127.0.0.1";  // a name or an address; an IPv6 address with or without [ ]
  std::uint16_t port = 443;
  bool tls = true;  // false: plain HTTP
  TlsOptions security = {};
  Deadlines deadlines = {};
  std::size_t maxAnswerBytes = 16 * 1024 * 1024;  // more: ErrorKind::malformed
};

// What the last handshake agreed on.
struct TlsFacts {
  std::string version;            // "TLSv1.2"
  std::string cipher;             // "AES256-GCM-SHA384"
  std::string certificateSha256;  // lower-case hex
  std::string subject, issuer;    // one line each
  std::string notBefore, notAfter;
};

class HttpsTransport final : public Transport {
 public:
  explicit HttpsTransport(HttpsOptions options);
  ~HttpsTransport() override;

  // Besides ErrorKind::transport: ErrorKind::malformed if the options make no sense, the request
  // cannot be written as HTTP, or the answer is not HTTP or too long. In the last two cases
  // Error::execution says mayHaveRun too. No detail holds a path, a token or a body.
  Result<HttpAnswer> exchange(const HttpExchange& request) override;
  bool keptConnectionDied() const override;
  bool deadlinePassed() const override;

  // Connects (if there is no live connection) without sending a request, within the connect
  // deadline: for a look at the certificate before anything secret travels.
  Result<void> connect();

  // Closes the connection; the next exchange opens a new one.
  void disconnect();

  // Of the connection that is or was last open; nullopt before the first handshake and without TLS.
  const std::optional<TlsFacts>& tlsFacts() const;

  // Counts since construction.
  std::size_t connectionsOpened() const;
  std::size_t requestsSent() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::client
