// One client's connection: handshake, requests in, answers out in the order of the requests, end.
//
// The one thing not to get wrong: a connection never deletes itself. It goes to LoopState::dead,
// once, and the loop frees it when nothing of this turn can point at it any more; while one of its
// requests is handed over, it stays, closed, until the answer is back.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "byte_buffer.h"
#include "channel.h"
#include "deadlines.h"
#include "http_parser.h"
#include "loop_state.h"
#include "stoklab/emulator/endpoint.h"
#include "worker.h"

namespace stoklab::emulator {

// On the loop's thread only.
class Connection : public Deadlines::Entry {
 public:
  // Takes `descriptor` over and puts it under the watch of the loop's epoll instance. `tls` is null
  // for plain HTTP.
  Connection(LoopState& loop, int descriptor, Peer peer, SSL_CTX* tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void onEvent(std::uint32_t events);     // epoll has something for it
  void onTurn();                          // it was in LoopState::ready
  void onExpired();                       // its deadline has passed
  void onReply(const SlowRequest& slow);  // the request that it handed over is answered
  void onDue();                           // its timer has run out
  void onStop();                          // LoopState::stopping has become true

  void closeNow();

  bool isHandshaking() const { return state_ == State::handshaking; }

  std::size_t index = 0;  // where the loop keeps it

 private:
  enum class State : std::uint8_t {
    handshaking,
    open,
    parked,     // its request is handed over, or the answer is kept back; nothing is read meanwhile
    lingering,  // everything is said; what still comes is thrown away until the other side closes
    doomed,     // by a scripted fault: its first bytes will not be read
    stalled,    // likewise: open, and nothing happens any more
    closed,
  };
  enum class Next : std::uint8_t { input, nothing };
  struct Held {
    HttpReply reply;
    bool mayKeepAlive, withBody;
  };
  // See connection_fault.h.
  enum class Doom : std::uint8_t;
  enum class End : std::uint8_t;
  struct Suffering;

  void continueHandshake();
  void proceed();
  Next serveBuffered(std::size_t& budget);
  void answer();
  void park(const HttpRequest& request, bool mayKeepAlive, Effort effort);
  void reply(const HttpReply& reply, bool mayKeepAlive, bool withBody);
  void hold(const HttpReply& reply, bool mayKeepAlive, bool withBody);
  void goOn();
  void refuse(int status);
  void meetGarbage();
  bool tooManyPieces();
  void servePadded(std::size_t& budget);
  void noteUnfinished(bool unfinished);
  void flush();
  void settle(bool progress);
  void finish();
  void linger();
  void drain();

  void suffer(std::optional<ConnectionFault> fault);
  void meetDoom(std::uint32_t events);
  void resetNow();
  void stall(Phase phase);
  void watchIdle(Phase phase);
  void replyFaulty(const HttpReply& reply, ReplyForm form);
  void onFaultDue();
  void sendPiece();
  void endFault();
  bool endFaulty();

  // One at a time: for an answer that is kept back, or for a fault.
  void startTimer(std::chrono::milliseconds time);
  void stopTimer();

  void borrowInput();
  void returnInput();
  ByteBuffer& sink() { return output_.empty() ? loop_.output : output_; }
  void setInterest(std::uint32_t events);
  void arm(Phase phase) { loop_.deadlines.arm(*this, phase, loop_.now); }
  void schedule();
  void toDead();

  LoopState& loop_;
  Channel channel_;
  Peer peer_;
  HttpParser parser_;
  ByteBuffer input_;   // a request in part, or several
  ByteBuffer output_;  // what the socket did not take
  std::unique_ptr<Held> held_;
  std::unique_ptr<Suffering> fault_;           // null: none
  std::optional<Deadlines::TimePoint> due_{};  // of its timer
  std::size_t pieces_ = 0;                     // of the request that is coming in
  std::uint32_t interest_ = 0;
  std::uint32_t blockedOn_ = 0;  // the event that the channel waits for to write, or 0
  State state_ = State::handshaking;
  bool handedOver_ = false;
  bool scheduled_ = false;
  bool answered_ = false;  // since the deadline was last set
  bool inputEnded_ = false;
  bool closing_ = false;   // after what is to be written
  bool dropping_ = false;  // without a goodbye
  bool linger_ = false;    // the other side may still be sending
  bool readNeedsWrite_ = false;
  bool unfinished_ = false;  // counted in LoopState::unfinished
};

}  // namespace stoklab::emulator
