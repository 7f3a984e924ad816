#include "lockout.h"

#include <algorithm>

namespace stoklab::emulator {

namespace {
// More clients than this have never shared one camera; the cap keeps a flood from growing memory.
constexpr std::size_t kMaxClients = 4096;
}  // namespace

std::list<Lockout::Client>::iterator Lockout::find(std::string_view client) {
  return std::find_if(clients_.begin(), clients_.end(),
                      [&](const Client& known) { return known.address == client; });
}

std::optional<std::chrono::seconds> Lockout::lockedFor(std::string_view client) {
  const auto known = find(keyOf(client));
  if (known == clients_.end() || !known->lockedUntil) return std::nullopt;
  const auto now = clock_.now();
  if (now >= *known->lockedUntil) {
    if (stays_) return std::chrono::seconds(1);
    clients_.erase(known);
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(*known->lockedUntil - now);
}

std::optional<int> Lockout::recordFailure(std::string_view client, std::optional<int> maxFailures) {
  auto known = find(keyOf(client));
  if (known == clients_.end()) {
    if (clients_.size() >= kMaxClients) clients_.pop_front();
    known = clients_.insert(clients_.end(), {.address = std::string(keyOf(client))});
  } else {
    clients_.splice(clients_.end(), clients_, known);
  }
  ++known->failures;
  if (!maxFailures) return std::nullopt;
  const int left = std::max(0, *maxFailures - known->failures);
  if (left == 0) known->lockedUntil = clock_.now() + lockTime_;
  return left;
}

void Lockout::recordSuccess(std::string_view client) {
  const auto known = find(keyOf(client));
  if (known != clients_.end()) clients_.erase(known);
}

}  // namespace stoklab::emulator
