// Counts wrong passwords and locks (facts.md L5 - L9). Whether one client or the whole device is
// locked is the profile's choice; the number of clients remembered is bounded. Further locks are
// imposed from outside, on one client or on all.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/device_control.h"
#include "stoklab/emulator/environment.h"

namespace stoklab::emulator {

enum class LockScope { client, device };

struct Lock {
  LockKind kind = LockKind::none;
  std::optional<std::chrono::seconds> left = {};  // of a timed one, rounded up; at least 1
};

class Lockout {
 public:
  // `stays`: a planted defect, the lock is still on when its time is over.
  Lockout(LockScope scope, std::chrono::milliseconds lockTime, const Clock& clock,
          bool stays = false)
      : scope_(scope), lockTime_(lockTime), clock_(clock), stays_(stays) {}

  // What keeps `client` out; kind none if nothing does. A lock on everybody comes first.
  Lock lockOn(std::string_view client);
  // Time until `client` may try again, rounded up to whole seconds; nullopt if it may now, or if
  // time does not help.
  std::optional<std::chrono::seconds> lockedFor(std::string_view client) {
    return lockOn(client).left;
  }

  // A wrong password. Returns how many attempts are left; at 0 the lock is on. `maxFailures` is
  // read at every call because the device's settings can change it (L8); nullopt: never locks.
  std::optional<int> recordFailure(std::string_view client, std::optional<int> maxFailures);

  // A right password forgets the wrong ones before it.
  void recordSuccess(std::string_view client);

  // Locks `client`, or everybody if that is empty; `time` is for LockKind::timed, by default that
  // of any lock. LockKind::none opens every lock and forgets all wrong passwords, or those of that
  // client.
  void impose(LockKind kind, std::optional<std::chrono::seconds> time, std::string_view client);

  // What a restart opens and forgets: all but what somebody has to unlock.
  void restart();

  LockFacts facts() const;

  void clear() { clients_.clear(); }

 private:
  struct Client {
    std::string address;  // empty: everybody
    int failures = 0;
    LockKind kind = LockKind::none;
    Clock::Time lockedUntil = {};  // of a timed lock
    bool imposed = false;
  };

  std::string_view keyOf(std::string_view client) const {
    return scope_ == LockScope::client ? client : std::string_view();
  }
  std::list<Client>::iterator find(std::string_view address);
  // As it is or made now, and the most recently seen from then on.
  Client& touch(std::string_view address);
  Lock lockOf(const Client& client) const;

  LockScope scope_;
  std::chrono::milliseconds lockTime_;
  const Clock& clock_;
  bool stays_;
  std::list<Client> clients_;  // least recently seen first
};

}  // namespace stoklab::emulator
