// Endpoints for the server's tests, and the server in front of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "raw_client.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/identity.h"

namespace stoklab::emulator {

// Answers as the function says.
class FunctionEndpoint : public Endpoint {
 public:
  using Function = std::function<HttpReply(const HttpRequest&, const Peer&)>;
  explicit FunctionEndpoint(Function function) : function_(std::move(function)) {}
  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    return function_(request, peer);
  }

 private:
  Function function_;
};

// "POST /target <body>": shows that the request arrived as it was meant.
inline HttpReply echo(const HttpRequest& request) {
  return {.contentType = "text/plain",
          .body = std::string(request.method) + " " + std::string(request.target) + " " +
                  std::string(request.body)};
}

class EchoEndpoint : public Endpoint {
 public:
  HttpReply handle(const HttpRequest& request, const Peer&) override { return echo(request); }
};

// What a thread waits for until another opens it.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // Until somebody waits in pass(), or has.
  void awaitArrival() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

// What is asked of "/slow" waits at the gate, on the worker thread.
class GatedEndpoint : public Endpoint {
 public:
  ~GatedEndpoint() override = default;
  HttpReply handle(const HttpRequest& request, const Peer&) override {
    if (effortOf(request) != Effort::light) gate.pass();
    return echo(request);
  }
  Effort effortOf(const HttpRequest& request) const override {
    return request.target == "/slow" ? Effort::lengthy : Effort::light;
  }

  Gate gate;
};

// One key for the whole test program: a small one, so that handshakes are quick under sanitizers.
inline const Identity& testIdentity() {
  static const Identity identity = makeIdentity({.keyBits = 1024}).value();
  return identity;
}

inline ServerOptions tlsOptions() { return {.tls = {.identity = testIdentity()}}; }
inline ServerOptions plainOptions() { return {.tls = {.enabled = false}}; }

inline std::unique_ptr<HttpsServer> startServer(Endpoint& endpoint, const ServerOptions& options) {
  return HttpsServer::start(endpoint, options).value();
}

// Polls a counter of the server, since it lags behind what a client has seen. False after ten
// seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace stoklab::emulator
