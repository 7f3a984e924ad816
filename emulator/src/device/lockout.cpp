#include "lockout.h"

#include <algorithm>

namespace stoklab::emulator {

namespace {

// More clients than this have never shared one camera; the cap keeps a flood from growing memory.
constexpr std::size_t kMaxClients = 4096;

// Longer than anybody waits, and short enough to be counted from any time of day.
constexpr std::chrono::seconds kLongestLock = std::chrono::hours(24 * 365 * 30);

bool needsUnlocking(LockKind kind) {
  return kind == LockKind::forGood || kind == LockKind::factory;
}

}  // namespace

std::list<Lockout::Client>::iterator Lockout::find(std::string_view address) {
  return std::find_if(clients_.begin(), clients_.end(),
                      [&](const Client& known) { return known.address == address; });
}

Lockout::Client& Lockout::touch(std::string_view address) {
  const auto known = find(address);
  if (known != clients_.end()) {
    clients_.splice(clients_.end(), clients_, known);
    return clients_.back();
  }
  if (clients_.size() >= kMaxClients) {
    // A flood of clients opens no lock that a test has set.
    const auto oldest = std::find_if(clients_.begin(), clients_.end(),
                                     [](const Client& each) { return !each.imposed; });
    clients_.erase(oldest == clients_.end() ? clients_.begin() : oldest);
  }
  clients_.push_back({.address = std::string(address)});
  return clients_.back();
}

Lock Lockout::lockOf(const Client& client) const {
  if (client.kind != LockKind::timed) return {.kind = client.kind};
  const auto now = clock_.now();
  if (now < client.lockedUntil)
    return {.kind = LockKind::timed,
            .left = std::chrono::ceil<std::chrono::seconds>(client.lockedUntil - now)};
  if (stays_) return {.kind = LockKind::timed, .left = std::chrono::seconds(1)};
  return {};
}

Lock Lockout::lockOn(std::string_view client) {
  for (const std::string_view address : {std::string_view(), client}) {
    const auto known = find(address);
    if (known == clients_.end() || known->kind == LockKind::none) continue;
    const Lock lock = lockOf(*known);
    if (lock.kind != LockKind::none) return lock;
    clients_.erase(known);  // its time is over, and the count starts again
  }
  return {};
}

std::optional<int> Lockout::recordFailure(std::string_view client, std::optional<int> maxFailures) {
  Client& known = touch(keyOf(client));
  ++known.failures;
  if (!maxFailures) return std::nullopt;
  const int left = std::max(0, *maxFailures - known.failures);
  if (left == 0) {
    known.kind = LockKind::timed;
    known.lockedUntil = clock_.now() + lockTime_;
  }
  return left;
}

void Lockout::recordSuccess(std::string_view client) {
  const auto known = find(keyOf(client));
  if (known != clients_.end()) clients_.erase(known);
}

void Lockout::impose(LockKind kind, std::optional<std::chrono::seconds> time,
                     std::string_view client) {
  if (kind == LockKind::none) {
    if (client.empty()) return clear();
    clients_.remove_if([&](const Client& known) { return known.address == client; });
    return;
  }
  Client& known = touch(client);
  known.kind = kind;
  known.imposed = true;
  known.lockedUntil = clock_.now();
  if (kind != LockKind::timed) return;
  if (time)
    known.lockedUntil += std::clamp(*time, std::chrono::seconds(0), kLongestLock);
  else
    known.lockedUntil += lockTime_;
}

void Lockout::restart() {
  clients_.remove_if([](const Client& client) { return !needsUnlocking(client.kind); });
}

LockFacts Lockout::facts() const {
  LockFacts facts;
  for (const Client& client : clients_) {
    const Lock lock = lockOf(client);
    if (client.address.empty()) {
      facts.kind = lock.kind;
      facts.left = lock.left;
    }
    // Whose lock has run out starts again.
    const bool over = client.kind != LockKind::none && lock.kind == LockKind::none;
    if (over || (client.address.empty() && client.failures == 0)) continue;
    facts.clients.push_back({.address = client.address,
                             .failures = client.failures,
                             .left = lock.left,
                             .kind = lock.kind});
  }
  return facts;
}

}  // namespace stoklab::emulator
