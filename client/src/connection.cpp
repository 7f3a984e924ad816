#include "connection.h"

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;

namespace {

Error failure(std::string detail) {
  return {.kind = ErrorKind::transport, .detail = std::move(detail)};
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string& host, std::uint16_t port,
                                                     TlsContext* tls, Deadline deadline) {
  auto socket = TcpSocket::connect(host, port, deadline);
  if (!socket) return socket.error();
  std::unique_ptr<Connection> connection(new Connection(std::move(*socket)));
  if (tls != nullptr) {
    if (auto done = connection->shakeHands(*tls, host, deadline); !done) return done.error();
  }
  return connection;
}

Connection::~Connection() {
  if (!engine_ || broken_) return;
  engine_->close();
  // Best effort: who does not take a few bytes now has other worries.
  if (auto sent = flush(Deadline::in(std::chrono::milliseconds(0))); !sent) broken_ = true;
}

Result<void> Connection::shakeHands(TlsContext& tls, const std::string& host, Deadline deadline) {
  engine_ = std::make_unique<TlsEngine>(tls, host);
  broken_ = true;  // until the peer has been checked
  while (true) {
    const auto finished = engine_->handshake();
    const auto flushed = flush(deadline);  // an alert too
    if (!finished) {
      tls.forgetSession();
      return finished.error();
    }
    if (!flushed) return flushed.error();
    if (*finished) break;
    std::string bytes;
    const auto received = socket_.receive(bytes, deadline);
    if (!received) return failure("the device broke off the TLS handshake");
    if (*received == Received::timeout) {
      return failure("the TLS handshake did not finish within the connect deadline");
    }
    if (*received == Received::end) {
      tls.forgetSession();
      return failure("the device closed the connection during the TLS handshake");
    }
    engine_->putInput(bytes);
  }
  auto facts = tls.checkPeer(engine_->ssl(), host);
  if (!facts) return facts.error();
  facts_ = std::move(*facts);
  broken_ = false;
  return {};
}

Result<void> Connection::flush(Deadline deadline) {
  std::size_t sent = 0;
  return socket_.send(engine_->takeOutput(), deadline, sent);
}

Result<Connection::Received> Connection::decrypt(std::string_view bytes, std::string& into) {
  engine_->putInput(bytes);
  const auto open = engine_->decrypt(into);
  if (!open) return open.error();
  return *open ? Received::bytes : Received::end;
}

bool Connection::usable() {
  if (broken_) return false;
  // TLS 1.3 session tickets may still be on their way; they are no reason to close. More than a
  // few of them are.
  constexpr int kMaxReads = 8;
  broken_ = true;
  for (int i = 0; i < kMaxReads; ++i) {
    std::string bytes;
    auto state = socket_.receiveNow(bytes);
    if (!state || *state == Received::end) return false;
    if (*state == Received::timeout) {
      broken_ = false;
      return true;
    }
    if (!engine_) return false;
    std::string unasked;
    state = decrypt(bytes, unasked);
    if (!state || *state == Received::end || !unasked.empty()) return false;
  }
  return false;
}

Result<void> Connection::send(std::string_view text, Deadline deadline) {
  std::string records;
  if (engine_) {
    if (auto encrypted = engine_->encrypt(text); !encrypted) {
      broken_ = true;
      return encrypted;
    }
    records = engine_->takeOutput();
    text = records;
  }
  std::size_t count = 0;
  auto sent = socket_.send(text, deadline, count);
  if (sent) return sent;
  broken_ = true;
  Error error = sent.error();
  error.execution = count < text.size() ? Execution::didNotRun : Execution::mayHaveRun;
  return error;
}

Result<Connection::Received> Connection::receive(std::string& into, Deadline deadline) {
  const auto before = into.size();
  while (true) {
    if (!engine_) {
      auto received = socket_.receive(into, deadline);
      broken_ = broken_ || !received || *received != Received::bytes;
      return received;
    }
    std::string bytes;
    auto received = socket_.receive(bytes, deadline);
    if (received && *received == Received::bytes) received = decrypt(bytes, into);
    broken_ = broken_ || !received || *received != Received::bytes;
    // A record may not be complete yet, or hold nothing for us.
    if (broken_ || into.size() > before) return received;
    if (auto flushed = flush(deadline); !flushed) return flushed.error();
  }
}

}  // namespace stoklab::client
