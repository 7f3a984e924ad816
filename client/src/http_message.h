// HTTP/1.x as text: how a request is written and how an answer is read, without a socket.
//
// The reader is our own because an answer that was cut off must never pass for a complete one:
// Poco's stream for chunked bodies ends in the same way in both cases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "stoklab/client/transport.h"

namespace stoklab::client {

// The value of the Host field; an IPv6 literal stands in brackets.
std::string hostField(std::string_view host, std::uint16_t port, std::uint16_t defaultPort);

// Head and body in one piece, so that they can travel in one write. Fails with
// ErrorKind::malformed if the method, path, content type or a further header would break out of its
// place in the head or contradict it. The detail shows no path and no value, since they may hold a
// token.
Result<std::string> printHttpRequest(const HttpExchange& request, std::string_view host);

// Reads one answer from bytes as they come in. Tolerant where devices differ (bare line feeds, any
// header, HTTP/1.0), strict where a mistake could pass for an answer.
class AnswerReader {
 public:
  // `method` is that of the request: an answer to HEAD has no body.
  AnswerReader(std::string_view method, std::size_t maxBodyBytes);

  // Takes the next bytes. Fails with ErrorKind::malformed; the answer is then lost.
  Result<void> take(std::string_view bytes);

  // The connection has ended. That completes an answer whose length only the end tells; else it
  // fails with ErrorKind::transport and a detail that says how far the answer came.
  Result<void> takeEnd();

  bool complete() const { return state_ == State::complete; }

  // Whether any byte has come in.
  bool started() const { return started_; }

  // Of a complete answer: whether the connection may carry another request. Bytes that follow the
  // answer forbid it.
  bool keepsConnection() const { return keepAlive_ && pending_.empty(); }

  HttpAnswer takeAnswer() { return std::move(answer_); }

 private:
  enum class State { head, fixedBody, chunkSize, chunkData, chunkEnd, trailer, untilEnd, complete };

  // One step of the state machine: true if it got further, false if it needs more bytes.
  Result<bool> advance();
  Result<bool> readHead();
  Result<bool> readFixedBody();
  Result<bool> readChunkSize();
  Result<bool> readChunkData();
  Result<bool> readChunkEnd();
  Result<bool> readTrailer();
  Result<bool> readUntilEnd();

  Result<void> parseHead(std::string_view head);
  Result<void> chooseBody();
  std::string_view pending() const { return std::string_view(pending_).substr(consumed_); }
  void moveToBody(std::size_t count);
  Result<void> refuseIfTooLong(std::size_t more) const;
  // The next line without its end; nullopt if it is not complete yet.
  Result<std::optional<std::string>> takeLine();

  bool expectsNoBody_;
  std::size_t maxBodyBytes_;
  State state_ = State::head;
  std::string pending_;  // came in; the first `consumed_` bytes are done with
  std::size_t consumed_ = 0;
  std::size_t headBytes_ = 0;  // of all heads and trailers so far
  std::size_t expected_ = 0;   // of the body or chunk that is being read
  bool started_ = false;
  bool http10_ = false;
  bool keepAlive_ = false;
  HttpAnswer answer_;
};

// The value of a header field, whatever its case; nullptr if absent.
const std::string* findHeader(const HttpAnswer& answer, std::string_view name);

}  // namespace stoklab::client
