// TlsOptions made into what accepts TLS connections.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "pem.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

using TlsContextPtr = std::unique_ptr<SSL_CTX, OpenSslDeleter<SSL_CTX_free>>;

// OpenSSL directly: of what is set here Poco's Context has a door for the session cache alone, and
// its library brings three others along, which the start of a program pays for.
//
// Fails with ErrorKind::malformed if certificate, key, versions or ciphers are unusable; the
// detail says which. Security level 0, since cameras use 1024-bit keys and key exchange by static
// RSA (facts.md T2, T7); session cache and tickets are on, renegotiation is off.
protocol::Result<TlsContextPtr> makeTlsContext(const TlsOptions& options);

}  // namespace stoklab::emulator
