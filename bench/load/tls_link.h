// A non-blocking TLS (or plain) connection to this machine that counts what passes: bytes on the
// wire, TLS records, handshakes. One answer at a time.
//
// The one thing not to get wrong: only loopback addresses are ever connected to.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::bench {

// "https://127.0.0.1:8443" or "http://..."; nullopt for anything that is not 127.0.0.0/8 in digits
// or "localhost", with a port.
struct Target {
  sockaddr_in address{};
  bool tls = true;
};
std::optional<Target> loopbackTarget(std::string_view url);

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// For clients that force one TLS 1.2 suite; "tls1.3" in place of a suite takes TLS 1.3. Null if
// OpenSSL knows no such suite.
TlsContext clientContext(const std::string& suite);

struct WireCounts {
  std::uint64_t bytesSent = 0, bytesReceived = 0;      // TLS and handshakes included, TCP/IP not
  std::uint64_t recordsSent = 0, recordsReceived = 0;  // of application data
  std::uint64_t connections = 0, fullHandshakes = 0, resumedHandshakes = 0;
};

struct Answer {
  int status = 0;
  std::string body = {};
  bool close = false;  // the server will not keep the connection
};

class TlsLink {
 public:
  // What there is to wait for, or what came out.
  enum class State { wantRead, wantWrite, done, failed };

  // `context` is null for plain HTTP. `resume` is a session of an earlier connection, or null.
  TlsLink(const Target& target, SSL_CTX* context, SSL_SESSION* resume, WireCounts& counts);
  ~TlsLink();
  TlsLink(const TlsLink&) = delete;
  TlsLink& operator=(const TlsLink&) = delete;

  int descriptor() const { return descriptor_; }
  SSL* tls() const { return ssl_; }

  State connect();  // until done
  void send(std::string request);
  State exchange(Answer& answer);  // until done
  // Why it failed; no secret in it.
  const std::string& failure() const { return failure_; }

 private:
  static void onMessage(int written, int version, int type, const void* data, std::size_t size,
                        SSL* ssl, void* self);
  State outcome(int result, const char* doing);
  State fail(std::string why);
  // True once a whole answer is there.
  bool complete(Answer& answer);
  void countBytes();

  Target target_;
  WireCounts& counts_;
  int descriptor_ = -1;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  bool reading_ = false;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  std::string failure_;
};

}  // namespace stoklab::bench
