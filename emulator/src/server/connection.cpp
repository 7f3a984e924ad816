#include "connection.h"

#include <sys/epoll.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "guarded_endpoint.h"

namespace stoklab::emulator {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // the most a TLS record holds
constexpr std::size_t kSharedBuffer = 2 * kReadSize;
constexpr std::size_t kLargestKept = 256 * 1024;  // a shared buffer that grew larger is let go
constexpr std::size_t kSmallRest = 4 * 1024;      // cheap enough to be copied back and forth
constexpr std::size_t kRequestsPerTurn = 8;
constexpr std::size_t kReadsPerTurn = 4;
constexpr std::size_t kOutputPerTurn = 64 * 1024;  // then the client has to take some first
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(LoopState& loop, int descriptor, Peer peer)
    : loop_(loop),
      channel_(descriptor, loop.tls),
      peer_(std::move(peer)),
      parser_(loop.options.limits) {
  epoll_event event{};
  event.events = interest_ = EPOLLIN;
  event.data.ptr = this;
  ::epoll_ctl(loop_.epoll, EPOLL_CTL_ADD, descriptor, &event);
  if (loop.tls == nullptr) state_ = State::open;
  arm(loop.tls == nullptr ? Phase::idle : Phase::handshake);
}

Connection::~Connection() { loop_.deadlines.disarm(*this); }

void Connection::onEvent(std::uint32_t events) {
  switch (state_) {
    case State::handshaking:
      continueHandshake();
      return;
    case State::open:
      if (!output_.empty()) {
        flush();
        if (state_ != State::open || !output_.empty()) return;
      }
      proceed();
      return;
    case State::parked:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        closeNow();
      } else if (!output_.empty()) {
        flush();
      } else {
        // Sent ahead of our answer; it can wait in the kernel, and so can the client.
        setInterest(0);
      }
      return;
    case State::lingering:
      drain();
      return;
    case State::closed:
      return;
  }
}

void Connection::onTurn() {
  scheduled_ = false;
  if (state_ == State::open && output_.empty()) proceed();
}

void Connection::continueHandshake() {
  switch (channel_.handshake()) {
    case Io::done:
      add(loop_.counts.handshakes);
      state_ = State::open;
      setInterest(EPOLLIN);
      arm(Phase::idle);
      // The client's first request may have come in one packet with its last handshake message.
      if (channel_.hasPending()) proceed();
      return;
    case Io::wantRead:
      setInterest(EPOLLIN);
      return;
    case Io::wantWrite:
      setInterest(EPOLLOUT);
      return;
    case Io::ended:
    case Io::broken:
      if (channel_.metGarbage()) meetGarbage();
      closeNow();
      return;
  }
}

// Serves what is there, reads what has come, writes what there is to say. The socket is watched
// level-triggered: what is left in the kernel is reported again, and only what is left in our own
// or OpenSSL's buffers must be scheduled.
void Connection::proceed() {
  borrowInput();
  std::size_t budget = kRequestsPerTurn;
  for (std::size_t reads = 0; serveBuffered(budget) == Next::input; ++reads) {
    if (inputEnded_) {
      if (loop_.options.lapses.servesCutBodies) servePadded(budget);
      closing_ = true;  // what is left of a request will not be finished any more
      input_.clear();
      break;
    }
    if (reads != 0 && !channel_.hasPending()) break;
    if (reads == kReadsPerTurn) {
      schedule();
      break;
    }
    std::size_t got = 0;
    const Io io = channel_.read(input_.room(kReadSize), kReadSize, got);
    if (io == Io::done) {
      input_.added(got);
      if (tooManyPieces()) break;
    } else if (io == Io::ended) {
      inputEnded_ = true;
    } else if (io == Io::broken) {
      input_.clear();
      returnInput();
      closeNow();
      return;
    } else {
      readNeedsWrite_ = io == Io::wantWrite;
      break;
    }
  }
  returnInput();
  noteUnfinished(state_ == State::open && !closing_ && !input_.empty());
  flush();
}

// Answers the requests that are complete. Next::input if there is none left and more may come.
Connection::Next Connection::serveBuffered(std::size_t& budget) {
  while (true) {
    if (state_ != State::open || closing_) return Next::nothing;
    if (input_.empty()) return Next::input;
    if (budget == 0 || sink().size() > kOutputPerTurn) {
      schedule();
      return Next::nothing;
    }
    switch (parser_.parse(input_, loop_.views)) {
      case HttpParser::Progress::incomplete:
        if (parser_.expectsContinue()) {
          parser_.continued();
          sink().append(kContinue);
        }
        return Next::input;
      case HttpParser::Progress::refused:
        refuse(parser_.refusal());
        return Next::nothing;
      case HttpParser::Progress::complete:
        --budget;
        answer();
        input_.consume(parser_.length());
        parser_.reset();
        break;
    }
  }
}

