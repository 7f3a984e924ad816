// Bytes on their way in or out of a connection: a queue in one piece of memory, so that a whole
// request can be seen as one text. Reading into it does not clear the memory first, which
// std::string would do, and an empty buffer can give its memory back, which keeps an idle
// connection small.
//
// The one thing not to get wrong: room() and append() may move the content; views into it end
// there. consume() and added() do not move anything.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace stoklab::emulator {

// Moved from, it is empty and owns nothing. One thread at a time.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    ByteBuffer taken(std::move(other));
    swap(taken);
    return *this;
  }

  void swap(ByteBuffer& other) noexcept {
    memory_.swap(other.memory_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
  }

  char* data() { return memory_.get() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {memory_.get() + begin_, size()}; }

  // Where at least `count` further bytes can be written; added() then says how many were.
  char* room(std::size_t count) {
    if (capacity_ - end_ < count) makeRoom(count);
    return memory_.get() + end_;
  }
  void added(std::size_t count) { end_ += count; }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(room(text.size()), text.data(), text.size());
    added(text.size());
  }

  // Drops the first `count` bytes.
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) clear();
  }

  // Closes the gap [offset, offset + count).
  void erase(std::size_t offset, std::size_t count) {
    if (count == 0) return;
    char* const gap = data() + offset;
    std::memmove(gap, gap + count, size() - offset - count);
    end_ -= count;
  }

  void clear() { begin_ = end_ = 0; }  // keeps the memory
  void release() { *this = ByteBuffer(); }

 private:
  void makeRoom(std::size_t count) {
    const std::size_t held = size();
    if (capacity_ - held >= count && begin_ >= held) {
      std::memcpy(memory_.get(), memory_.get() + begin_, held);
    } else {
      std::size_t larger = capacity_ < 256 ? 256 : capacity_;
      while (larger - held < count) larger *= 2;
      auto memory = std::make_unique_for_overwrite<char[]>(larger);
      if (held != 0) std::memcpy(memory.get(), memory_.get() + begin_, held);
      memory_ = std::move(memory);
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace stoklab::emulator
