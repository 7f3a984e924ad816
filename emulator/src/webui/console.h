// The page for whoever debugs a client: journal, sessions, settings, faults and clock of one
// camera, in a browser. It uses the control interface and nothing else; the camera's own protocol,
// and its journal, know nothing of it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

// Where the control interface is, once there is one. Thread-safe.
class ConsoleLink {
 public:
  void set(const std::string& url) {
    const std::lock_guard lock(mutex_);
    url_ = url;
  }
  // Empty: there is none.
  std::string url() const {
    const std::lock_guard lock(mutex_);
    return url_;
  }

 private:
  mutable std::mutex mutex_;
  std::string url_;
};

// Serves the console's files, and leaves everything else to what is inside.
class ConsoleEndpoint final : public Endpoint {
 public:
  // `link` outlives it. `camera` is what the control interface calls the camera.
  ConsoleEndpoint(std::unique_ptr<Endpoint> inside, const ConsoleLink& link, std::string camera);

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;
  Effort effortOf(const HttpRequest& request) const override { return inside_->effortOf(request); }

 private:
  std::optional<HttpReply> page(const HttpRequest& request) const;

  const std::unique_ptr<Endpoint> inside_;
  const ConsoleLink& link_;
  const std::string camera_;
};

}  // namespace stoklab::emulator
