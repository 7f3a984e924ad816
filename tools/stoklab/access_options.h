// The options that say who we are and whom we trust, for verbs that are told otherwise where a
// device is.
#pragma once

#include "connection.h"

namespace stoklab::cli {

// --timeout, --tls-pin, --ca, --insecure
void addTrustOptions(CLI::App& command, ConnectionOptions& options);
// --username, --password-file, --password-fd
void addLoginOptions(CLI::App& command, ConnectionOptions& options);

}  // namespace stoklab::cli
