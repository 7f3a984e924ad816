// TLS as a transformation of bytes, without a socket: what goes in comes out encrypted, and the
// other way round. Because all records of a request lie here before the first byte is sent, the
// owner of the socket knows for certain whether the last one has left.
#pragma once

#include <string>
#include <string_view>

#include "tls_context.h"

namespace stoklab::client {

// Not thread-safe. Errors are ErrorKind::transport with OpenSSL's reason.
class TlsEngine {
 public:
  TlsEngine(TlsContext& context, const std::string& host);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // Does what can be done of the handshake; true once it is finished. Between calls: send
  // takeOutput(), give what comes back to putInput().
  Result<bool> handshake();

  Result<void> encrypt(std::string_view text);

  // Appends what could be decrypted so far to `into`, maybe nothing. False once the peer has said
  // that nothing follows.
  Result<bool> decrypt(std::string& into);

  // Says to the peer that nothing follows; the saying is then part of the output.
  void close();

  void putInput(std::string_view bytes);
  // What must be sent now; may be empty.
  std::string takeOutput();

  SSL& ssl() { return *ssl_; }

 private:
  TlsContext::SslPointer ssl_;
  BIO* input_ = nullptr;   // owned by ssl_
  BIO* output_ = nullptr;  // owned by ssl_
};

}  // namespace stoklab::client
