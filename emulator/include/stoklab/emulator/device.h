// One emulated camera: a profile brought to life. It answers as the profile says, refuses what the
// profile does not have, and invents nothing.
//
// The one thing not to get wrong: the environment must outlive the device.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/lapses.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/crypto.h"

namespace stoklab::emulator {

struct Account {
  std::string username = "admin";
  std::string password = {};
};

struct DeviceOptions {
  Account account = {};
  // How long the device is away after a reboot; nullopt: as the profile says.
  std::optional<std::chrono::milliseconds> rebootTime = {};
  // How long a session lives and a lock lasts; likewise.
  std::optional<std::chrono::milliseconds> sessionLifetime = {}, lockTime = {};
  Lapses lapses = {};  // planted defects
};

// All members may be called from several threads at once; one lock covers the state, and only the
// decryption of a login runs outside it.
class Device final : public Endpoint {
 public:
  // `loginKey` is the key that challenges carry; its size should be the profile's.
  Device(std::shared_ptr<const fixtures::Profile> profile, DeviceOptions options,
         protocol::RsaPrivateKey loginKey, Environment environment);
  ~Device() override;

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;

  // True for a login, which needs an RSA operation.
  bool isSlow(const HttpRequest& request) const override;

  const fixtures::Profile& profile() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::emulator
