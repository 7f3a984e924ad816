#include "faults/script/fault_script.h"

#include <algorithm>

namespace stoklab::emulator {

using protocol::Json;
using protocol::Result;

namespace {

constexpr std::size_t kMostEntries = 10'000;

// Neighbours must not have the same chance, nor one that is shifted against the other's.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t ordinal) {
  SeededRandom random(seed);
  return SeededRandom(random.next() ^ (ordinal * 0x9e3779b97f4a7c15U)).next();
}

bool isAbout(const When& when, const Peer& peer, std::uint64_t connection) {
  return (when.client.empty() || when.client == peer.address) &&
         (!when.connection || *when.connection == connection);
}

}  // namespace

Result<std::vector<std::uint64_t>> FaultScript::Impl::add(const Json& script) {
  auto read = readScript(script);
  if (!read) return std::move(read).error();
  const std::lock_guard lock(mutex_);
  if (entries_.size() + read->faults.size() > kMostEntries)
    return protocol::malformed("faults: there are " + std::to_string(entries_.size()) +
                               " already, and at most " + std::to_string(kMostEntries) +
                               " are kept; remove some first");
  std::vector<std::uint64_t> ids;
  std::uint64_t ordinal = read->seed ? 0 : added_;
  for (ReadFault& fault : read->faults) {
    auto effect = std::make_shared<const Effect>(std::move(fault.effect));
    entries_.push_back(std::unique_ptr<Entry>(
        new Entry{.id = ++lastId_,
                  .fault = std::move(fault),
                  .effect = std::move(effect),
                  .chance = SeededRandom(mixed(read->seed.value_or(seed_), ++ordinal))}));
    ids.push_back(lastId_);
  }
  if (!read->seed) added_ = ordinal;
  count_ = entries_.size();
  return ids;
}

bool FaultScript::Impl::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const bool removed =
      std::erase_if(entries_, [&](const auto& entry) { return entry->id == id; }) != 0;
  count_ = entries_.size();
  return removed;
}

void FaultScript::Impl::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  count_ = 0;
}

void FaultScript::Impl::reset() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  count_ = 0;
  added_ = 0;
  connectionsBefore_ = connections_;
}

std::vector<ScriptedFaultFacts> FaultScript::Impl::facts() const {
  const std::lock_guard lock(mutex_);
  std::vector<ScriptedFaultFacts> all;
  for (const auto& entry : entries_) {
    const auto& times = entry->fault.times;
    all.push_back({.id = entry->id,
                   .name = entry->fault.name,
                   .fault = entry->fault.text,
                   .met = entry->met,
                   .used = entry->used,
                   .left = times ? std::optional(*times - entry->used) : std::nullopt});
  }
  return all;
}

bool FaultScript::Impl::hasItsWay(Entry& entry) {
  const ReadFault& fault = entry.fault;
  if (++entry.met <= fault.skip) return false;
  if (fault.times && entry.used >= *fault.times) return false;
  if (fault.probability < 1) {
    constexpr double kSteps = 9007199254740992.0;  // 2^53
    if (static_cast<double>(entry.chance.next() >> 11) >= fault.probability * kSteps) return false;
  }
  ++entry.used;
  return true;
}

std::uint64_t FaultScript::Impl::numberOf(const Peer& peer) const {
  return peer.connection > connectionsBefore_ ? peer.connection - connectionsBefore_ : 0;
}

std::optional<ConnectionFault> FaultScript::Impl::onConnection(Peer& peer) {
  peer.connection = ++connections_;
  if (!hasAny()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<ConnectionFault> due;
  for (const auto& entry : entries_) {
    if (!entry->effect->connection) continue;
    if (!isAbout(entry->fault.when, peer, numberOf(peer))) continue;
    if (due)
      ++entry->met;
    else if (hasItsWay(*entry))
      due = entry->effect->connection;
  }
  return due;
}

std::optional<DueFault> FaultScript::Impl::onRequest(const RequestFacts& facts, const Peer& peer,
                                                     const WhoAsks& who) {
  std::optional<std::uint64_t> session;
  std::optional<std::string> user;
  const auto holds = [&](const When& when, unsigned happensTo) {
    if (!isAbout(when, peer, numberOf(peer))) return false;
    if (when.request && *when.request != peer.request) return false;
    const unsigned kinds = when.kind ? *when.kind : happensTo;
    if (kinds != kAnyRequest && (facts.kind() & kinds) == 0) return false;
    if (!when.method.empty() && facts.method() != when.method) return false;
    if (!(when.module + when.section + when.field).empty() &&
        !facts.speaksOf(when.module, when.section, when.field))
      return false;
    if (when.session) {
      if (!session) session = who.session();
      if (*session != *when.session) return false;
    }
    if (!when.user.empty()) {
      if (!user) user = who.user();
      if (*user != when.user) return false;
    }
    return true;
  };
  const std::lock_guard lock(mutex_);
  std::optional<DueFault> due;
  for (const auto& entry : entries_) {
    if (entry->effect->connection || !holds(entry->fault.when, entry->effect->happensTo)) continue;
    if (due) {
      ++entry->met;
    } else if (hasItsWay(*entry)) {
      const std::string& name = entry->fault.name;
      due = DueFault{.effect = entry->effect,
                     .label = name.empty() ? "fault " + std::to_string(entry->id) : name,
                     .chance = entry->chance.next()};
    }
  }
  return due;
}

FaultScript::FaultScript(std::uint64_t seed) : impl_(std::make_unique<Impl>(seed)) {}

FaultScript::~FaultScript() = default;

Result<std::vector<std::uint64_t>> FaultScript::add(const Json& script) {
  return impl_->add(script);
}

bool FaultScript::remove(std::uint64_t id) { return impl_->remove(id); }

void FaultScript::clear() { impl_->clear(); }

void FaultScript::reset() { impl_->reset(); }

std::vector<ScriptedFaultFacts> FaultScript::facts() const { return impl_->facts(); }

std::vector<ScriptedFaultFacts> FaultScript::unused() const {
  auto all = facts();
  std::erase_if(all, [](const ScriptedFaultFacts& fault) {
    return fault.left ? *fault.left == 0 : fault.used > 0;
  });
  return all;
}

std::optional<ConnectionFault> FaultScript::onConnection(Peer& peer) {
  return impl_->onConnection(peer);
}

}  // namespace stoklab::emulator
