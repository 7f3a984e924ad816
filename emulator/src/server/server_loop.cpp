#include "server_loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>

#include "guarded_endpoint.h"

namespace stoklab::emulator {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kEventsPerTurn = 256;
constexpr std::size_t kHandshakesPerTurn = 4;  // each may take an RSA operation
constexpr std::size_t kAcceptsPerTurn = 32;
constexpr milliseconds kLingerTime{2'000};
constexpr milliseconds kAcceptPause{50};

struct Address {
  std::string text;
  std::uint16_t port = 0;
};

Address toAddress(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof v6);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  return {text, ntohs(v6.sin6_port)};
}

sockaddr* asSocketAddress(sockaddr_storage& storage) {
  return static_cast<sockaddr*>(static_cast<void*>(&storage));
}

// nullopt for whom this listener is not.
std::optional<Peer> peerOf(const Listener& listener, int descriptor,
                           const sockaddr_storage& address) {
  Peer peer = listener.here;
  Address remote = toAddress(address);
  peer.address = std::move(remote.text);
  peer.port = remote.port;
  if (listener.anyAddress) {
    sockaddr_storage local{};
    socklen_t size = sizeof local;
    if (::getsockname(descriptor, asSocketAddress(local), &size) == 0)
      peer.localAddress = toAddress(local).text;
    if (listener.loopbackOnly && !peer.localAddress.starts_with("127.")) return std::nullopt;
  }
  return peer;
}

Deadlines::Durations durationsOf(const ServerLimits& limits) {
  return {limits.handshakeTime, limits.requestTime, limits.writeTime, limits.idleTime, kLingerTime};
}

}  // namespace

ServerLoop::ServerLoop(Endpoint& endpoint, const ServerOptions& options, LiveCounts& counts,
                       std::span<const Listener> listeners)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeUp_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listeners_(listeners),
      state_{.endpoint = endpoint,
             .options = options,
             .counts = counts,
             .replies = ReplyWriter(options.headers),
             .epoll = epoll_.get(),
             .deadlines = Deadlines(durationsOf(options.limits)),
             .now = std::chrono::steady_clock::now()},
      events_(kEventsPerTurn),
      hasSpareCore_(usableCores() > 1),
      worker_(
          endpoint, [this] { ::eventfd_write(wakeUp_.get(), 1); }, options.workers) {
  state_.worker = &worker_;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &wakeUp_;
  watching_ = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeUp_.get(), &event) == 0 &&
              watchListeners(EPOLL_CTL_ADD, EPOLLIN);
}

ServerLoop::~ServerLoop() = default;

void ServerLoop::requestStop(milliseconds patience) {
  patience_ = patience;
  stopRequested_ = true;
  ::eventfd_write(wakeUp_.get(), 1);
}

void ServerLoop::run() {
  blockSignals();
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                   waitMilliseconds());
    state_.now = std::chrono::steady_clock::now();
    serveReady();
    if (count > 0) serveEvents(static_cast<std::size_t>(count));
    serveHeavy();
    expire();
    bury();
    if (stopAt_ && (connections_.empty() || state_.now >= *stopAt_)) break;
  }
  for (const auto& connection : connections_) connection->closeNow();
}

