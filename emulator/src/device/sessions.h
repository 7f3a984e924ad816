// The sessions of a device (facts.md section 7). Bounded in number: a further login pushes out the
// oldest, nobody is refused.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stoklab/emulator/device_control.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

struct DeviceSession {
  std::uint64_t number = 0;  // SessionFacts::number
  std::string token;
  std::string user;
  std::string userGroup;
  std::optional<int> userId = {};  // for playback; given on demand
  Clock::Time opened = {}, expires = {};
};

class Sessions {
 public:
  struct Rules {
    std::size_t tokenLength = 32;
    std::string_view tokenAlphabet;  // must outlive the sessions
    std::chrono::milliseconds lifetime{};
    fixtures::SessionExpiry expiry = fixtures::SessionExpiry::sliding;
    std::size_t maxSessions = 1;
    bool staysAlive = false;  // a planted defect: a session does not expire
    bool oneToken = false;    // likewise: open() gives the newest session again, if there is one
  };

  Sessions(Rules rules, Environment environment)
      : rules_(std::move(rules)), environment_(environment) {}

  const DeviceSession& open(std::string_view user, std::string_view userGroup);

  // The live session of that token, its life extended if it slides; nullptr if there is none. The
  // pointer lives until the next call of a member that is not const.
  const DeviceSession* use(std::string_view token);

  // The playback user id of that session: the lowest that no other session holds. nullopt if `most`
  // are given out already, or there is no such session.
  std::optional<int> userIdOf(std::string_view token, std::size_t most);
  bool holdsUserId(std::string_view id) const;

  void end(std::string_view token);
  void endAll();
  // All of them end, and the next one is the first again.
  void reset();

  // Those that are alive, oldest first.
  std::vector<SessionFacts> facts() const;
  // The time of that session is over; false if there is none alive of that number.
  bool expire(std::uint64_t number);
  // It ends; likewise.
  bool revoke(std::uint64_t number);
  std::size_t size() const { return byAge_.size(); }

 private:
  using Entry = std::list<DeviceSession>::iterator;
  void erase(Entry entry);
  bool isAlive(const DeviceSession& session) const {
    return rules_.staysAlive || environment_.clock.now() < session.expires;
  }
  Entry aliveOf(std::uint64_t number);

  Rules rules_;
  Environment environment_;
  std::list<DeviceSession> byAge_;                       // oldest first
  std::unordered_map<std::string_view, Entry> byToken_;  // keys point into byAge_
  std::uint64_t opened_ = 0;
};

}  // namespace stoklab::emulator
