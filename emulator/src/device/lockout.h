// Counts wrong passwords and locks (facts.md L5 - L9). Whether one client or the whole device is
// locked is the profile's choice; the number of clients remembered is bounded.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/environment.h"

namespace stoklab::emulator {

enum class LockScope { client, device };

class Lockout {
 public:
  // `stays`: a planted defect, the lock is still on when its time is over.
  Lockout(LockScope scope, std::chrono::milliseconds lockTime, const Clock& clock,
          bool stays = false)
      : scope_(scope), lockTime_(lockTime), clock_(clock), stays_(stays) {}

  // Time until `client` may try again, rounded up to whole seconds; nullopt if it may now.
  std::optional<std::chrono::seconds> lockedFor(std::string_view client);

  // A wrong password. Returns how many attempts are left; at 0 the lock is on. `maxFailures` is
  // read at every call because the device's settings can change it (L8); nullopt: never locks.
  std::optional<int> recordFailure(std::string_view client, std::optional<int> maxFailures);

  // A right password forgets the wrong ones before it.
  void recordSuccess(std::string_view client);

  void clear() { clients_.clear(); }

 private:
  struct Client {
    std::string address;
    int failures = 0;
    std::optional<Clock::Time> lockedUntil = {};
  };

  std::string_view keyOf(std::string_view client) const {
    return scope_ == LockScope::client ? client : std::string_view();
  }
  std::list<Client>::iterator find(std::string_view client);

  LockScope scope_;
  std::chrono::milliseconds lockTime_;
  const Clock& clock_;
  bool stays_;
  std::list<Client> clients_;  // least recently seen first
};

}  // namespace stoklab::emulator
