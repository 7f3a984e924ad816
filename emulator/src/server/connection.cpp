#include "connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "connection_fault.h"
#include "guarded_endpoint.h"

namespace stoklab::emulator {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // the most a TLS record holds
constexpr std::size_t kRequestsPerTurn = 8;
constexpr std::size_t kReadsPerTurn = 4;
constexpr std::size_t kOutputPerTurn = 64 * 1024;  // then the client has to take some first
constexpr std::chrono::minutes kLongestDelay{1};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(LoopState& loop, int descriptor, Peer peer, SSL_CTX* tls)
    : loop_(loop), channel_(descriptor, tls), peer_(std::move(peer)), parser_(loop.options.limits) {
  epoll_event event{};
  event.events = interest_ = EPOLLIN;
  event.data.ptr = this;
  ::epoll_ctl(loop_.epoll, EPOLL_CTL_ADD, descriptor, &event);
  if (tls == nullptr) state_ = State::open;
  arm(tls == nullptr ? Phase::idle : Phase::handshake);
  if (loop.options.connections) suffer(loop.options.connections->onConnection(peer_));
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
    case State::doomed:
      meetDoom(events);
      return;
    case State::stalled:
      closeNow();  // the other side has given up
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
      if (fault_) watchIdle(Phase::idle);
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
  loop_.views.request.received = loop_.now;
  const HttpRequest& request = loop_.views.request;
  ++peer_.request;
  pieces_ = 0;
  if (fault_) stopTimer();
  noteUnfinished(false);
  if (loop_.options.lapses.turnsNeighboursAway && loop_.unfinished > 0) {
    reply({.status = 503, .contentType = {}, .afterwards = Afterwards::close}, false, true);
    return;
  }
  const bool mayKeepAlive = parser_.keepAlive() && loop_.options.keepAlive &&
                            (loop_.options.maxRequestsPerConnection == 0 ||
                             peer_.request < loop_.options.maxRequestsPerConnection);
  if (const Effort effort = effortGuarded(loop_.endpoint, request); effort != Effort::light) {
    park(request, mayKeepAlive, effort);
    return;
  }
  reply(handleGuarded(loop_.endpoint, request, peer_), mayKeepAlive, request.method != "HEAD");
}

void Connection::park(const HttpRequest& request, bool mayKeepAlive, Effort effort) {
  auto slow = std::make_unique<SlowRequest>(*this, request, peer_, mayKeepAlive);
  if (effort == Effort::heavy)
    loop_.heavy.push_back(std::move(slow));
  else
    loop_.worker->post(std::move(slow));
  state_ = State::parked;
  handedOver_ = true;
}

void Connection::onReply(const SlowRequest& slow) {
  handedOver_ = false;
  if (state_ == State::closed) {
    toDead();
    return;
  }
  state_ = State::open;
  reply(slow.reply, slow.mayKeepAlive, slow.request.method != "HEAD");
  goOn();
}

void Connection::hold(const HttpReply& reply, bool mayKeepAlive, bool withBody) {
  held_ = std::make_unique<Held>(Held{reply, mayKeepAlive, withBody});
  held_->reply.delay = {};
  startTimer(std::min<std::chrono::milliseconds>(reply.delay, kLongestDelay));
  state_ = State::parked;
}

void Connection::onDue() {
  stopTimer();
  if (!held_) {
    onFaultDue();
    return;
  }
  const auto held = std::move(held_);
  state_ = State::open;
  reply(held->reply, held->mayKeepAlive, held->withBody);
  goOn();
}

void Connection::startTimer(std::chrono::milliseconds time) {
  stopTimer();
  due_ = loop_.now + time;
  loop_.held.emplace(*due_, this);
}

void Connection::stopTimer() {
  if (!due_) return;
  loop_.held.erase({*due_, this});
  due_.reset();
}

// After an answer that did not come at once.
void Connection::goOn() {
  if (!closing_ && (!input_.empty() || channel_.hasPending())) schedule();
  flush();
}

void Connection::reply(const HttpReply& reply, bool mayKeepAlive, bool withBody) {
  if (reply.delay.count() > 0 && !loop_.stopping) {
    hold(reply, mayKeepAlive, withBody);
    return;
  }
  if (reply.afterwards == Afterwards::drop) {
    closing_ = dropping_ = true;
    return;
  }
  answered_ = true;
  add(loop_.counts.requests);
  const bool asked = mayKeepAlive && reply.afterwards == Afterwards::asRequested;
  const bool keepAlive = !loop_.stopping && (asked || reply.afterwards == Afterwards::stay);
  if (reply.wireFault) {
    replyFaulty(reply, {.keepAlive = keepAlive, .withBody = withBody});
    return;
  }
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

void Connection::noteUnfinished(bool unfinished) {
  if (unfinished == unfinished_) return;
  unfinished_ = unfinished;
  loop_.unfinished += unfinished ? 1 : -1;
}

void Connection::onExpired() {
  if (state_ == State::doomed || state_ == State::stalled) {
    closeNow();
    return;
  }
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
  if (held_) onDue();
  if (fault_) endFault();
  // A last look: a request that has already arrived is still answered.
  if (state_ == State::open && output_.empty()) proceed();
}

void Connection::closeNow() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  noteUnfinished(false);
  stopTimer();
  held_.reset();
  fault_.reset();
  loop_.deadlines.disarm(*this);
  channel_.close();
  input_.release();
  output_.release();
  loop_.counts.open.fetch_sub(1, std::memory_order_relaxed);
  if (!handedOver_) toDead();
}

void Connection::toDead() { loop_.dead.push_back(this); }

void Connection::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  loop_.ready.push_back(this);
}

}  // namespace stoklab::emulator
