#include "stoklab/emulator/https_server.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "listener.h"
#include "server_loop.h"
#include "tls_context.h"

namespace stoklab::emulator {
namespace {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Result;

using Contexts = std::vector<TlsContextPtr>;

struct Doors {
  Contexts contexts;  // that the listeners point to
  std::vector<Listener> listeners;
};

// Any free port. The kernel looks for one at random, which takes seconds once thousands are taken;
// the neighbour of the last one is usually free.
Result<Listener> listenNextTo(ListenAddress address, std::uint16_t last, bool loopbackOnly) {
  constexpr unsigned kTries = 64, kHighest = 65535;
  for (unsigned port = last + 1U; port <= std::min(last + kTries, kHighest); ++port) {
    address.port = static_cast<std::uint16_t>(port);
    if (auto listener = listenOn(address, loopbackOnly)) return listener;
  }
  address.port = 0;
  return listenOn(address, loopbackOnly);
}

Result<Doors> openDoors(const ServerOptions& options) {
  if (auto enough = reserveDescriptors(1 + options.more.size()); !enough) return enough.error();
  Doors doors;
  std::map<const Identity*, SSL_CTX*> byIdentity;
  const auto contextFor = [&](const std::shared_ptr<const Identity>& own) -> Result<SSL_CTX*> {
    if (!options.tls.enabled) return static_cast<SSL_CTX*>(nullptr);
    const auto known = byIdentity.find(own.get());
    if (known != byIdentity.end()) return known->second;
    TlsOptions tls = options.tls;
    if (own) tls.identity = *own;
    auto made = makeTlsContext(tls);
    if (!made) return std::move(made).error();
    doors.contexts.push_back(*std::move(made));
    return byIdentity[own.get()] = doors.contexts.back().get();
  };
  const auto open = [&](const ListenAddress& address) -> Result<void> {
    auto context = contextFor(address.identity);
    if (!context) return std::move(context).error();
    auto listener =
        address.port == 0 && !doors.listeners.empty()
            ? listenNextTo(address, doors.listeners.back().here.localPort, options.loopbackOnly)
            : listenOn(address, options.loopbackOnly);
    if (!listener) return std::move(listener).error();
    listener->tls = *context;
    doors.listeners.push_back(*std::move(listener));
    return {};
  };
  doors.listeners.reserve(1 + options.more.size());
  if (auto opened = open({.address = options.address, .port = options.port}); !opened)
    return opened.error();
  for (const ListenAddress& address : options.more)
    if (auto opened = open(address); !opened) return opened.error();
  return doors;
}

}  // namespace

class HttpsServer::Impl {
 public:
  Impl(Endpoint& endpoint, const ServerOptions& options, Doors doors)
      : options_(options),
        doors_(std::move(doors)),
        loop_(std::make_unique<ServerLoop>(endpoint, options_, counts_, doors_.listeners)) {
    for (const Listener& listener : doors_.listeners) ports_.push_back(listener.here.localPort);
  }

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
    doors_.listeners.clear();
  }

  const std::vector<std::uint16_t>& ports() const { return ports_; }
  const LiveCounts& counts() const { return counts_; }

 private:
  const ServerOptions options_;
  LiveCounts counts_;
  Doors doors_;
  std::vector<std::uint16_t> ports_;
  std::unique_ptr<ServerLoop> loop_;
  std::thread thread_;
  std::mutex stopping_;
};

Result<std::unique_ptr<HttpsServer>> HttpsServer::start(Endpoint& endpoint,
                                                        const ServerOptions& options) {
  auto doors = openDoors(options);
  if (!doors) return std::move(doors).error();
  auto impl = std::make_unique<Impl>(endpoint, options, *std::move(doors));
  if (!impl->isUsable())
    return Error{.kind = ErrorKind::transport,
                 .detail = "cannot watch " + options.address + " port " +
                           std::to_string(options.port) + ": " + std::strerror(errno)};
  impl->begin();
  return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(impl)));
}

HttpsServer::HttpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpsServer::~HttpsServer() = default;

std::uint16_t HttpsServer::port() const { return impl_->ports().front(); }

std::vector<std::uint16_t> HttpsServer::ports() const { return impl_->ports(); }

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
