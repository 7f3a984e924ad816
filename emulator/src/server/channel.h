// One accepted socket, non-blocking, with TLS on it or plain. The TLS object is driven directly:
// Poco's SecureServerSocket drops a non-blocking connection at the first incomplete record.
//
// The one thing not to get wrong: after write() said wantRead or wantWrite, the next write() must
// offer the same bytes again (at another address, if need be, and with more behind them).
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "stoklab/emulator/https_server.h"

namespace stoklab::emulator {

enum class Io {
  done,       // some of it
  wantRead,   // when the socket is readable again
  wantWrite,  // when it is writable again
  ended,      // the other side sends no more; writing still works
  broken,     // reset, garbage or an alert: only close() is left
};

// Owns the socket. One thread at a time. Writing to a socket whose other side is gone raises
// SIGPIPE in OpenSSL, so that signal must be blocked on that thread.
class Channel {
 public:
  // Takes the descriptor over; `context` is null for plain TCP.
  Channel(int descriptor, SSL_CTX* context);
  ~Channel() { close(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int descriptor() const { return descriptor_; }

  Io handshake();
  Io read(char* into, std::size_t size, std::size_t& got);
  Io write(std::string_view text, std::size_t& taken);

  bool isTls() const { return ssl_ != nullptr; }
  // Whether bytes are here that the socket will not report as readable any more.
  bool hasPending() const { return ssl_ != nullptr && SSL_has_pending(ssl_.get()) != 0; }

  // Takes what comes off the socket and throws it away, undecrypted.
  Io discard(char* scratch, std::size_t size);

  // Whether it broke at a first message that was no TLS.
  bool metGarbage() const { return metGarbage_; }

  // Says that nothing more will be sent (TLS close_notify; with `halfClose` also on TCP).
  void finishSending(bool halfClose);

  // For scripted faults. Another certificate than the context's, before the handshake; no session
  // is resumed then. Without effect on plain TCP, or if it is unusable.
  void show(const Identity& identity);
  // Below TLS; what the socket does not take at once is lost.
  void sendPlain(std::string_view bytes);
  // Ends TCP in this direction, without TLS's goodbye.
  void endTcp();
  // close() will be a TCP reset, and what is not sent yet is lost.
  void resetOnClose();

  void close();

 private:
  Io outcome(int result);

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, FreeSsl> ssl_;
  int descriptor_;
  bool broken_ = false;
  bool metGarbage_ = false;
};

}  // namespace stoklab::emulator
