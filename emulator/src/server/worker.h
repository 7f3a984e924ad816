// The threads that answer what would hold up everybody's reads: lengthy requests, and heavy ones
// where there are many at once and a core to spare. Each of them starts when there is more to do
// than the others can take.
//
// The one thing not to get wrong: a request handed over carries its own copy of all it points to;
// the connection's buffer goes on living its own life.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

class Connection;

// A request that waits to be answered later or elsewhere, and its answer on the way back.
struct SlowRequest {
  SlowRequest(Connection& from, const HttpRequest& original, const Peer& who, bool keepAlive);
  SlowRequest(const SlowRequest&) = delete;
  SlowRequest& operator=(const SlowRequest&) = delete;

  Connection* connection;  // touched by the loop's thread only
  std::string text;        // what `request` points into
  std::vector<HttpHeader> headers;
  HttpRequest request;
  Peer peer;
  bool mayKeepAlive;
  HttpReply reply = {};
};

class Worker {
 public:
  // `wake` is called on a worker thread when takeFinished() has something after having had nothing.
  // `endpoint` outlives the worker. At most `threads` requests, and at least one, are worked on at
  // once.
  Worker(Endpoint& endpoint, std::function<void()> wake, std::size_t threads = 1);
  // Drops what has not begun and waits for what has.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void post(std::unique_ptr<SlowRequest> request);
  std::vector<std::unique_ptr<SlowRequest>> takeFinished();

 private:
  void run();

  Endpoint& endpoint_;
  const std::function<void()> wake_;
  const std::size_t most_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable changed_;
  std::deque<std::unique_ptr<SlowRequest>> waiting_;
  std::vector<std::unique_ptr<SlowRequest>> finished_;
  bool stopping_ = false;
  std::size_t idle_ = 0;
  std::vector<std::thread> threads_;  // last: they start when all else is there
};

// How many cores this process may use; std::thread::hardware_concurrency() counts those of the
// machine.
std::size_t usableCores();

// Keeps signals away from the calling thread, which is then one of the server's own: SIGTERM goes
// to whoever waits for it, and SIGPIPE, which OpenSSL's writes can raise, to nobody. Faults of the
// program itself stay deliverable.
void blockSignals();

}  // namespace stoklab::emulator
