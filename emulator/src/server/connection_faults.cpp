// What goes wrong with a connection because somebody wants it to: planted defects, and scripted
// faults of TCP and TLS. A connection without either knows of it by one null pointer.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "connection.h"
#include "connection_fault.h"

namespace stoklab::emulator {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kLongestPace{10};
constexpr milliseconds kUsualPace{100};  // between two pieces of a slow answer

// How much of a slow answer goes out at once, and how long after the piece before.
struct Pace {
  std::size_t bytes;
  milliseconds interval;
};

Pace paceOf(std::size_t bytesPerSecond) {
  const std::size_t ticks = static_cast<std::size_t>(milliseconds(1000) / kUsualPace);
  if (bytesPerSecond >= ticks) return {bytesPerSecond / ticks, kUsualPace};
  return {1, milliseconds(1000 / std::max<std::size_t>(bytesPerSecond, 1))};
}

}  // namespace

// For planted defects only.
void Connection::meetGarbage() {
  if (loop_.options.lapses.diesOfGarbage) std::_Exit(1);
  if (loop_.options.lapses.deafAfterGarbage) loop_.deaf = 1;
}

// For a planted defect: refuses a request that comes in too many pieces.
bool Connection::tooManyPieces() {
  const std::size_t most = loop_.options.lapses.mostPieces;
  if (most == 0 || ++pieces_ <= most) return false;
  refuse(408);
  return true;
}

// For a planted defect: a body that ended early is filled up with spaces and served.
void Connection::servePadded(std::size_t& budget) {
  constexpr std::size_t kMostMissing = 64;
  if (input_.empty()) return;
  input_.append(std::string(kMostMissing, ' '));
  serveBuffered(budget);
}

// What a script has in mind for a connection that has just been accepted.
void Connection::suffer(std::optional<ConnectionFault> fault) {
  if (!fault) return;
  using Kind = ConnectionFault::Kind;
  const bool ofTls = fault->kind != Kind::reset && fault->kind != Kind::closeIdle;
  if (ofTls && !channel_.isTls()) return;
  fault_ = std::make_unique<Suffering>();
  switch (fault->kind) {
    case Kind::reset:
      fault_->doom = Doom::reset;
      state_ = State::doomed;
      return;
    case Kind::alert:
      fault_->doom = Doom::alert;
      fault_->alert = static_cast<unsigned char>(fault->alert);
      state_ = State::doomed;
      return;
    case Kind::handshakeStall:
      stall(Phase::handshake);
      return;
    case Kind::certificate:
      if (fault->identity) channel_.show(*fault->identity);
      return;
    case Kind::closeIdle:
      fault_->patience = fault->time;
      if (state_ == State::open) watchIdle(Phase::idle);
      return;
  }
}

// The first bytes have come; nobody reads them.
void Connection::meetDoom(std::uint32_t events) {
  if (fault_->doom == Doom::reset) {
    resetNow();
    return;
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    closeNow();
    return;
  }
  // One record in the clear, as TLS up to 1.2 has it and 1.3 before there are keys.
  constexpr char kAlertRecord = 21, kMajor = 3, kMinor = 3, kWarning = 1, kFatal = 2;
  constexpr unsigned char kCloseNotify = 0, kUserCanceled = 90;
  const bool warns = fault_->alert == kCloseNotify || fault_->alert == kUserCanceled;
  const std::array<char, 7> record = {kAlertRecord,
                                      kMajor,
                                      kMinor,
                                      0,
                                      2,
                                      warns ? kWarning : kFatal,
                                      static_cast<char>(fault_->alert)};
  channel_.sendPlain({record.data(), record.size()});
  channel_.endTcp();
  linger();
}

void Connection::resetNow() {
  channel_.resetOnClose();
  closeNow();
}

// Nothing is read or written any more, until the other side gives up or the phase is over.
void Connection::stall(Phase phase) {
  state_ = State::stalled;
  setInterest(EPOLLRDHUP);
  arm(phase);
}

// For a connection that is closed after less time between requests than others.
void Connection::watchIdle(Phase phase) {
  if (fault_->patience.count() == 0) return;
  if (phase == Phase::idle)
    startTimer(fault_->patience);
  else
    stopTimer();
}

void Connection::replyFaulty(const HttpReply& reply, ReplyForm form) {
  const WireFault& fault = *reply.wireFault;
  if (!fault_) fault_ = std::make_unique<Suffering>();
  ByteBuffer text;
  if (fault.instead)
    text.append(*fault.instead);
  else
    loop_.replies.write(reply, form, text);
  const std::string_view kept = text.view().substr(0, fault.cutAfter.value_or(text.size()));
  if (fault.stall)
    fault_->end = End::stall;
  else if (fault.reset)
    fault_->end = End::reset;
  else if (fault.cutAfter)
    fault_->end = End::cut;
  if (fault_->end != End::usual || !form.keepAlive) closing_ = true;
  if (!fault.bytesPerSecond || loop_.stopping || kept.empty()) {
    sink().append(kept);
    return;
  }
  const Pace pace = paceOf(*fault.bytesPerSecond);
  fault_->rest.append(kept);
  fault_->piece = pace.bytes;
  fault_->interval = pace.interval;
  fault_->giveUp = loop_.now + kLongestPace;
  state_ = State::parked;
  startTimer(milliseconds(0));
}

void Connection::onFaultDue() {
  if (fault_->rest.empty()) {
    finish();  // it has been idle for too long
  } else if (loop_.now >= fault_->giveUp) {
    closeNow();
  } else {
    sendPiece();
  }
}

void Connection::sendPiece() {
  // A reader that is slower still is waited for, within the usual time.
  if (output_.empty()) {
    ByteBuffer& rest = fault_->rest;
    const std::size_t size = std::min(fault_->piece, rest.size());
    sink().append(rest.view().substr(0, size));
    rest.consume(size);
  }
  if (fault_->rest.empty()) {
    fault_->rest.release();
    state_ = State::open;
  } else {
    startTimer(fault_->interval);
  }
  goOn();
}

// The server stops: what is slow becomes quick, and what waits for nothing ends.
void Connection::endFault() {
  if (state_ == State::doomed || state_ == State::stalled) {
    closeNow();
    return;
  }
  if (fault_->rest.empty()) return;
  stopTimer();
  sink().append(fault_->rest.view());
  fault_->rest.release();
  state_ = State::open;
  closing_ = true;
  goOn();
}

// All is said. False if this is an end like any other.
bool Connection::endFaulty() {
  switch (fault_->end) {
    case End::usual:
      return false;
    case End::cut:
      channel_.endTcp();
      linger();
      return true;
    case End::reset:
      resetNow();
      return true;
    case End::stall:
      if (loop_.stopping)
        closeNow();
      else
        stall(Phase::idle);
      return true;
  }
  return false;
}

}  // namespace stoklab::emulator
