// Who may call the control interface: nobody's web pages but the cameras' own, nobody who came by a
// foreign name, and with a token nobody without it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/call.h"
#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

struct DoorDecision {
  std::optional<ControlAnswer> answer = {};  // a refusal, or what a preflight is answered
  std::vector<std::pair<std::string, std::string>> headers = {};  // for whatever is answered
};

// Immutable.
class Doorkeeper {
 public:
  // An empty token: none is asked for.
  Doorkeeper(const CameraDirectory& cameras, std::string token)
      : cameras_(cameras), token_(std::move(token)) {}

  DoorDecision check(const HttpRequest& request) const;

 private:
  bool hasToken(const HttpRequest& request) const;

  const CameraDirectory& cameras_;
  const std::string token_;
};

// Of a Host header, with or without a port: "localhost", or a literal address of the loopback
// interface.
bool isLoopbackHost(std::string_view host);

}  // namespace stoklab::emulator
