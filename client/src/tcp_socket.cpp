#include "tcp_socket.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/SocketImpl.h>
#include <Poco/Timespan.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;

namespace {

Error failure(std::string detail) {
  return {.kind = ErrorKind::transport, .detail = std::move(detail)};
}

Error systemFailure(const std::string& what, int number) {
  return failure(what + ": " + std::generic_category().message(number));
}

// Poco's own poll() makes and closes an epoll instance for every call.
// A peer that is always ready does not carry anybody past the deadline.
bool waitFor(int descriptor, short events, Deadline deadline) {
  while (!deadline.passed()) {
    pollfd entry{.fd = descriptor, .events = events, .revents = 0};
    if (::poll(&entry, 1, static_cast<int>(deadline.remaining().count())) > 0) return true;
  }
  return false;
}

std::vector<Poco::Net::IPAddress> lookUp(const std::string& host) {
  Poco::Net::IPAddress literal;
  if (Poco::Net::IPAddress::tryParse(host, literal)) return {literal};
  return Poco::Net::DNS::hostByName(host).addresses();
}

}  // namespace

Result<TcpSocket> TcpSocket::connect(const std::string& host, std::uint16_t port,
                                     Deadline deadline) {
  std::string reason = "the name has no address";
  try {
    for (const auto& address : lookUp(host)) {
      const auto left = deadline.remaining();
      if (left.count() == 0) return failure("no TCP connection within the connect deadline");
      try {
        Poco::Net::StreamSocket socket;
        socket.connect(Poco::Net::SocketAddress(address, port),
                       Poco::Timespan(std::chrono::microseconds(left).count()));
        socket.setNoDelay(true);
        socket.setBlocking(false);
        return TcpSocket(socket);
      } catch (const Poco::TimeoutException&) {
        reason = "no TCP connection within the connect deadline";
      } catch (const Poco::Exception& problem) {
        reason = "no TCP connection: " + std::string(problem.what());
      }
    }
  } catch (const Poco::Exception&) {
    return failure("the host name could not be resolved");
  }
  return failure(reason);
}

TcpSocket::TcpSocket(Poco::Net::StreamSocket socket)
    : socket_(std::move(socket)), descriptor_(socket_.impl()->sockfd()) {}

TcpSocket::TcpSocket(TcpSocket&& other) noexcept
    : socket_(other.socket_), descriptor_(std::exchange(other.descriptor_, -1)) {}

TcpSocket::~TcpSocket() {
  if (descriptor_ < 0) return;
  try {
    socket_.close();
  } catch (const Poco::Exception&) {  // NOLINT(bugprone-empty-catch): it is closed either way
  }
}

Result<void> TcpSocket::send(std::string_view bytes, Deadline deadline, std::size_t& sent) {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!waitFor(descriptor_, POLLOUT, deadline)) {
        return failure("the device did not take the whole request before the deadline");
      }
    } else if (errno != EINTR) {
      return systemFailure("the connection broke while sending", errno);
    }
  }
  return {};
}

Result<TcpSocket::Received> TcpSocket::receiveNow(std::string& into) {
  std::array<char, 32 * 1024> buffer;  // a TLS record of full length fits
  while (true) {
    const auto count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(count));
      return Received::bytes;
    }
    if (count == 0) return Received::end;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Received::timeout;
    if (errno != EINTR) return systemFailure("the connection broke", errno);
  }
}

Result<TcpSocket::Received> TcpSocket::receive(std::string& into, Deadline deadline) {
  while (waitFor(descriptor_, POLLIN, deadline)) {
    const auto received = receiveNow(into);
    if (!received || *received != Received::timeout) return received;
  }
  return Received::timeout;
}

}  // namespace stoklab::client
