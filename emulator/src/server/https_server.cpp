#include "stoklab/emulator/https_server.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "server_loop.h"
#include "tls_context.h"

namespace stoklab::emulator {
namespace {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Result;

constexpr int kBacklog = 4096;  // the kernel cuts it to its own limit

Error cannotListen(const ServerOptions& options, const std::string& why) {
  return {.kind = ErrorKind::transport,
          .detail = "cannot listen on " + options.address + " port " +
                    std::to_string(options.port) + ": " + why};
}

Result<Poco::Net::ServerSocket> listen(const ServerOptions& options) {
  Poco::Net::IPAddress host;
  if (!Poco::Net::IPAddress::tryParse(options.address, host)) {
    return cannotListen(options,
                        "this is no IP address; 127.0.0.1 listens for this machine "
                        "only, 0.0.0.0 for all");
  }
  try {
    const Poco::Net::SocketAddress address(host, options.port);
    Poco::Net::ServerSocket socket;
    // The address may be taken again right after a restart, but never shared with another server.
    if (host.family() == Poco::Net::AddressFamily::IPv6) {
      socket.bind6(address, true, false, true);
    } else {
      socket.bind(address, true, false);
    }
    socket.listen(kBacklog);
    socket.setBlocking(false);
    // Accepted sockets inherit it, which saves each of them a system call.
    socket.setOption(IPPROTO_TCP, TCP_NODELAY, 1);
    return socket;
  } catch (const Poco::Exception& error) {
    return cannotListen(options, error.displayText());
  }
}

}  // namespace

class HttpsServer::Impl {
 public:
  Impl(Endpoint& endpoint, const ServerOptions& options, Poco::Net::Context::Ptr context,
       Poco::Net::ServerSocket listener)
      : options_(options),
        context_(std::move(context)),
        listener_(std::move(listener)),
        port_(listener_.address().port()),
        loop_(std::make_unique<ServerLoop>(
            endpoint, options_, counts_, context_ ? context_->sslContext() : nullptr, listener_)) {}

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  bool isUsable() const { return loop_->isUsable(); }
  void begin() {
    thread_ = std::thread([this] { loop_->run(); });
  }

  void stop(std::chrono::milliseconds patience) {
    const std::lock_guard lock(stopping_);
    if (thread_.joinable()) {
      loop_->requestStop(patience);
      thread_.join();
    }
    loop_.reset();
    listener_.close();
  }

  std::uint16_t port() const { return port_; }
  const LiveCounts& counts() const { return counts_; }

 private:
  const ServerOptions options_;
  LiveCounts counts_;
  Poco::Net::Context::Ptr context_;
  Poco::Net::ServerSocket listener_;
  const std::uint16_t port_;
  std::unique_ptr<ServerLoop> loop_;
  std::thread thread_;
  std::mutex stopping_;
};

Result<std::unique_ptr<HttpsServer>> HttpsServer::start(Endpoint& endpoint,
                                                        const ServerOptions& options) {
  Poco::Net::Context::Ptr context;
  if (options.tls.enabled) {
    auto made = makeTlsContext(options.tls);
    if (!made) return std::move(made).error();
    context = *made;
  }
  auto listener = listen(options);
  if (!listener) return std::move(listener).error();
  auto impl = std::make_unique<Impl>(endpoint, options, std::move(context), *std::move(listener));
  if (!impl->isUsable()) return cannotListen(options, std::strerror(errno));
  impl->begin();
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(impl)));
}

HttpsServer::HttpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpsServer::~HttpsServer() = default;

std::uint16_t HttpsServer::port() const { return impl_->port(); }

std::vector<std::uint16_t> HttpsServer::ports() const { return {impl_->port()}; }

ServerCounts HttpsServer::counts() const {
  const LiveCounts& live = impl_->counts();
  return {.connections = live.connections,
          .open = live.open,
          .handshakes = live.handshakes,
          .requests = live.requests,
          .refusedConnections = live.refusedConnections,
          .badRequests = live.badRequests};
}

void HttpsServer::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

}  // namespace stoklab::emulator
