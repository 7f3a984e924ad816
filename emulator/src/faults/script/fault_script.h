// The books of a script: which fault is due, and what has become of each.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "faults/script/script_reader.h"
#include "stoklab/emulator/scripted_faults.h"

namespace stoklab::emulator {

// A fault that has its way this time. Outlives its removal.
struct DueFault {
  std::shared_ptr<const Effect> effect;
  std::string label;         // "busy once", or "fault 3" where it has no name
  std::uint64_t chance = 0;  // a seed of this use's own
};

// Of a request, what only the endpoint knows. Asked at most once, and only if a fault wants to
// know.
struct WhoAsks {
  std::function<std::uint64_t()> session;  // SessionFacts::number; 0: none
  std::function<std::string()> user;       // of the login; empty: nobody knows
};

class FaultScript::Impl {
 public:
  explicit Impl(std::uint64_t seed) : seed_(seed) {}

  protocol::Result<std::vector<std::uint64_t>> add(const protocol::Json& script);
  bool remove(std::uint64_t id);
  void clear();
  void reset();
  std::vector<ScriptedFaultFacts> facts() const;

  // Cheap: whether there may be anything for a request.
  bool hasAny() const { return count_.load(std::memory_order_relaxed) != 0; }

  std::optional<ConnectionFault> onConnection(Peer& peer);
  std::optional<DueFault> onRequest(const RequestFacts& facts, const Peer& peer,
                                    const WhoAsks& who);

 private:
  struct Entry {
    std::uint64_t id;
    ReadFault fault;
    std::shared_ptr<const Effect> effect;
    SeededRandom chance;
    std::uint64_t met = 0, used = 0;
  };

  // Notes that the condition of `entry` holds; whether it has its way.
  static bool hasItsWay(Entry& entry);
  std::uint64_t numberOf(const Peer& peer) const;  // of the connection, since the last reset

  std::atomic<std::size_t> count_{0};  // of entries_
  std::atomic<std::uint64_t> connections_{0};

  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<Entry>> entries_;
  const std::uint64_t seed_;
  std::uint64_t lastId_ = 0;
  std::uint64_t added_ = 0;  // since the last reset, without a seed of its own
  std::uint64_t connectionsBefore_ = 0;
};

}  // namespace stoklab::emulator
