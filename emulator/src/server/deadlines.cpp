#include "deadlines.h"

#include <algorithm>

namespace stoklab::emulator {

void Deadlines::unlink(Entry& entry) {
  if (entry.phase_ == Phase::none) return;
  Queue& queue = queueOf(entry);
  const bool linked = entry.previous_ != nullptr || queue.first == &entry;
  if (!linked) return;  // it has expired
  (entry.previous_ != nullptr ? entry.previous_->next_ : queue.first) = entry.next_;
  (entry.next_ != nullptr ? entry.next_->previous_ : queue.last) = entry.previous_;
  entry.previous_ = entry.next_ = nullptr;
}

void Deadlines::disarm(Entry& entry) {
  unlink(entry);
  entry.phase_ = Phase::none;
}

void Deadlines::arm(Entry& entry, Phase phase, TimePoint now) {
  unlink(entry);
  entry.phase_ = phase;
  if (phase == Phase::none) return;
  entry.when_ = now + durations_[static_cast<std::size_t>(phase)];
  Queue& queue = queueOf(entry);
  entry.previous_ = queue.last;
  (queue.last != nullptr ? queue.last->next_ : queue.first) = &entry;
  queue.last = &entry;
}

Deadlines::Entry* Deadlines::takeExpired(TimePoint now) {
  for (Queue& queue : queues_) {
    Entry* const first = queue.first;
    if (first == nullptr || first->when_ > now) continue;
    unlink(*first);
    return first;
  }
  return nullptr;
}

std::optional<std::chrono::nanoseconds> Deadlines::untilNext(TimePoint now) const {
  std::optional<std::chrono::nanoseconds> nearest;
  for (const Queue& queue : queues_) {
    if (queue.first == nullptr) continue;
    const std::chrono::nanoseconds left = std::max(queue.first->when_ - now, {});
    if (!nearest || left < *nearest) nearest = left;
  }
  return nearest;
}

}  // namespace stoklab::emulator
