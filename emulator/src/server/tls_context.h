// TlsOptions made into what accepts TLS connections.
#pragma once

#include <Poco/Net/Context.h>

#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Fails with ErrorKind::malformed if certificate, key, versions or ciphers are unusable; the
// detail says which. Security level 0, since cameras use 1024-bit keys and key exchange by static
// RSA (facts.md T2, T7); session cache and tickets are on, renegotiation is off.
protocol::Result<Poco::Net::Context::Ptr> makeTlsContext(const TlsOptions& options);

}  // namespace stoklab::emulator
