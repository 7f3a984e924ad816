// The sockets that a server listens on.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <openssl/ssl.h>

#include <cstddef>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

struct Listener {
  Poco::Net::ServerSocket socket;
  Peer here = {};             // the local half
  bool anyAddress = false;    // which of this machine's addresses, only the connection knows
  bool loopbackOnly = false;  // and it has to be one of 127.0.0.0/8
  SSL_CTX* tls = nullptr;     // null: plain HTTP; not owned
};

// Bound, listening, non-blocking. Fails with ErrorKind::transport; the detail names the address.
protocol::Result<Listener> listenOn(const ListenAddress& address, bool loopbackOnly);

// Makes sure that this process may open `sockets` descriptors beside those that it has and some for
// connections, raising its own limit if it may. Fails with ErrorKind::transport; the detail says
// what to do.
protocol::Result<void> reserveDescriptors(std::size_t sockets);

}  // namespace stoklab::emulator
