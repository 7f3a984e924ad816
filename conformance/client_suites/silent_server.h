// A port of this machine that accepts connections and never says anything.
#pragma once

#include <cstdint>

namespace stoklab::conformance {

// Listens on 127.0.0.1 while it lives. The system completes the connections by itself; nobody ever
// takes one up. Throws std::runtime_error if it cannot listen.
class SilentServer {
 public:
  SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  ~SilentServer();

  std::uint16_t port() const { return port_; }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace stoklab::conformance
