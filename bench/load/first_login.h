#pragma once

#include <openssl/ssl.h>

#include <string>

#include "client_script.h"
#include "tls_link.h"

namespace stoklab::bench {

// One login before the load, for those who only use a session: its command path, "/stok=.../ds".
// Empty, with `why`, if it failed.
std::string commandPath(const Target& target, SSL_CTX* context, Shared& shared, std::string& why);

}  // namespace stoklab::bench
