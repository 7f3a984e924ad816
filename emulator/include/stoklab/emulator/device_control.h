// What a test does to a device behind the back of its clients: looks at its settings, changes them,
// ends sessions, locks it, restarts it. The control interface is made of this.
//
// Unlike a client, it is asked no password, and what it reads is not redacted: whoever shows it to
// somebody does that.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/emulator/environment.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Why a device lets nobody in (facts.md L6, L7). What is published of the last three is the code
// alone, so this much is made up: it stands in the challenge and in the answer to a login where the
// code of a timed lock stands, under the same HTTP status, without seconds, and no password helps.
// Sessions that are there go on, but for `factory`: a device without a password has none, and the
// first "set_password" gives it one and opens it (L11). A restart opens a timed lock, as it makes
// the device forget wrong passwords, and `clientsFull`, as it ends all sessions.
enum class LockKind {
  none,
  timed,        // -40404, with the seconds that are left
  forGood,      // -40408, until somebody unlocks it
  factory,      // -40405, no password has been set yet
  clientsFull,  // -40406, as many clients as it takes are logged in
};

struct LockedClient {
  std::string address = {};  // empty: the whole device
  int failures = 0;
  std::optional<std::chrono::seconds> left = {};  // nullopt: not locked, or for good
  LockKind kind = LockKind::none;
};

struct LockFacts {
  LockKind kind = LockKind::none;  // what lock() has set; timed also if all clients are
  std::optional<std::chrono::seconds> left = {};
  std::vector<LockedClient> clients = {};  // with wrong passwords to their name
};

struct SessionFacts {
  // Counts the logins of this device, from 1; never used again, but that reset() starts anew.
  std::uint64_t number = 0;
  std::string token = {};  // a secret
  std::string user = {};   // as it named itself at the login
  std::string userGroup = {};
  Clock::Time opened = {}, expires = {};
};

// All members may be called from several threads; each takes the device's lock. Lives as long as
// its device.
class DeviceControl {
 public:
  virtual ~DeviceControl() = default;

  // The settings below `path`: {} everything, {"image"}, {"image","switch"},
  // {"image","switch","flicker"}; of a table the third is a row and the fourth its field. Strings
  // decoded, live values as of now. Fails with ErrorKind::malformed, naming the part that is not
  // there.
  virtual protocol::Result<protocol::Json> read(const std::vector<std::string>& path) const = 0;
  // Puts values into settings that are there, whatever the device's own rules say of them:
  // {"image":{"switch":{"flicker":"60hz"}}}. All or nothing. Fails with ErrorKind::malformed for a
  // module, section, row or field that is not there, a value of another type, or a clock or counter
  // that the device itself makes up when it is asked.
  virtual protocol::Result<void> patch(const protocol::Json& modules) = 0;
  // As if somebody had used the device's own user interface: its rules hold. For set, add and
  // delete, of which others fail with ErrorKind::malformed. Fails with ErrorKind::refused and the
  // device's code, where it has one.
  virtual protocol::Result<void> change(protocol::Method method, const protocol::Json& modules) = 0;

  // Settings, and nothing else.
  class Snapshot {
   public:
    virtual ~Snapshot() = default;
  };
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  // Of a device of the same model; any other is left alone.
  virtual void restore(const Snapshot& snapshot) = 0;
  // As it was when it was new: settings (those of its own identity), password, sessions, nonces,
  // locks, restarts. What has begun to become another firmware stays away.
  virtual void reset() = 0;

  virtual std::vector<SessionFacts> sessions() const = 0;
  // Its time is over at once, as if nobody had used it for long; false if there is none of that
  // number.
  virtual bool expireSession(std::uint64_t number) = 0;
  // It is gone, as after a log-out; likewise.
  virtual bool revokeSession(std::uint64_t number) = 0;

  // `time` is for LockKind::timed only; by default as the profile says. `client` is an address;
  // empty: everybody. LockKind::none opens every lock and forgets all wrong passwords, or with a
  // client that client's.
  virtual void lock(LockKind kind, std::optional<std::chrono::seconds> time = {},
                    const std::string& client = {}) = 0;
  virtual LockFacts lockFacts() const = 0;

  // `away`: on the device's clock; nullopt: as its options or its profile say.
  virtual void reboot(std::optional<std::chrono::milliseconds> away) = 0;
  // How long it is still away; nullopt: it is there. milliseconds::max() once it has been asked to
  // become another firmware.
  virtual std::optional<std::chrono::milliseconds> awayFor() const = 0;
};

}  // namespace stoklab::emulator
