// Sends a request on to the device, as it came: any method and path, the body byte for byte, all
// headers but those that belong to one connection. The answer comes back in the same way.
//
// The one thing not to get wrong: a request is never executed twice. It is sent a second time only
// if part of it certainly did not leave this machine on a connection that had died meanwhile.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "capture/upstream.h"
#include "stoklab/client/https_transport.h"
#include "target.h"

namespace stoklab::cli {

struct ForwardingOptions {
  Target device = {};
  bool frontIsTls = true;
  std::function<std::chrono::steady_clock::time_point()> now = {};
};

// One thread at a time, so one request at a time is under way. When the device stalls, what came in
// meanwhile is answered at once and not sent: one deadline passes, not one for each who waits.
class Forwarding final : public Upstream {
 public:
  // The transport must outlive it.
  Forwarding(client::HttpsTransport& transport, ForwardingOptions options);

  Passage pass(const emulator::HttpRequest& request) override;

 private:
  using Time = std::chrono::steady_clock::time_point;

  client::HttpExchange outgoing(const emulator::HttpRequest& request) const;
  emulator::HttpReply incoming(const emulator::HttpRequest& request,
                               const client::HttpAnswer& answer) const;
  client::Result<client::HttpAnswer> exchange(const client::HttpExchange& request);
  // What the client calls us, "https://127.0.0.1:8443"; empty if it does not say.
  std::string frontOrigin(const emulator::HttpRequest& request) const;
  Passage failed(const protocol::Error& error) const;

  client::HttpsTransport& transport_;
  ForwardingOptions options_;
  Time lastUse_ = {};
  // What came in before has waited for a device that stalled.
  std::optional<Time> stalledUntil_ = {};
};

}  // namespace stoklab::cli
