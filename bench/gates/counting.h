// Counts what this process asks of the system and of the heap, by side: the main thread is the
// client, every other thread the server. The functions of the C library that are counted are
// replaced for the whole program, libraries included.
#pragma once

#include <cstdint>

namespace stoklab::bench {

enum class Side { client, server };

struct Counts {
  std::uint64_t systemCalls = 0;   // of those that a server or client makes for a request
  std::uint64_t allocations = 0;   // malloc, calloc, realloc, operator new
  std::uint64_t copiedBytes = 0;   // by calls of memcpy and memmove for 64 bytes or more
  std::uint64_t writes = 0;        // to sockets and elsewhere
  std::uint64_t writtenBytes = 0;  // on the wire, for a socket
};

// From the main thread, before any other is started.
void beginCounting();
// Returns when the server has done all that it was asked for and waits for more; for a server that
// has answered already.
void awaitServer();
Counts countsOf(Side side);

// What a change might add to each request by mistake: done by the server before each wait. For the
// test of the gate.
enum class Spoil { nothing, systemCall, allocation, copy };
void spoil(Spoil how);

}  // namespace stoklab::bench
