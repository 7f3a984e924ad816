// The control interface: JSON over HTTP on a port of its own, for whoever tests a client. What it
// offers is described by the document that it serves at /openapi.json.
//
// It is for loopback. On any other address it demands a token; requests of web pages that are not
// one of the cameras' own are refused, and so are those whose Host is no address or name of this
// machine's loopback (a name that an attacker's DNS gives out).
//
// The one thing not to get wrong: the cameras must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

struct ControlOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;      // 0: any free one
  std::string token = {};      // "Authorization: Bearer <token>"; empty: none is asked for
  bool revealSecrets = false;  // tokens, passwords and identities as they are; on loopback only
};

class ControlServer {
 public:
  // Serves when it returns. Fails with ErrorKind::safety if the address is not loopback and there
  // is no token or secrets are to be revealed, and otherwise like HttpsServer::start().
  static protocol::Result<std::unique_ptr<ControlServer>> start(CameraDirectory& cameras,
                                                                const ControlOptions& options);
  ~ControlServer();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:8444"
  void stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::emulator
