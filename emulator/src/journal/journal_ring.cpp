#include "journal/journal_ring.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace stoklab::emulator {
namespace {

constexpr std::size_t kSmallest = 16 * 1024;
constexpr std::size_t kFewest = 64;
constexpr std::size_t kTexts = 7;

// What stands before the texts of a record.
struct Head {
  std::uint64_t number;
  Clock::Time::rep at;
  std::int64_t duration;
  std::uint64_t session;
  int status;
  std::size_t requestBytes, replyBytes;
  std::array<std::size_t, kTexts> lengths;
};

std::array<std::string_view*, kTexts> textsOf(JournalRecord& record) {
  return {&record.client, &record.http,    &record.target, &record.fault,
          &record.event,  &record.request, &record.reply};
}

std::size_t lengthOf(JournalRecord& record) {
  std::size_t length = sizeof(Head);
  for (const std::string_view* text : textsOf(record)) length += text->size();
  return length;
}

}  // namespace

JournalRing::JournalRing(const JournalLimits& limits)
    : mostEntries_(std::max<std::size_t>(limits.maxEntries, 1)),
      mostBytes_(std::max(limits.maxBytes, kSmallest)),
      mostBodyBytes_(limits.maxBodyBytes) {}

void JournalRing::add(JournalRecord record) {
  record.number = ++last_;
  record.requestBytes = record.request.size();
  record.replyBytes = record.reply.size();
  record.request = record.request.substr(0, mostBodyBytes_);
  record.reply = record.reply.substr(0, mostBodyBytes_);
  std::size_t length = lengthOf(record);
  if (length > mostBytes_) {
    record.request = record.reply = {};
    record.http = record.http.substr(0, kSmallest / 8);
    record.target = record.target.substr(0, kSmallest / 4);
    record.fault = record.fault.substr(0, kSmallest / 8);
    record.event = record.event.substr(0, kSmallest / 8);
    length = lengthOf(record);
  }
  while (kept_ >= mostEntries_) dropOldest();
  char* const begin = makeRoom(length);
  Head head{.number = record.number,
            .at = record.at.time_since_epoch().count(),
            .duration = record.duration.count(),
            .session = record.session,
            .status = record.status,
            .requestBytes = record.requestBytes,
            .replyBytes = record.replyBytes,
            .lengths = {}};
  const auto texts = textsOf(record);
  for (std::size_t i = 0; i < kTexts; ++i) head.lengths[i] = texts[i]->size();
  std::memcpy(begin, &head, sizeof head);
  char* to = begin + sizeof head;
  for (const std::string_view* text : texts) to = std::copy(text->begin(), text->end(), to);
  addSlot({.begin = static_cast<std::size_t>(begin - buffer_.get()), .length = length});
}

void JournalRing::clear() {
  oldest_ = kept_ = used_ = 0;
  cleared_ = last_;
}

std::size_t JournalRing::copy(std::uint64_t from, std::size_t mostBytes, std::string& out) const {
  out.clear();
  std::size_t copied = 0;
  for (auto index = static_cast<std::size_t>(from - first()); index < kept_; ++index) {
    const Slot& each = slot(index);
    if (copied > 0 && out.size() + each.length > mostBytes) break;
    out.append(buffer_.get() + each.begin, each.length);
    ++copied;
  }
  return copied;
}

JournalRecord JournalRing::take(std::string_view& raw) {
  Head head{};
  std::memcpy(&head, raw.data(), sizeof head);
  raw.remove_prefix(sizeof head);
  JournalRecord record{.number = head.number,
                       .at = Clock::Time(Clock::Time::duration(head.at)),
                       .duration = std::chrono::microseconds(head.duration),
                       .session = head.session,
                       .status = head.status,
                       .requestBytes = head.requestBytes,
                       .replyBytes = head.replyBytes};
  const auto texts = textsOf(record);
  for (std::size_t i = 0; i < kTexts; ++i) {
    *texts[i] = raw.substr(0, head.lengths[i]);
    raw.remove_prefix(head.lengths[i]);
  }
  return record;
}

void JournalRing::dropOldest() {
  used_ -= slot(0).length;
  oldest_ = (oldest_ + 1) % slots_.size();
  --kept_;
}

char* JournalRing::makeRoom(std::size_t length) {
  std::size_t begin = findRoom(length);
  if (begin == capacity_ && capacity_ < mostBytes_) {
    grow(length);
    begin = findRoom(length);
  }
  while (begin == capacity_) {
    dropOldest();
    begin = findRoom(length);
  }
  return buffer_.get() + begin;
}

std::size_t JournalRing::findRoom(std::size_t length) const {
  if (kept_ == 0) return length <= capacity_ && capacity_ > 0 ? 0 : capacity_;
  const Slot& newest = slot(kept_ - 1);
  const std::size_t end = newest.begin + newest.length, begin = slot(0).begin;
  if (newest.begin < begin) return end + length <= begin ? end : capacity_;
  if (end + length <= capacity_) return end < capacity_ ? end : capacity_;
  return length <= begin && begin > 0 ? 0 : capacity_;
}

// Twice as much, or as much as it takes; the records move to its beginning, oldest first.
void JournalRing::grow(std::size_t length) {
  const std::size_t wanted = std::max({kSmallest, capacity_ * 2, used_ + length});
  const std::size_t capacity = std::min(wanted, mostBytes_);
  auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
  std::size_t to = 0;
  for (std::size_t i = 0; i < kept_; ++i) {
    Slot& each = slot(i);
    std::memcpy(buffer.get() + to, buffer_.get() + each.begin, each.length);
    each.begin = to;
    to += each.length;
  }
  buffer_ = std::move(buffer);
  capacity_ = capacity;
}

void JournalRing::addSlot(Slot added) {
  if (kept_ == slots_.size()) {
    std::rotate(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(oldest_),
                slots_.end());
    oldest_ = 0;
    slots_.resize(std::min(std::max(kFewest, slots_.size() * 2), mostEntries_));
  }
  used_ += added.length;
  ++kept_;
  slot(kept_ - 1) = added;
}

}  // namespace stoklab::emulator
