// One emulated camera: a profile brought to life. It answers as the profile says, refuses what the
// profile does not have, and invents nothing.
//
// The one thing not to get wrong: the environment must outlive the device.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stoklab/emulator/device_control.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/lapses.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// Whom a device lets in: one account; that user with any password; or any user with any. A login
// must be in form and carry a nonce of the device in any case.
enum class Admission { account, anyPassword, anybody };

struct Account {
  std::string username = "admin";
  std::string password = {};
  Admission admission = Admission::account;
};

// What challenges carry. A device made with one key converts from it.
struct LoginKeys {
  LoginKeys(protocol::RsaPrivateKey only)  // NOLINT(google-explicit-constructor)
      : first(std::move(only)) {}
  LoginKeys(protocol::RsaPrivateKey one, protocol::RsaPrivateKey other)
      : first(std::move(one)), second(std::move(other)) {}

  protocol::RsaPrivateKey first;                       // "key"
  std::optional<protocol::RsaPrivateKey> second = {};  // "key_2" (facts.md C5)
};

struct DeviceOptions {
  Account account = {};
  // How long the device is away after a reboot; nullopt: as the profile says.
  std::optional<std::chrono::milliseconds> rebootTime = {};
  // How long a session lives and a lock lasts; likewise.
  std::optional<std::chrono::milliseconds> sessionLifetime = {}, lockTime = {};
  Lapses lapses = {};  // planted defects
  // Called when a client has asked for a firmware upgrade, before it is answered and under the
  // device's lock; after that answer the device answers nothing more. Empty: nothing happens then.
  std::function<void()> onFirmwareUpgrade = {};
  // What this device has that others of its profile have not, as for DeviceControl::patch(); see
  // camera_identity.h. Null: it is the profile's own. A part that does not fit leaves the whole
  // out.
  protocol::Json identity = {};
};

// What all devices of one profile and one set of keys share: the profile, its texts for the wire,
// the pages. Immutable; may be used from several threads.
class DeviceModel;

// Takes milliseconds and a few hundred KB: make it once. The keys are what challenges carry; their
// number and sizes should be the profile's.
std::shared_ptr<const DeviceModel> makeDeviceModel(std::shared_ptr<const fixtures::Profile> profile,
                                                   LoginKeys loginKeys);

// A command that changes a setting: set, add or remove, and its modules with strings decoded.
struct SettingChange {
  protocol::Method method = protocol::Method::set;
  protocol::Json modules = protocol::Json::object();
};

// All members may be called from several threads at once; one lock covers the state, and only the
// decryption of a login runs outside it.
class Device final : public Endpoint {
 public:
  // Costs little beside its model: a few hundred bytes, and a few KB with another identity or once
  // it has been used.
  Device(std::shared_ptr<const DeviceModel> model, DeviceOptions options, Environment environment);
  // Of a model of its own.
  Device(std::shared_ptr<const fixtures::Profile> profile, DeviceOptions options,
         LoginKeys loginKeys, Environment environment);
  ~Device() override;

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;

  // What whoever sends `request` is told if it goes to a session that is not alive (or the device
  // is away); nullopt otherwise, and a session has been used then.
  std::optional<HttpReply> turnAway(const HttpRequest& request, const Peer& peer);

  // A login needs an RSA operation; nothing else takes long. The same for every device.
  static Effort effortFor(const HttpRequest& request);
  Effort effortOf(const HttpRequest& request) const override { return effortFor(request); }

  const fixtures::Profile& profile() const;

  // Lives as long as the device.
  DeviceControl& control();

  // What clients have changed of the profile's settings, to be adopted by another device.
  std::vector<SettingChange> changedSettings() const;
  // Returns how many of the changes this device's own rules refuse; it is left without those.
  std::size_t adopt(const std::vector<SettingChange>& changes);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stoklab::emulator
