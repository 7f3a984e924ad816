// What a scripted fault has made of one connection. Most connections have none.
#pragma once

#include <chrono>
#include <cstddef>

#include "byte_buffer.h"
#include "connection.h"

namespace stoklab::emulator {

// What its first bytes are answered by.
enum class Connection::Doom : std::uint8_t { none, reset, alert };

// How the connection ends when all is said.
enum class Connection::End : std::uint8_t {
  usual,
  cut,    // by TCP alone
  reset,  // by TCP
  stall,  // not at all
};

struct Connection::Suffering {
  Doom doom = Doom::none;
  unsigned char alert = 0;
  std::chrono::milliseconds patience{0};  // between requests; 0: like everybody's

  End end = End::usual;

  // Of a slow answer: what is not sent yet, how it goes out, and when that has lasted too long.
  ByteBuffer rest = {};
  std::size_t piece = 0;
  std::chrono::milliseconds interval{0};
  Deadlines::TimePoint giveUp = {};
};

}  // namespace stoklab::emulator
