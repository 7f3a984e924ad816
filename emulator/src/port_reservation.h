// Keeps a port while nobody serves it: who connects is refused, and nobody else gets it.
#pragma once

#include <Poco/Net/ServerSocket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace stoklab::emulator {

class PortReservation {
 public:
  // A port that cannot be had is not reserved, and nothing is said: whoever serves next will.
  PortReservation(const std::string& address, std::uint16_t port);

 private:
  std::optional<Poco::Net::ServerSocket> socket_;  // bound, not listening
};

}  // namespace stoklab::emulator
