#include "stoklab/client/https_transport.h"

#include <utility>

#include "connection.h"
#include "deadline.h"
#include "http_message.h"
#include "tls_context.h"

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;

namespace {

std::string withoutBrackets(std::string host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

std::string inMilliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

}  // namespace

class HttpsTransport::Impl {
 public:
  explicit Impl(HttpsOptions options) : options_(std::move(options)) {
    options_.host = withoutBrackets(std::move(options_.host));
    hostField_ = hostField(options_.host, options_.port, options_.tls ? 443 : 80);
    peer_ = hostField(options_.host, options_.port, 0) + ": ";
  }

  Result<HttpAnswer> exchange(const HttpExchange& request) {
    keptConnectionDied_ = false;
    peerClosed_ = false;
    deadlinePassed_ = false;
    const auto text = printHttpRequest(request, hostField_);
    if (!text) return text.error();

    const auto total = Deadline::in(options_.deadlines.total);
    const bool kept = connection_ && connection_->usable();
    if (!kept) {
      if (auto connected = openConnection(total); !connected) return connected.error();
    }
    ++requestsSent_;
    if (auto sent = connection_->send(*text, total); !sent) {
      deadlinePassed_ = total.passed();
      keptConnectionDied_ = kept && !deadlinePassed_;
      return fail(sent.error());
    }
    AnswerReader reader(request.method, options_.maxAnswerBytes);
    auto answer = readAnswer(reader, total);
    if (answer) {
      if (!reader.keepsConnection()) connection_.reset();
      return answer;
    }
    keptConnectionDied_ = kept && peerClosed_ && !reader.started();
    // The whole request has left, whatever became of the answer.
    Error error = answer.error();
    error.execution = Execution::mayHaveRun;
    return fail(std::move(error));
  }

  Result<void> connect() {
    if (connection_ && connection_->usable()) return {};
    return openConnection(Deadline::in(options_.deadlines.connect));
  }

  void disconnect() { connection_.reset(); }
  bool keptConnectionDied() const { return keptConnectionDied_; }
  bool deadlinePassed() const { return deadlinePassed_; }
  const std::optional<TlsFacts>& tlsFacts() const { return facts_; }
  std::size_t connectionsOpened() const { return connectionsOpened_; }
  std::size_t requestsSent() const { return requestsSent_; }

 private:
  Result<void> openConnection(Deadline total) {
    connection_.reset();
    if (options_.tls && !tls_) {
      auto context = TlsContext::make(options_.security);
      if (!context) return context.error();
      tls_ = std::move(*context);
    }
    const auto deadline = Deadline::earlier(Deadline::in(options_.deadlines.connect), total);
    auto opened = Connection::open(options_.host, options_.port, tls_.get(), deadline);
    if (!opened) {
      deadlinePassed_ = deadline.passed();
      return fail(opened.error());
    }
    connection_ = std::move(*opened);
    ++connectionsOpened_;
    if (connection_->tlsFacts()) facts_ = connection_->tlsFacts();
    return {};
  }

  Result<HttpAnswer> readAnswer(AnswerReader& reader, Deadline total) {
    while (!reader.complete()) {
      const auto silence = Deadline::in(options_.deadlines.read);
      std::string bytes;
      const auto received = connection_->receive(bytes, Deadline::earlier(silence, total));
      // What came before a failure may already have completed the answer.
      if (auto taken = reader.take(bytes); !taken) return taken.error();
      if (reader.complete()) break;
      if (!received) {
        peerClosed_ = true;
        return received.error();
      }
      if (*received == Connection::Received::end) {
        peerClosed_ = true;
        if (auto ended = reader.takeEnd(); !ended) return ended.error();
      }
      if (*received == Connection::Received::timeout) {
        deadlinePassed_ = true;
        return timeout(total.passed());
      }
    }
    return reader.takeAnswer();
  }

  Error timeout(bool whole) const {
    const auto& limits = options_.deadlines;
    return {.kind = ErrorKind::transport,
            .detail = whole ? "the exchange did not end within " + inMilliseconds(limits.total) +
                                  " (total deadline)"
                            : "no answer: silence for " + inMilliseconds(limits.read) +
                                  " (read deadline)"};
  }

  // Closes the connection and puts the device's address in front of the detail.
  Error fail(Error error) {
    connection_.reset();
    error.detail = peer_ + error.detail;
    return error;
  }

  HttpsOptions options_;
  std::string hostField_;
  std::string peer_;                 // "192.0.2.7:443: "
  std::unique_ptr<TlsContext> tls_;  // made at first need; outlives connection_
  std::unique_ptr<Connection> connection_;
  std::optional<TlsFacts> facts_;
  std::size_t connectionsOpened_ = 0;
  std::size_t requestsSent_ = 0;
  // Of the last exchange:
  bool peerClosed_ = false;  // reading ended because the peer closed or reset the connection
  bool keptConnectionDied_ = false;
  bool deadlinePassed_ = false;
};

HttpsTransport::HttpsTransport(HttpsOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpsTransport::~HttpsTransport() = default;

Result<HttpAnswer> HttpsTransport::exchange(const HttpExchange& request) {
  return impl_->exchange(request);
}
bool HttpsTransport::keptConnectionDied() const { return impl_->keptConnectionDied(); }
bool HttpsTransport::deadlinePassed() const { return impl_->deadlinePassed(); }
Result<void> HttpsTransport::connect() { return impl_->connect(); }
void HttpsTransport::disconnect() { impl_->disconnect(); }
const std::optional<TlsFacts>& HttpsTransport::tlsFacts() const { return impl_->tlsFacts(); }
std::size_t HttpsTransport::connectionsOpened() const { return impl_->connectionsOpened(); }
std::size_t HttpsTransport::requestsSent() const { return impl_->requestsSent(); }

}  // namespace stoklab::client
