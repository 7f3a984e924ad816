#include "stoklab/emulator/environment.h"

#include <openssl/rand.h>

#include <cstring>
#include <limits>
#include <new>

namespace stoklab::emulator {

std::string Random::text(std::size_t length, std::string_view alphabet) {
  // Numbers from the incomplete last round of the alphabet would favour its first characters.
  const std::uint64_t size = alphabet.size();
  const std::uint64_t fair = std::numeric_limits<std::uint64_t>::max() / size * size;
  std::string text;
  text.reserve(length);
  while (text.size() < length) {
    const std::uint64_t number = next();
    if (number < fair) text += alphabet[number % size];
  }
  return text;
}

std::uint64_t SystemRandom::next() {
  unsigned char bytes[sizeof(std::uint64_t)];
  if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::bad_alloc();
  std::uint64_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

std::uint64_t SeededRandom::next() {
  const std::lock_guard lock(mutex_);
  return engine_();
}

}  // namespace stoklab::emulator
