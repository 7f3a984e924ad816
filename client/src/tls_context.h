// How a transport speaks TLS and whom it believes. Made once, used for every connection of the
// transport, whose last TLS session it remembers so that the next handshake is a short one.
//
// OpenSSL directly: what is checked here (a pin, and chain and name apart from each other) and how
// records are counted (tls_engine.h) have no door in Poco.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "stoklab/client/https_transport.h"

namespace stoklab::client {

template <class T, void (*free)(T*)>
struct OpenSslFree {
  void operator()(T* object) const { free(object); }
};

// Not thread-safe. Must outlive the engines that use it.
class TlsContext {
 public:
  // Fails with ErrorKind::malformed if an option makes no sense: a pin that is no SHA-256, an
  // authority file that cannot be read, a cipher list that names nothing.
  static Result<std::unique_ptr<TlsContext>> make(const TlsOptions& options);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // A connection's TLS state, set up to resume the last session if there is one.
  using SslPointer = std::unique_ptr<SSL, OpenSslFree<SSL, SSL_free>>;
  SslPointer newConnection(const std::string& host);

  // Whether the peer of a finished handshake is one that the options trust. Must be asked before
  // anything is sent. Fails with ErrorKind::transport; the session is then not used again.
  Result<TlsFacts> checkPeer(SSL& connection, const std::string& host);

  void forgetSession() { session_.reset(); }

 private:
  using ContextPointer = std::shared_ptr<SSL_CTX>;  // several of the same options share one
  using SessionPointer = std::unique_ptr<SSL_SESSION, OpenSslFree<SSL_SESSION, SSL_SESSION_free>>;

  TlsContext(TlsOptions options, ContextPointer context);
  static Result<ContextPointer> newContext(const TlsOptions& options);
  static Result<ContextPointer> contextFor(const TlsOptions& options);
  static int rememberSession(SSL* connection, SSL_SESSION* session);
  Result<void> checkTrust(SSL& connection, const std::string& sha256) const;

  TlsOptions options_;  // its pin in 64 lower-case digits
  ContextPointer context_;
  SessionPointer session_;
};

// The reason of the last OpenSSL failure on this thread in a few words; empties its queue.
std::string takeOpenSslReason();

// Whether `host` is a literal address, which SNI cannot carry and a certificate names otherwise.
bool isAddressLiteral(const std::string& host);

}  // namespace stoklab::client
