// The event loop: one thread, one epoll instance, all connections. Each turn serves the open
// connections first, then a bounded number of handshakes and new connections and one heavy request,
// so that a storm of newcomers slows itself down and nobody else.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "connection.h"
#include "descriptor.h"
#include "listener.h"
#include "loop_state.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"

namespace stoklab::emulator {

class ServerLoop {
 public:
  // Everything outlives the loop.
  ServerLoop(Endpoint& endpoint, const ServerOptions& options, LiveCounts& counts,
             std::span<const Listener> listeners);
  ~ServerLoop();
  ServerLoop(const ServerLoop&) = delete;
  ServerLoop& operator=(const ServerLoop&) = delete;

  // Whether the kernel gave it what it needs; if not, errno says why. Before run().
  bool isUsable() const { return epoll_.get() >= 0 && wakeUp_.get() >= 0 && watching_; }

  // Serves until requestStop(); on a thread of its own.
  void run();

  // From any thread, once: accepts nothing more and returns from run() when all requests under
  // way are answered, or `patience` has passed.
  void requestStop(std::chrono::milliseconds patience);

 private:
  using TimePoint = Deadlines::TimePoint;

  int waitMilliseconds() const;
  void serveReady();
  void serveEvents(std::size_t count);
  void serveHeavy();
  const Listener* asListener(const void* subject) const;
  void accept(const Listener& listener, std::size_t& budget);
  void open(int descriptor, Peer peer, SSL_CTX* tls);
  void pauseAccepting(int error);
  void resumeAccepting();
  void onWakeUp();
  void beginStop();
  void expire();
  void bury();
  bool watchListeners(int operation, std::uint32_t events);

  Descriptor epoll_;
  Descriptor wakeUp_;
  const std::span<const Listener> listeners_;
  LoopState state_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<epoll_event> events_;
  std::vector<Connection*> handshakes_;  // put off to the end of the turn
  std::vector<Connection*> turn_;
  std::vector<const Listener*> knockedOn_;  // likewise
  std::optional<TimePoint> acceptAgain_;
  std::optional<TimePoint> stopAt_;
  const bool hasSpareCore_;
  bool watching_ = false;
  bool saidPaused_ = false;

  std::atomic<bool> stopRequested_{false};
  std::atomic<std::chrono::milliseconds> patience_{std::chrono::milliseconds(0)};

  Worker worker_;  // last: its thread calls back
};

}  // namespace stoklab::emulator
