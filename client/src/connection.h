// One connection to a device, with TLS or without, on which whole requests are sent and answers
// come back. Knows whether it can still be used, and whether a request can have arrived.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "deadline.h"
#include "stoklab/client/https_transport.h"
#include "tcp_socket.h"
#include "tls_context.h"
#include "tls_engine.h"

namespace stoklab::client {

// Not thread-safe.
class Connection {
 public:
  // Connects, shakes hands and checks the peer; `tls` is nullptr for plain HTTP and must outlive
  // the connection. Nothing of a request has been sent before this succeeds.
  static Result<std::unique_ptr<Connection>> open(const std::string& host, std::uint16_t port,
                                                  TlsContext* tls, Deadline deadline);

  // Tells the peer that nothing follows, without waiting.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Whether a next request may go out: the peer has neither closed nor said anything unasked.
  bool usable();

  // Sends the text in one write. Fails with ErrorKind::transport and Execution::didNotRun only if
  // part of it certainly did not leave this machine; the peer then has no complete request.
  Result<void> send(std::string_view text, Deadline deadline);

  using Received = TcpSocket::Received;

  // Appends what has come in to `into`, at least one byte unless it says `end` or `timeout`.
  // `end` may come together with last bytes.
  Result<Received> receive(std::string& into, Deadline deadline);

  const std::optional<TlsFacts>& tlsFacts() const { return facts_; }

 private:
  explicit Connection(TcpSocket socket) : socket_(std::move(socket)) {}
  Result<void> shakeHands(TlsContext& tls, const std::string& host, Deadline deadline);
  // Sends what the TLS engine has to say for itself.
  Result<void> flush(Deadline deadline);
  // What the engine makes of `bytes` from the socket.
  Result<Received> decrypt(std::string_view bytes, std::string& into);

  TcpSocket socket_;
  std::unique_ptr<TlsEngine> engine_;  // nullptr without TLS
  std::optional<TlsFacts> facts_;
  bool broken_ = false;  // no request may go out any more
};

}  // namespace stoklab::client