void Connection::answer() {
  const HttpRequest& request = loop_.views.request;
  ++requests_;
  pieces_ = 0;
  noteUnfinished(false);
  if (loop_.options.lapses.turnsNeighboursAway && loop_.unfinished > 0) {
    reply({.status = 503, .contentType = {}, .afterwards = Afterwards::close}, false, true);
    return;
  }
  const bool mayKeepAlive = parser_.keepAlive() && loop_.options.keepAlive &&
                            (loop_.options.maxRequestsPerConnection == 0 ||
                             requests_ < loop_.options.maxRequestsPerConnection);
  if (isSlowGuarded(loop_.endpoint, request)) {
    park(request, mayKeepAlive);
    return;
  }
  reply(handleGuarded(loop_.endpoint, request, peer_), mayKeepAlive, request.method != "HEAD");
}

void Connection::park(const HttpRequest& request, bool mayKeepAlive) {
  loop_.worker->post(std::make_unique<SlowRequest>(*this, request, peer_, mayKeepAlive));
  state_ = State::parked;
  withWorker_ = true;
}

void Connection::onReply(const SlowRequest& slow) {
  withWorker_ = false;
  if (state_ == State::closed) {
    toDead();
    return;
  }
  state_ = State::open;
  reply(slow.reply, slow.mayKeepAlive, slow.request.method != "HEAD");
  if (!closing_ && (!input_.empty() || channel_.hasPending())) schedule();
  flush();
}

void Connection::reply(const HttpReply& reply, bool mayKeepAlive, bool withBody) {
  if (reply.afterwards == Afterwards::drop) {
    closing_ = dropping_ = true;
    return;
  }
  answered_ = true;
  add(loop_.counts.requests);
  const bool asked = mayKeepAlive && reply.afterwards == Afterwards::asRequested;
  const bool keepAlive = !loop_.stopping && (asked || reply.afterwards == Afterwards::stay);
  loop_.replies.write(reply, {.keepAlive = keepAlive, .withBody = withBody}, sink());
  if (!keepAlive) closing_ = true;
}

void Connection::refuse(int status) {
  add(loop_.counts.badRequests);
  const RefusalStatuses usual;
  if (status == usual.malformed && loop_.options.lapses.deafAfterNonsense) loop_.deaf = 1;
  const RefusalStatuses& chosen = loop_.options.refusals;
  if (status == usual.malformed)
    status = chosen.malformed;
  else if (status == usual.headersTooLarge)
    status = chosen.headersTooLarge;
  else if (status == usual.bodyTooLarge)
    status = chosen.bodyTooLarge;
  loop_.replies.writeRefusal(status, sink());
  input_.clear();
  closing_ = true;
  linger_ = true;
}

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

void Connection::noteUnfinished(bool unfinished) {
  if (unfinished == unfinished_) return;
  unfinished_ = unfinished;
  loop_.unfinished += unfinished ? 1 : -1;
}

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
  if (answered_ || phase() != wanted) arm(wanted);
  answered_ = false;
}

// All is said. Closing a socket while the other side still sends makes the kernel answer with a
// reset, which can overtake our answer; so after a refusal the rest is read and thrown away.
void Connection::finish() {
  if (dropping_) {
    closeNow();
    return;
  }
  const bool linger = linger_ || !input_.empty();
  channel_.finishSending(linger);
  if (!linger) {
    closeNow();
    return;
  }
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

void Connection::onExpired() {
  switch (phase()) {
    case Phase::request:
      refuse(408);
      flush();
      return;
    case Phase::idle:
      finish();
      return;
    case Phase::handshake:
    case Phase::write:
    case Phase::linger:
    case Phase::none:
      closeNow();
      return;
  }
}

void Connection::onStop() {
  if (state_ == State::handshaking) closeNow();
  // A last look: a request that has already arrived is still answered.
  if (state_ == State::open && output_.empty()) proceed();
}

void Connection::closeNow() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  noteUnfinished(false);
  loop_.deadlines.disarm(*this);
  channel_.close();
  input_.release();
  output_.release();
  loop_.counts.open.fetch_sub(1, std::memory_order_relaxed);
  if (!withWorker_) toDead();
}

void Connection::toDead() { loop_.dead.push_back(this); }

void Connection::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  loop_.ready.push_back(this);
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
