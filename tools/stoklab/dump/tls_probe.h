// Which TLS a device accepts, found by handshakes of our own: for each version the whole list is
// offered and what the device chose is taken off it, until it refuses. What is left out is the
// suites of TLS 1.3, which a device cannot choose freely.
#pragma once

#include <functional>

#include "dump/raw_connection.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli::dump {

struct TlsProbeOptions {
  int maxHandshakes = 64;
  std::function<void()> beforeEach = {};  // waits until the next one may begin
};

struct TlsFindings {
  std::vector<std::string> versions;  // oldest first
  std::vector<std::string> ciphers;   // in the device's own order, up to TLS 1.2
  bool complete = true;               // false: there were more than maxHandshakes
  int handshakes = 0;
  std::optional<CertificateFacts> certificate;
};

// Fails with ErrorKind::transport if nobody answers any more.
Result<TlsFindings> probeTls(const Device& device, const TlsProbeOptions& options);

}  // namespace stoklab::cli::dump
