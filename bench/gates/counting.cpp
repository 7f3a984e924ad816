#include "counting.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

extern "C" {
// The GNU C library's own, under names that nothing here replaces.
void* __libc_malloc(std::size_t size);                     // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);  // NOLINT
void* __libc_realloc(void* old, std::size_t size);         // NOLINT
}

namespace stoklab::bench {
namespace {

struct Live {
  std::atomic<std::uint64_t> systemCalls{0}, allocations{0}, copiedBytes{0}, writes{0},
      writtenBytes{0};
};
std::array<Live, 2> live;
std::atomic<bool> counting{false};
std::atomic<Spoil> spoiled{Spoil::nothing};
// Below it are keys and numbers, whose length is an accident.
constexpr std::size_t kSmallestCopy = 64;
std::atomic<bool> serverWaits{false};
thread_local bool isClient = false;

Live* here() {
  if (!counting.load(std::memory_order_relaxed)) return nullptr;
  return &live[isClient ? 0 : 1];
}

void add(std::atomic<std::uint64_t>& count, std::uint64_t by = 1) {
  count.fetch_add(by, std::memory_order_relaxed);
}

void countCall() {
  if (Live* const at = here()) add(at->systemCalls);
}

void countAllocation() {
  if (Live* const at = here()) add(at->allocations);
}

void countCopy(std::size_t size) {
  if (size < kSmallestCopy) return;
  if (Live* const at = here()) add(at->copiedBytes, size);
}

ssize_t countWrite(ssize_t written) {
  Live* const at = here();
  if (at == nullptr || written < 0) return written;
  add(at->writes);
  add(at->writtenBytes, static_cast<std::uint64_t>(written));
  return written;
}

// errno is that of the call.
template <class... Arguments>
long call(long number, Arguments... arguments) {
  countCall();
  return ::syscall(number, arguments...);
}

void spoilServer() {
  if (isClient || !counting) return;
  constexpr std::size_t kSize = kSmallestCopy;
  switch (spoiled.load()) {
    case Spoil::nothing:
      return;
    case Spoil::systemCall:
      call(SYS_getppid);
      return;
    case Spoil::allocation: {
      void* volatile const added = std::malloc(kSize);
      std::free(added);
      return;
    }
    case Spoil::copy:
      countCopy(kSize);
      return;
  }
}

}  // namespace

void beginCounting() {
  isClient = true;
  counting = true;
}

void awaitServer() {
  while (!serverWaits) ::sched_yield();
}

Counts countsOf(Side side) {
  const Live& from = live[side == Side::client ? 0 : 1];
  return {.systemCalls = from.systemCalls,
          .allocations = from.allocations,
          .copiedBytes = from.copiedBytes,
          .writes = from.writes,
          .writtenBytes = from.writtenBytes};
}

void spoil(Spoil how) { spoiled = how; }

}  // namespace stoklab::bench

using namespace stoklab::bench;  // NOLINT

extern "C" {

void* malloc(std::size_t size) {
  countAllocation();
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  countAllocation();
  return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
  countAllocation();
  return __libc_realloc(old, size);
}

void* memmove(void* to, const void* from, std::size_t size) {
  countCopy(size);
  // In whichever direction does not overwrite what is still to be read; "volatile", or the compiler
  // would make a call of memmove of it.
  auto* const target = static_cast<volatile unsigned char*>(to);
  const auto* const source = static_cast<const volatile unsigned char*>(from);
  if (to < from) {
    for (std::size_t i = 0; i < size; ++i) target[i] = source[i];
  } else {
    for (std::size_t i = size; i > 0; --i) target[i - 1] = source[i - 1];
  }
  return to;
}

void* memcpy(void* to, const void* from, std::size_t size) { return memmove(to, from, size); }

ssize_t read(int descriptor, void* into, std::size_t size) {
  return call(SYS_read, descriptor, into, size);
}

ssize_t write(int descriptor, const void* from, std::size_t size) {
  return countWrite(call(SYS_write, descriptor, from, size));
}

ssize_t recv(int descriptor, void* into, std::size_t size, int flags) {
  return call(SYS_recvfrom, descriptor, into, size, flags, nullptr, nullptr);
}

ssize_t send(int descriptor, const void* from, std::size_t size, int flags) {
  return countWrite(call(SYS_sendto, descriptor, from, size, flags, nullptr, 0));
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  return countWrite(call(SYS_writev, descriptor, parts, count));
}

int epoll_wait(int epoll, epoll_event* events, int most, int milliseconds) {
  spoilServer();
  if (isClient) return static_cast<int>(call(SYS_epoll_wait, epoll, events, most, milliseconds));
  countCall();
  serverWaits = true;
  const auto count = ::syscall(SYS_epoll_wait, epoll, events, most, milliseconds);
  serverWaits = false;
  return static_cast<int>(count);
}

int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept {
  return static_cast<int>(call(SYS_epoll_ctl, epoll, operation, descriptor, event));
}

int setsockopt(int socket, int level, int name, const void* value, socklen_t size) noexcept {
  return static_cast<int>(call(SYS_setsockopt, socket, level, name, value, size));
}

}  // extern "C"
