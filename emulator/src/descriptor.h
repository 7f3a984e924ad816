// A file descriptor that is closed with its owner.
#pragma once

#include <unistd.h>

namespace stoklab::emulator {

class Descriptor {
 public:
  // Takes `value` over; a negative one stands for none.
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return value_; }

 private:
  int value_;
};

}  // namespace stoklab::emulator
