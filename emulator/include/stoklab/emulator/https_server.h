// Serves an Endpoint over TLS (or plain HTTP). One event loop on non-blocking sockets that drives
// the TLS objects directly: an idle connection costs a few kilobytes and no thread. One worker
// thread takes what the endpoint calls slow.
//
// The one thing not to get wrong: the endpoint must outlive the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/lapses.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Certificate and private key in PEM.
struct Identity {
  std::string certificatePem = {};
  std::string privateKeyPem = {};
};

struct TlsOptions {
  bool enabled = true;
  Identity identity = {};
  std::string minVersion = "TLSv1.2";  // "TLSv1.2" or "TLSv1.3"
  std::string maxVersion = "TLSv1.2";
  std::string cipherList = "AES256-GCM-SHA384";  // OpenSSL's notation, for TLS 1.2
  std::string cipherSuites = {};                 // for TLS 1.3; empty: the library's default
};

// What a client may ask of the server; whoever asks for more is answered or cut off, and never
// holds up anybody else.
struct ServerLimits {
  std::size_t maxConnections = 16384;
  std::size_t maxHeaderBytes = 16 * 1024;           // more: 431
  std::size_t maxHeaders = 100;                     // more: 431
  std::size_t maxBodyBytes = 1024 * 1024;           // more: 413
  std::chrono::milliseconds handshakeTime{10'000};  // more: closed
  std::chrono::milliseconds requestTime{20'000};    // first byte to last byte; more: 408
  std::chrono::milliseconds writeTime{20'000};      // for a reader that stalls; more: closed
  std::chrono::milliseconds idleTime{180'000};      // between requests; more: closed
};

// The HTTP status of the answer to what never reaches the endpoint; the connection is closed after
// it.
struct RefusalStatuses {
  int malformed = 400;        // no HTTP request
  int headersTooLarge = 431;  // see ServerLimits
  int bodyTooLarge = 413;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one; see HttpsServer::port()
  TlsOptions tls = {};
  ServerLimits limits = {};
  RefusalStatuses refusals = {};
  bool keepAlive = true;                     // false: close after every answer
  std::size_t maxRequestsPerConnection = 0;  // 0: no limit
  // Further headers of every answer, in order, e.g. {"Server", "x"}.
  std::vector<std::pair<std::string, std::string>> headers = {};
  ServerLapses lapses = {};  // planted defects
};

// Totals since the start; for tests, the control interface and the curious.
struct ServerCounts {
  std::uint64_t connections = 0;         // accepted
  std::uint64_t open = 0;                // now
  std::uint64_t handshakes = 0;          // completed
  std::uint64_t requests = 0;            // answered
  std::uint64_t refusedConnections = 0;  // over maxConnections
  std::uint64_t badRequests = 0;         // not HTTP, or over a limit
};

class HttpsServer {
 public:
  // Binds, listens and serves from then on, on threads of its own. Fails with
  // ErrorKind::transport if the address cannot be bound (the detail says which and why) and with
  // ErrorKind::malformed if certificate, key or ciphers are unusable.
  static protocol::Result<std::unique_ptr<HttpsServer>> start(Endpoint& endpoint,
                                                              const ServerOptions& options);

  // Stops as stop() does, with no patience.
  ~HttpsServer();

  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  std::uint16_t port() const;
  ServerCounts counts() const;

  // Stops accepting, lets requests that are under way finish within `patience`, then closes
  // everything. Idempotent.
  void stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit HttpsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::emulator
