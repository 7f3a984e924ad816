// The way out: what is to be said is written as fast as the other side takes it, and then the
// connection waits for more or ends.
#include <sys/epoll.h>

#include "connection.h"

namespace stoklab::emulator {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // the most a TLS record holds
constexpr std::size_t kSharedBuffer = 2 * kReadSize;
constexpr std::size_t kLargestKept = 256 * 1024;  // a shared buffer that grew larger is let go
constexpr std::size_t kSmallRest = 4 * 1024;      // cheap enough to be copied back and forth
constexpr std::size_t kReadsPerTurn = 4;

}  // namespace

// Writes as much as the socket takes; what it does not take is kept.
void Connection::flush() {
  ByteBuffer& pending = sink();
  bool progress = false;
  blockedOn_ = 0;
  while (!pending.empty() && blockedOn_ == 0) {
    std::size_t taken = 0;
    switch (channel_.write(pending.view(), taken)) {
      case Io::done:
        pending.consume(taken);
        progress = true;
        break;
      case Io::wantRead:
        blockedOn_ = EPOLLIN;
        break;
      case Io::wantWrite:
        blockedOn_ = EPOLLOUT;
        break;
      case Io::ended:
      case Io::broken:
        pending.clear();
        closeNow();
        return;
    }
  }
  if (&pending == &output_) {
    if (output_.empty()) output_.release();
  } else {
    output_.append(pending.view());
    pending.clear();
    if (pending.capacity() > kLargestKept) pending.release();
  }
  settle(progress);
}

// What to wait for next, and until when.
void Connection::settle(bool progress) {
  if (!output_.empty()) {
    setInterest(blockedOn_);
    if (progress || phase() != Phase::write) arm(Phase::write);
    return;
  }
  if (state_ == State::parked) {
    if (interest_ == EPOLLOUT) setInterest(EPOLLIN);
    arm(Phase::none);
    return;
  }
  if (closing_ || (loop_.stopping && input_.empty() && !channel_.hasPending())) {
    finish();
    return;
  }
  setInterest(readNeedsWrite_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
  readNeedsWrite_ = false;
  const Phase wanted = input_.empty() ? Phase::idle : Phase::request;
  if (answered_ || phase() != wanted) {
    arm(wanted);
    if (fault_) watchIdle(wanted);
  }
  answered_ = false;
}

// All is said. Closing a socket while the other side still sends makes the kernel answer with a
// reset, which can overtake our answer; so after a refusal the rest is read and thrown away.
void Connection::finish() {
  if (dropping_) {
    closeNow();
    return;
  }
  if (fault_ && endFaulty()) return;
  const bool awaitEnd = linger_ || !input_.empty();
  channel_.finishSending(awaitEnd);
  if (!awaitEnd) {
    closeNow();
    return;
  }
  linger();
}

void Connection::linger() {
  input_.release();
  state_ = State::lingering;
  setInterest(EPOLLIN);
  arm(Phase::linger);
}

void Connection::drain() {
  char* const scratch = loop_.input.room(kReadSize);
  for (std::size_t reads = 0; reads < kReadsPerTurn; ++reads) {
    const Io io = channel_.discard(scratch, kReadSize);
    if (io == Io::wantRead) return;
    if (io != Io::done) {
      closeNow();
      return;
    }
  }
}

void Connection::setInterest(std::uint32_t events) {
  if (events == interest_) return;
  interest_ = events;
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  ::epoll_ctl(loop_.epoll, EPOLL_CTL_MOD, channel_.descriptor(), &event);
}

// While it works, a connection uses the loop's buffer, which is large and warm in the cache; in
// between it keeps only what is left, in a buffer of that size.
void Connection::borrowInput() {
  if (input_.capacity() >= kSharedBuffer) return;
  ByteBuffer rest;
  rest.swap(input_);
  input_.swap(loop_.input);
  if (input_.capacity() < kSharedBuffer) input_.room(kSharedBuffer);
  input_.append(rest.view());
}

void Connection::returnInput() {
  if (input_.size() > kSmallRest) return;
  ByteBuffer rest;
  rest.append(input_.view());
  input_.clear();
  if (input_.capacity() <= kLargestKept) loop_.input.swap(input_);
  input_ = std::move(rest);
}

}  // namespace stoklab::emulator
