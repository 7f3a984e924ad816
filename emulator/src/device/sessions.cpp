#include "sessions.h"

#include <algorithm>

namespace stoklab::emulator {

const DeviceSession& Sessions::open(std::string_view user, std::string_view userGroup) {
  if (rules_.oneToken && !byAge_.empty()) return byAge_.back();
  while (byAge_.size() >= rules_.maxSessions) erase(byAge_.begin());
  const auto now = environment_.clock.now();
  byAge_.push_back({.number = ++opened_,
                    .token = environment_.random.text(rules_.tokenLength, rules_.tokenAlphabet),
                    .user = std::string(user),
                    .userGroup = std::string(userGroup),
                    .opened = now,
                    .expires = now + rules_.lifetime});
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

void Sessions::reset() {
  endAll();
  opened_ = 0;
}

std::vector<SessionFacts> Sessions::facts() const {
  std::vector<SessionFacts> facts;
  for (const DeviceSession& session : byAge_)
    if (isAlive(session))
      facts.push_back({.number = session.number,
                       .token = session.token,
                       .user = session.user,
                       .userGroup = session.userGroup,
                       .opened = session.opened,
                       .expires = session.expires});
  return facts;
}

Sessions::Entry Sessions::aliveOf(std::uint64_t number) {
  return std::find_if(byAge_.begin(), byAge_.end(), [&](const DeviceSession& session) {
    return session.number == number && isAlive(session);
  });
}

// Gone at once, so that no clock that is set back brings it to life again.
bool Sessions::expire(std::uint64_t number) {
  const Entry entry = aliveOf(number);
  if (entry == byAge_.end()) return false;
  if (!rules_.staysAlive) erase(entry);
  return true;
}

bool Sessions::revoke(std::uint64_t number) {
  const Entry entry = aliveOf(number);
  if (entry == byAge_.end()) return false;
  erase(entry);
  return true;
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
