// What stands on port 80 of a camera: whoever asks is sent to the HTTPS site (facts.md T12).
#pragma once

#include <cstdint>

#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

class Redirect final : public Endpoint {
 public:
  Redirect(int status, std::uint16_t httpsPort) : status_(status), httpsPort_(httpsPort) {}

  // To the host that the request names, on the HTTPS port; to the address it came in on where it
  // names none.
  HttpReply handle(const HttpRequest& request, const Peer& peer) override;

 private:
  int status_;
  std::uint16_t httpsPort_;
};

}  // namespace stoklab::emulator
