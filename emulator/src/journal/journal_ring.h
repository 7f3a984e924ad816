// The memory of a journal: raw records, one behind the other in one buffer that grows up to its
// limit and is then used again from its beginning. Each record lies there in one piece. In a steady
// state nothing is allocated.
//
// Not synchronised.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/journal.h"

namespace stoklab::emulator {

class JournalRing {
 public:
  explicit JournalRing(const JournalLimits& limits);

  // Copies what `record` shows, bodies up to their limit; its number is given here. Drops the
  // oldest ones where there is no room. A record that is larger than the whole ring loses its
  // bodies.
  void add(JournalRecord record);
  void clear();

  std::uint64_t last() const { return last_; }  // the number of the newest; 0: none ever
  std::uint64_t first() const { return last_ - kept_ + 1; }  // of the oldest that is kept
  std::size_t kept() const { return kept_; }
  std::size_t bytes() const { return used_; }           // of the records that are kept
  const void* memory() const { return buffer_.get(); }  // changes when more is allocated
  std::uint64_t cleared() const { return cleared_; }    // the newest when it was last cleared

  // Appends the raw records from number `from` on to `out`, which is emptied before, at least one
  // if there is one, and then up to `mostBytes`. `from` is not before first(). Returns how many.
  std::size_t copy(std::uint64_t from, std::size_t mostBytes, std::string& out) const;
  // What copy() has made, one record at a time: moves `raw` on to the next one.
  static JournalRecord take(std::string_view& raw);

  std::condition_variable changed;  // for those who wait
  std::size_t waiting = 0;          // how many do

 private:
  struct Slot {
    std::size_t begin = 0, length = 0;
  };

  Slot& slot(std::size_t index) { return slots_[(oldest_ + index) % slots_.size()]; }
  const Slot& slot(std::size_t index) const { return slots_[(oldest_ + index) % slots_.size()]; }
  void dropOldest();
  // Room for `length` bytes in one piece; drops or grows for it.
  char* makeRoom(std::size_t length);
  // Where `length` bytes fit now; the capacity if nowhere.
  std::size_t findRoom(std::size_t length) const;
  void grow(std::size_t length);
  void addSlot(Slot added);

  const std::size_t mostEntries_, mostBytes_, mostBodyBytes_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::vector<Slot> slots_;  // a ring, too
  std::size_t oldest_ = 0;   // index of the oldest one's slot
  std::size_t kept_ = 0, used_ = 0;
  std::uint64_t last_ = 0, cleared_ = 0;
};

}  // namespace stoklab::emulator
