// Serves an Endpoint over TLS (or plain HTTP). One event loop on non-blocking sockets that drives
// the TLS objects directly: an idle connection costs a few kilobytes and no thread. Worker threads
// take what the endpoint calls slow.
//
// The one thing not to get wrong: the endpoint must outlive the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/lapses.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

struct ParsedIdentity;  // OpenSSL's objects

// Certificate and private key in PEM.
struct Identity {
  std::string certificatePem = {};
  std::string privateKeyPem = {};
  // What stands in the texts, where somebody has read them already; OpenSSL takes milliseconds.
  std::shared_ptr<const ParsedIdentity> parsed = {};
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

// What becomes of a connection before a request is read; of scripted faults.
struct ConnectionFault {
  enum class Kind {
    reset,           // by TCP, when the first bytes have come, unread
    alert,           // answers the client's first message; then the end
    handshakeStall,  // nothing is read or sent until ServerLimits::handshakeTime has passed
    certificate,     // the handshake shows another one
    closeIdle,       // not this patient between requests
  };
  Kind kind = Kind::reset;
  int alert = 40;                     // the description of the alert (handshake_failure)
  std::chrono::milliseconds time{0};  // closeIdle: after that long without a request
  std::shared_ptr<const Identity> identity = {};  // certificate: the one that is shown
};

// Asked once for each accepted connection, on the loop's thread. Thread-safe. May give the
// connection a number (Peer::connection), which comes back with each of its requests. Faults of TLS
// do not happen to a server without TLS.
class ConnectionScript {
 public:
  virtual ~ConnectionScript() = default;
  virtual std::optional<ConnectionFault> onConnection(Peer& peer) = 0;
};

struct ListenAddress {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::shared_ptr<const Identity> identity = {};  // null: that of the TLS options
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one; see HttpsServer::port()
  // Further ones, served by the same loop; see HttpsServer::ports().
  std::vector<ListenAddress> more = {};
  // The wildcard address accepts what comes over the loopback interface, and nothing else.
  bool loopbackOnly = false;
  std::size_t workers = 1;                             // threads for what would hold up others
  std::shared_ptr<ConnectionScript> connections = {};  // null: nothing happens to them
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
  std::vector<std::uint16_t> ports() const;  // the first, and those of ServerOptions::more in order
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
