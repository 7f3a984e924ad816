// What the connections of one event loop share: the endpoint, the options, the clock of this turn,
// and the buffers that a connection borrows while it has something to do. Nothing here is locked;
// all of it but `counts` belongs to the loop's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "byte_buffer.h"
#include "deadlines.h"
#include "http_parser.h"
#include "http_reply.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "worker.h"

namespace stoklab::emulator {

class Connection;

// Written by the loop's thread, read by any.
struct LiveCounts {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> handshakes{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refusedConnections{0};
  std::atomic<std::uint64_t> badRequests{0};
};

inline void add(std::atomic<std::uint64_t>& count) {
  count.fetch_add(1, std::memory_order_relaxed);
}

struct LoopState {
  Endpoint& endpoint;
  const ServerOptions& options;
  LiveCounts& counts;
  ReplyWriter replies;
  int epoll;

  Deadlines deadlines;
  Deadlines::TimePoint now{};
  bool stopping = false;
  Worker* worker = nullptr;

  // For planted defects: how many newcomers are still to be cut off, and how many connections hold
  // a request in part.
  int deaf = 0;
  int unfinished = 0;

  // Empty between two turns of connections.
  ByteBuffer input = {};
  ByteBuffer output = {};
  RequestViews views = {};

  // Those that wait for a time of their own, by that time: their answer is kept back, or a scripted
  // fault goes on.
  std::set<std::pair<Deadlines::TimePoint, Connection*>> held = {};

  // Heavy ones, in the order in which they came.
  std::deque<std::unique_ptr<SlowRequest>> heavy = {};

  std::vector<Connection*> ready = {};  // have work that their sockets will not report
  std::vector<Connection*> dead = {};   // to be freed at the end of the turn
};

}  // namespace stoklab::emulator
