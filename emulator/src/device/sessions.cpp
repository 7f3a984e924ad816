#include "sessions.h"

#include <algorithm>

namespace stoklab::emulator {

const DeviceSession& Sessions::open(std::string_view userGroup) {
  if (rules_.oneToken && !byAge_.empty()) return byAge_.back();
  while (byAge_.size() >= rules_.maxSessions) erase(byAge_.begin());
  byAge_.push_back({.token = environment_.random.text(rules_.tokenLength, rules_.tokenAlphabet),
                    .userGroup = std::string(userGroup),
                    .expires = environment_.clock.now() + rules_.lifetime});
  const Entry entry = std::prev(byAge_.end());
  byToken_.emplace(entry->token, entry);
  return *entry;
}

const DeviceSession* Sessions::use(std::string_view token) {
  const auto found = byToken_.find(token);
  if (found == byToken_.end()) return nullptr;
  const Entry entry = found->second;
  const auto now = environment_.clock.now();
  if (now >= entry->expires && !rules_.staysAlive) {
    erase(entry);
    return nullptr;
  }
  if (rules_.expiry == fixtures::SessionExpiry::sliding) entry->expires = now + rules_.lifetime;
  return &*entry;
}

void Sessions::end(std::string_view token) {
  const auto found = byToken_.find(token);
  if (found != byToken_.end()) erase(found->second);
}

void Sessions::endAll() {
  byToken_.clear();
  byAge_.clear();
}

void Sessions::erase(Entry entry) {
  byToken_.erase(entry->token);
  byAge_.erase(entry);
}

std::optional<int> Sessions::userIdOf(std::string_view token, std::size_t most) {
  const auto found = byToken_.find(token);
  if (found == byToken_.end()) return std::nullopt;
  auto& given = found->second->userId;
  int id = 1;
  while (!given && holdsUserId(std::to_string(id))) ++id;
  if (!given && static_cast<std::size_t>(id) <= most) given = id;
  return given;
}

bool Sessions::holdsUserId(std::string_view id) const {
  return std::any_of(byAge_.begin(), byAge_.end(), [&](const DeviceSession& session) {
    return session.userId && std::to_string(*session.userId) == id;
  });
}

}  // namespace stoklab::emulator