int ServerLoop::waitMilliseconds() const {
  if (!state_.ready.empty() || !state_.heavy.empty()) return 0;
  auto wait = state_.deadlines.untilNext(state_.now);
  const auto due = state_.held.empty() ? std::nullopt : std::optional(state_.held.begin()->first);
  for (const auto& other : {acceptAgain_, stopAt_, due}) {
    if (other)
      wait = std::min(wait.value_or(std::chrono::nanoseconds::max()),
                      std::chrono::nanoseconds(std::max(*other - state_.now, {})));
  }
  if (!wait) return -1;
  // A millisecond more than the whole ones, or the loop would spin through the last fraction.
  return static_cast<int>(
      std::min(std::chrono::duration_cast<milliseconds>(*wait) + milliseconds(1),
               milliseconds(60'000))
          .count());
}

void ServerLoop::serveReady() {
  turn_.swap(state_.ready);
  for (Connection* const connection : turn_) connection->onTurn();
  turn_.clear();
}

// The listener that an event is about; nullptr if it is about something else.
const Listener* ServerLoop::asListener(const void* subject) const {
  constexpr std::less_equal<const void*> kNotAfter;
  constexpr std::less<const void*> kBefore;
  const Listener* const begin = listeners_.data();
  return kNotAfter(begin, subject) && kBefore(subject, begin + listeners_.size())
             ? static_cast<const Listener*>(subject)
             : nullptr;
}

void ServerLoop::serveEvents(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    void* const subject = events_[i].data.ptr;
    if (const Listener* const listener = asListener(subject)) {
      knockedOn_.push_back(listener);
    } else if (subject == &wakeUp_) {
      onWakeUp();
    } else {
      auto* const connection = static_cast<Connection*>(subject);
      if (connection->isHandshaking()) {
        handshakes_.push_back(connection);
      } else {
        connection->onEvent(events_[i].events);
      }
    }
  }
  // Those beyond the bounds are reported again by the next epoll_wait().
  const std::size_t bound = std::min(handshakes_.size(), kHandshakesPerTurn);
  for (std::size_t i = 0; i < bound; ++i) handshakes_[i]->onEvent(EPOLLIN);
  handshakes_.clear();
  std::size_t budget = kAcceptsPerTurn;
  for (const Listener* const listener : knockedOn_)
    if (!state_.stopping && !acceptAgain_) accept(*listener, budget);
  knockedOn_.clear();
}

// One a turn, when all others of this turn have been answered: the next read waits for no more than
// that. Others wait for their turn, or for a worker, if there is a core for it; on the same core it
// would only take the time from the reads.
void ServerLoop::serveHeavy() {
  if (state_.heavy.empty()) return;
  const std::unique_ptr<SlowRequest> slow = std::move(state_.heavy.front());
  state_.heavy.pop_front();
  if (hasSpareCore_) {
    for (auto& other : state_.heavy) worker_.post(std::move(other));
    state_.heavy.clear();
  }
  slow->reply = handleGuarded(state_.endpoint, slow->request, slow->peer);
  slow->connection->onReply(*slow);
}

void ServerLoop::accept(const Listener& listener, std::size_t& budget) {
  for (; budget > 0; --budget) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    // Not Poco's acceptConnection(): it throws when there is nobody left, and would need two
    // further system calls to make the socket non-blocking.
    const int descriptor = ::accept4(listener.socket.impl()->sockfd(), asSocketAddress(address),
                                     &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        pauseAccepting(errno);
        return;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      continue;  // this one is gone again
    }
    if (state_.deaf > 0) {
      --state_.deaf;
      ::close(descriptor);
      continue;
    }
    if (connections_.size() >= state_.options.limits.maxConnections) {
      add(state_.counts.refusedConnections);
      ::close(descriptor);
      continue;
    }
    auto peer = peerOf(listener, descriptor, address);
    if (!peer) {
      ::close(descriptor);
      continue;
    }
    open(descriptor, *std::move(peer), listener.tls);
  }
}

void ServerLoop::open(int descriptor, Peer peer, SSL_CTX* tls) {
  add(state_.counts.connections);
  add(state_.counts.open);
  connections_.push_back(std::make_unique<Connection>(state_, descriptor, std::move(peer), tls));
  connections_.back()->index = connections_.size() - 1;
}

// Out of descriptors or memory: those who wait in the queue stay there, instead of waking the
// loop again and again.
void ServerLoop::pauseAccepting(int error) {
  watchListeners(EPOLL_CTL_MOD, 0);
  acceptAgain_ = state_.now + kAcceptPause;
  if (saidPaused_) return;
  saidPaused_ = true;
  std::fprintf(stderr, "emulator: cannot accept connections for now: %s (%zu are open)\n",
               std::strerror(error), connections_.size());
}

void ServerLoop::resumeAccepting() {
  acceptAgain_.reset();
  if (!state_.stopping) watchListeners(EPOLL_CTL_MOD, EPOLLIN);
}

bool ServerLoop::watchListeners(int operation, std::uint32_t events) {
  return std::ranges::all_of(listeners_, [&](const Listener& listener) {
    epoll_event event{};
    event.events = events;
    // Never written through; epoll's union knows no pointer to const.
    event.data.ptr = const_cast<Listener*>(&listener);
    return ::epoll_ctl(epoll_.get(), operation, listener.socket.impl()->sockfd(), &event) == 0;
  });
}

void ServerLoop::onWakeUp() {
  eventfd_t ignored = 0;
  ::eventfd_read(wakeUp_.get(), &ignored);
  for (const auto& slow : worker_.takeFinished()) slow->connection->onReply(*slow);
  if (stopRequested_ && !state_.stopping) beginStop();
}

void ServerLoop::beginStop() {
  state_.stopping = true;
  stopAt_ = state_.now + patience_.load();
  watchListeners(EPOLL_CTL_MOD, 0);
  for (const auto& connection : connections_) connection->onStop();
}

void ServerLoop::expire() {
  if (acceptAgain_ && state_.now >= *acceptAgain_) resumeAccepting();
  while (!state_.held.empty() && state_.held.begin()->first <= state_.now) {
    state_.held.begin()->second->onDue();
  }
  while (Deadlines::Entry* const entry = state_.deadlines.takeExpired(state_.now)) {
    static_cast<Connection*>(entry)->onExpired();
  }
}

// Frees what has closed, now that neither an event nor a list of this turn points at it.
void ServerLoop::bury() {
  if (state_.dead.empty()) return;
  for (Connection* const connection : state_.dead) {
    std::erase(state_.ready, connection);
    const std::size_t index = connection->index;
    connections_.back()->index = index;
    std::swap(connections_[index], connections_.back());
    connections_.pop_back();
  }
  state_.dead.clear();
}

}  // namespace stoklab::emulator
