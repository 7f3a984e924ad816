#include "tls_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace stoklab::bench {

std::optional<Target> loopbackTarget(std::string_view url) {
  Target target;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    target.tls = false;
  } else {
    return std::nullopt;
  }
  const auto colon = url.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(url.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  std::string_view port = url.substr(colon + 1);
  if (port.ends_with('/')) port.remove_suffix(1);
  std::uint16_t number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || number == 0)
    return std::nullopt;
  target.address.sin_family = AF_INET;
  target.address.sin_port = htons(number);
  if (::inet_pton(AF_INET, host.c_str(), &target.address.sin_addr) != 1) return std::nullopt;
  if ((ntohl(target.address.sin_addr.s_addr) >> 24U) != 127) return std::nullopt;
  return target;
}

TlsContext clientContext(const std::string& suite) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const ssl = context.get();
  const bool modern = suite == "tls1.3";
  SSL_CTX_set_security_level(ssl, 0);
  const int version = modern ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(ssl, version) != 1 ||
      SSL_CTX_set_max_proto_version(ssl, version) != 1 ||
      (!modern && SSL_CTX_set_cipher_list(ssl, suite.c_str()) != 1))
    return nullptr;
  SSL_CTX_set_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);  // sessions are kept by whoever resumes
  SSL_CTX_set_read_ahead(ssl, 1);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  return context;
}

TlsLink::TlsLink(const Target& target, SSL_CTX* context, SSL_SESSION* resume, WireCounts& counts)
    : target_(target), counts_(counts) {
  ++counts_.connections;
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) {
    failure_ = std::string("no socket: ") + std::strerror(errno);
    return;
  }
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&target_.address),
                sizeof target_.address) != 0 &&
      errno != EINPROGRESS) {
    failure_ = std::string("cannot connect: ") + std::strerror(errno);
    return;
  }
  if (context == nullptr) return;
  ssl_ = SSL_new(context);
  SSL_set_fd(ssl_, descriptor_);
  SSL_set_connect_state(ssl_);
  SSL_set_msg_callback(ssl_, &TlsLink::onMessage);
  SSL_set_msg_callback_arg(ssl_, this);
  if (resume != nullptr) SSL_set_session(ssl_, resume);
}

TlsLink::~TlsLink() {
  if (ssl_ != nullptr) {
    if (connected_ && failure_.empty()) SSL_shutdown(ssl_);
    countBytes();
    SSL_free(ssl_);
    ERR_clear_error();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

// OpenSSL shows each record's header before it shows what is in it.
void TlsLink::onMessage(int written, int, int type, const void* data, std::size_t size, SSL*,
                        void* self) {
  if (type != SSL3_RT_HEADER || size == 0) return;
  if (*static_cast<const unsigned char*>(data) != SSL3_RT_APPLICATION_DATA) return;
  auto& counts = static_cast<TlsLink*>(self)->counts_;
  ++(written != 0 ? counts.recordsSent : counts.recordsReceived);
}

void TlsLink::countBytes() {
  counts_.bytesReceived += BIO_number_read(SSL_get_rbio(ssl_));
  counts_.bytesSent += BIO_number_written(SSL_get_wbio(ssl_));
}

TlsLink::State TlsLink::fail(std::string why) {
  failure_ = std::move(why);
  return State::failed;
}

TlsLink::State TlsLink::outcome(int result, const char* doing) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return State::wantRead;
    case SSL_ERROR_WANT_WRITE:
      return State::wantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return fail(std::string("closed while ") + doing);
    default: {
      const char* const reason = ERR_reason_error_string(ERR_peek_error());
      const std::string why = reason != nullptr ? reason : std::strerror(errno);
      ERR_clear_error();
      return fail(std::string(doing) + ": " + why);
    }
  }
}

TlsLink::State TlsLink::connect() {
  if (!failure_.empty()) return State::failed;
  if (ssl_ != nullptr) {
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) return outcome(result, "shaking hands");
    ++(SSL_session_reused(ssl_) != 0 ? counts_.resumedHandshakes : counts_.fullHandshakes);
  }
  connected_ = true;
  return State::done;
}

void TlsLink::send(std::string request) {
  out_ = std::move(request);
  sent_ = 0;
  reading_ = false;
  in_.clear();
}

TlsLink::State TlsLink::exchange(Answer& answer) {
  while (!reading_) {
    std::size_t taken = 0;
    if (ssl_ != nullptr) {
      const int result = SSL_write_ex(ssl_, out_.data() + sent_, out_.size() - sent_, &taken);
      if (result != 1) return outcome(result, "sending");
    } else {
      const ssize_t count =
          ::send(descriptor_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (count < 0)
        return errno == EAGAIN ? State::wantWrite
                               : fail(std::string("sending: ") + std::strerror(errno));
      taken = static_cast<std::size_t>(count);
    }
    sent_ += taken;
    reading_ = sent_ == out_.size();
    // The answer is not there yet; asking for it at once would cost a system call for nothing.
    if (reading_) return State::wantRead;
  }
  while (true) {
    std::array<char, 16 * 1024> buffer;  // NOLINT: filled by the read
    std::size_t got = 0;
    if (ssl_ != nullptr) {
      const int result = SSL_read_ex(ssl_, buffer.data(), buffer.size(), &got);
      if (result != 1) return outcome(result, "reading");
    } else {
      const ssize_t count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (count < 0)
        return errno == EAGAIN ? State::wantRead
                               : fail(std::string("reading: ") + std::strerror(errno));
      if (count == 0) return fail("closed while reading");
      got = static_cast<std::size_t>(count);
    }
    in_.append(buffer.data(), got);
    if (complete(answer)) return State::done;
    if (!failure_.empty()) return State::failed;
  }
}

bool TlsLink::complete(Answer& answer) {
  const std::string_view text = in_;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view head = text.substr(0, end + 2);
  if (!head.starts_with("HTTP/1.") || head.size() < 12) {
    failure_ = "this is no HTTP answer";
    return false;
  }
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const auto length = head.find(kLength);
  if (length == std::string_view::npos) {
    failure_ = "an answer without Content-Length";
    return false;
  }
  std::size_t size = 0;
  std::from_chars(head.data() + length + kLength.size(), head.data() + head.size(), size);
  if (text.size() < end + 4 + size) return false;
  answer.body.assign(text.substr(end + 4, size));
  answer.close = head.find("\r\nConnection: close") != std::string_view::npos;
  return true;
}

}  // namespace stoklab::bench
