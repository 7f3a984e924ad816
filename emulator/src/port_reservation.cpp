#include "port_reservation.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>

namespace stoklab::emulator {

PortReservation::PortReservation(const std::string& address, std::uint16_t port) {
  try {
    const Poco::Net::SocketAddress place(Poco::Net::IPAddress(address), port);
    Poco::Net::ServerSocket socket;
    // A server may bind the same address as long as this socket does not listen.
    if (place.family() == Poco::Net::AddressFamily::IPv6) {
      socket.bind6(place, true, false, true);
    } else {
      socket.bind(place, true, false);
    }
    socket_ = std::move(socket);
  } catch (const Poco::Exception&) {
    socket_.reset();
  }
}

}  // namespace stoklab::emulator
