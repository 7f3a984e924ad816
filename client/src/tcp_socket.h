// A TCP connection whose every wait ends at a deadline, and which tells how much it has sent.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "deadline.h"
#include "stoklab/client/transport.h"

namespace stoklab::client {

// Move-only in spirit: one owner. Errors are ErrorKind::transport with a detail that does not name
// the peer (the caller does) and Execution::didNotRun (the caller knows better).
class TcpSocket {
 public:
  // Tries the addresses of `host` one after the other until one accepts. Looking up a name is the
  // system's business and does not stop at the deadline.
  static Result<TcpSocket> connect(const std::string& host, std::uint16_t port, Deadline deadline);

  ~TcpSocket();
  TcpSocket(TcpSocket&& other) noexcept;
  TcpSocket& operator=(TcpSocket&&) = delete;
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;

  // Sends all of `bytes`, or fails. `sent` grows by what the system took, also on failure.
  Result<void> send(std::string_view bytes, Deadline deadline, std::size_t& sent);

  // What came of waiting for bytes.
  enum class Received { bytes, end, timeout };

  // Appends what has come in, at least one byte, to `into`. A connection that was reset is an
  // error.
  Result<Received> receive(std::string& into, Deadline deadline);

  // The same without waiting.
  Result<Received> receiveNow(std::string& into);

 private:
  explicit TcpSocket(Poco::Net::StreamSocket socket);
  Poco::Net::StreamSocket socket_;
  int descriptor_;  // of socket_; -1 once moved from
};

}  // namespace stoklab::client
