// The one catch around an endpoint. Endpoint::handle() cannot fail; if it throws all the same,
// that is a bug of the emulator, and the client gets a 500 instead of a dead connection.
#pragma once

#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

// What the endpoint answers; a 500 without a body, and a line on stderr that begins
// "emulator bug:", if it throws or gives a status that is no final one.
HttpReply handleGuarded(Endpoint& endpoint, const HttpRequest& request, const Peer& peer) noexcept;

// What the endpoint says; Effort::light, and the same line, if it throws.
Effort effortGuarded(const Endpoint& endpoint, const HttpRequest& request) noexcept;

}  // namespace stoklab::emulator
