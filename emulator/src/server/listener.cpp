#include "listener.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>

namespace stoklab::emulator {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Result;

namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to its own limit
// What connections, files and libraries need at least.
constexpr rlim_t kOtherDescriptors = 256;

Error cannotListen(const ListenAddress& address, const std::string& why) {
  return {.kind = ErrorKind::transport,
          .detail = "cannot listen on " + address.address + " port " +
                    std::to_string(address.port) + ": " + why};
}

// Keeps other machines away at the earliest. Kernels before 5.7 let only root do it; there, whoever
// accepts a connection looks where it came in.
void bindToLoopback(const Poco::Net::ServerSocket& socket) {
  constexpr char kName[] = "lo";
  ::setsockopt(socket.impl()->sockfd(), SOL_SOCKET, SO_BINDTODEVICE, kName, sizeof kName);
}

}  // namespace

Result<Listener> listenOn(const ListenAddress& address, bool loopbackOnly) {
  Poco::Net::IPAddress host;
  if (!Poco::Net::IPAddress::tryParse(address.address, host)) {
    return cannotListen(address,
                        "this is no IP address; 127.0.0.1 listens for this machine "
                        "only, 0.0.0.0 for all");
  }
  try {
    const Poco::Net::SocketAddress wanted(host, address.port);
    Listener listener;
    Poco::Net::ServerSocket& socket = listener.socket;
    // The address may be taken again right after a restart, but never shared with another server.
    if (host.family() == Poco::Net::AddressFamily::IPv6) {
      socket.bind6(wanted, true, false, true);
    } else {
      socket.bind(wanted, true, false);
    }
    listener.anyAddress = host.isWildcard();
    listener.loopbackOnly = loopbackOnly && listener.anyAddress;
    if (listener.loopbackOnly) bindToLoopback(socket);
    socket.listen(kBacklog);
    socket.setBlocking(false);
    // Accepted sockets inherit it, which saves each of them a system call.
    socket.setOption(IPPROTO_TCP, TCP_NODELAY, 1);
    listener.here.localAddress = host.toString();
    listener.here.localPort = address.port != 0 ? address.port : socket.address().port();
    return listener;
  } catch (const Poco::Exception& error) {
    return cannotListen(address, error.displayText());
  }
}

Result<void> reserveDescriptors(std::size_t sockets) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const rlim_t needed = sockets + kOtherDescriptors;
  if (limit.rlim_cur >= needed) return {};
  const rlim_t hard = limit.rlim_max;
  limit.rlim_cur = std::min(hard, needed);
  if (hard >= needed && ::setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  return Error{.kind = ErrorKind::transport,
               .detail = "cannot listen on " + std::to_string(sockets) + " addresses: that needs " +
                         std::to_string(needed) + " open files, and this process may have " +
                         std::to_string(hard) +
                         "; raise the limit (ulimit -Hn), or split the work"};
}

}  // namespace stoklab::emulator
