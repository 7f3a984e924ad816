#include "harness/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <utility>

#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// An answer that is longer than this is not going to be a camera's.
constexpr std::size_t kMaxAnswer = 16U * 1024 * 1024;

using SslContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using SslHandle = std::unique_ptr<SSL, decltype(&SSL_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// True if the socket became ready before the deadline.
bool waitFor(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left.count()) + 1);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

std::string sslError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the connection was closed";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

std::unique_ptr<Socket> connectTo(const Target& target, Clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed =
      ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (failed != 0)
    throw WireFailure(Layer::resolve, target.host + ": " + std::string(::gai_strerror(failed)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    auto socket = std::make_unique<Socket>(
        ::socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol));
    if (socket->fd() < 0) continue;
    int result = ::connect(socket->fd(), a->ai_addr, a->ai_addrlen);
    int error = result == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      if (!waitFor(socket->fd(), POLLOUT, deadline)) {
        why = "no answer in time";
        continue;
      }
      socklen_t size = sizeof error;
      ::getsockopt(socket->fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) {
      const int on = 1;
      ::setsockopt(socket->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return socket;
    }
    why = std::strerror(error);
  }
  throw WireFailure(Layer::connect, target.hostHeader() + ": " + why);
}

SslContext makeContext(TlsOffer offer) {
  SslContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  // Cameras have certificates with keys of 1024 bits (T7); level 0 also lets old versions be
  // offered, which is how one finds out that they are refused.
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  switch (offer) {
    case TlsOffer::usual:
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context.get(),
                              "AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                              "ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256");
      break;
    case TlsOffer::deviceSuite:
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
      SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context.get(), "AES256-GCM-SHA384");
      break;
    case TlsOffer::outdated:
      SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
      SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
      break;
    case TlsOffer::unprotected:
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
      SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context.get(), "eNULL:aNULL:@SECLEVEL=0");
      break;
  }
  return context;
}

// One for each offer: making one costs as much as a handshake.
SSL_CTX* contextOf(TlsOffer offer) {
  static std::map<TlsOffer, SslContext> contexts;
  auto& context = contexts.try_emplace(offer, nullptr, &SSL_CTX_free).first->second;
  if (context == nullptr) context = makeContext(offer);
  return context.get();
}

std::string entry(X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void describe(X509* certificate, TlsFacts& facts) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  facts.commonName = entry(subject, NID_commonName);
  facts.organization = entry(subject, NID_organizationName);
  facts.country = entry(subject, NID_countryName);
  X509_NAME* issuer = X509_get_issuer_name(certificate);
  facts.issuerCommonName = entry(issuer, NID_commonName);
  facts.selfIssued = X509_NAME_cmp(subject, issuer) == 0;
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key != nullptr) {
    facts.keyType = EVP_PKEY_get0_type_name(key);
    facts.keyBits = EVP_PKEY_get_bits(key);
  }
  facts.validNow = X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
                   X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
  facts.keyUsagePresent = X509_get_ext_by_NID(certificate, NID_key_usage, -1) >= 0;
  if (facts.keyUsagePresent) {
    const std::uint32_t usage = X509_get_key_usage(certificate);
    facts.digitalSignature = (usage & KU_DIGITAL_SIGNATURE) != 0;
    facts.keyEncipherment = (usage & KU_KEY_ENCIPHERMENT) != 0;
  }
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size > 0) {
    facts.sha256 =
        hex(sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}), false);
    OPENSSL_free(der);
  }
}

}  // namespace

std::string_view toText(Layer layer) {
  switch (layer) {
    case Layer::resolve:
      return "name lookup";
    case Layer::connect:
      return "TCP connection";
    case Layer::tls:
      return "TLS";
    case Layer::http:
      return "HTTP";
  }
  return {};
}

class Connection::Impl {
 public:
  Impl(const Target& target, TimeLimits limits)
      : limits_(limits),
        opened_(Clock::now()),
        socket_(connectTo(target, opened_ + limits.connect)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (ssl_ != nullptr && established_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  void startTls(const Target& target, TlsOffer offer) {
    ssl_.reset(SSL_new(contextOf(offer)));
    SSL_set_fd(ssl_.get(), socket_->fd());
    if (::inet_addr(target.host.c_str()) == INADDR_NONE &&
        target.host.find(':') == std::string::npos) {
      std::string name = target.host;
      // What the macro SSL_set_tlsext_host_name does, without its old-style cast.
      SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
    const auto deadline = opened_ + limits_.connect;
    for (;;) {
      ERR_clear_error();
      const int result = SSL_connect(ssl_.get());
      if (result == 1) break;
      if (!retry(result, deadline))
        throw WireFailure(Layer::tls, "handshake: " + sslFailure(deadline));
    }
    established_ = true;
    facts_.version = SSL_get_version(ssl_.get());
    facts_.cipher = SSL_get_cipher_name(ssl_.get());
    const Certificate shown(SSL_get1_peer_certificate(ssl_.get()), &X509_free);
    if (shown != nullptr) describe(shown.get(), facts_);
  }

  void send(std::string_view bytes) {
    const auto deadline = Clock::now() + limits_.answer;
    while (!bytes.empty()) {
      const std::size_t sent = ssl_ ? writeTls(bytes, deadline) : writePlain(bytes, deadline);
      bytes.remove_prefix(sent);
    }
  }

  HttpAnswer receive() {
    const auto deadline = Clock::now() + limits_.answer;
    for (;;) {
      Reading reading = readAnswer(buffer_, ended_);
      if (reading.state == Reading::State::complete) {
        buffer_.erase(0, reading.consumed);
        return std::move(reading.answer);
      }
      if (buffer_.empty() && ended_) throw WireFailure(Layer::http, "closed without an answer");
      if (reading.state == Reading::State::malformed) throw WireFailure(Layer::http, reading.why);
      if (buffer_.size() > kMaxAnswer) throw WireFailure(Layer::http, "the answer does not end");
      if (!read(deadline)) {
        throw WireFailure(Layer::http, "no complete answer in " +
                                           std::to_string(limits_.answer.count()) + " ms, " +
                                           std::to_string(buffer_.size()) + " bytes so far");
      }
    }
  }

  bool closesWithin(milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    while (!ended_) {
      if (!read(deadline)) return false;
      if (buffer_.size() > kMaxAnswer) return false;
    }
    return true;
  }

  const TlsFacts& facts() const { return facts_; }
  std::size_t unread() const { return buffer_.size(); }

 private:
  // True if the operation should be tried again.
  bool retry(int result, Clock::time_point deadline) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return waitFor(socket_->fd(), POLLIN, deadline);
    if (error == SSL_ERROR_WANT_WRITE) return waitFor(socket_->fd(), POLLOUT, deadline);
    broken_ = true;
    return false;
  }

  std::string sslFailure(Clock::time_point deadline) {
    if (!broken_ && Clock::now() >= deadline) return "no answer in time";
    return sslError();
  }

  std::size_t writeTls(std::string_view bytes, Clock::time_point deadline) {
    for (;;) {
      std::size_t sent = 0;
      ERR_clear_error();
      const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
      if (result == 1) return sent;
      if (!retry(result, deadline))
        throw WireFailure(Layer::http, "cannot send the request: " + sslFailure(deadline));
    }
  }

  std::size_t writePlain(std::string_view bytes, Clock::time_point deadline) {
    for (;;) {
      const ssize_t sent = ::send(socket_->fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) return static_cast<std::size_t>(sent);
      if (errno != EAGAIN || !waitFor(socket_->fd(), POLLOUT, deadline))
        throw WireFailure(Layer::http, std::string("cannot send: ") + std::strerror(errno));
    }
  }

  // False if the time is over; an end of the connection, clean or not, sets ended_.
  bool read(Clock::time_point deadline) {
    std::array<char, 16384> chunk{};
    for (;;) {
      if (ssl_) {
        std::size_t size = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(ssl_.get(), chunk.data(), chunk.size(), &size);
        if (result == 1) {
          buffer_.append(chunk.data(), size);
          return true;
        }
        if (retry(result, deadline)) continue;
        if (broken_) ended_ = true;
        return broken_;
      }
      const ssize_t size = ::recv(socket_->fd(), chunk.data(), chunk.size(), 0);
      if (size > 0) {
        buffer_.append(chunk.data(), static_cast<std::size_t>(size));
        return true;
      }
      if (size < 0 && errno == EAGAIN) {
        if (waitFor(socket_->fd(), POLLIN, deadline)) continue;
        return false;
      }
      ended_ = true;
      return true;
    }
  }

  TimeLimits limits_;
  Clock::time_point opened_;
  std::unique_ptr<Socket> socket_;
  SslHandle ssl_{nullptr, &SSL_free};
  TlsFacts facts_;
  std::string buffer_;        // received, not yet handed out
  bool established_ = false;  // the handshake is complete
  bool ended_ = false;        // nothing more will come
  bool broken_ = false;       // the TLS object has failed or was closed
};

Connection Connection::open(const Target& target, TlsOffer offer, TimeLimits limits) {
  // OpenSSL writes to the socket without MSG_NOSIGNAL.
  static const bool ignoring = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  static_cast<void>(ignoring);
  auto impl = std::make_unique<Impl>(target, limits);
  if (target.tls) impl->startTls(target, offer);
  return Connection(std::move(impl));
}

Connection Connection::openPlain(const Target& target, TimeLimits limits) {
  return Connection(std::make_unique<Impl>(target, limits));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::send(std::string_view bytes) { impl_->send(bytes); }
HttpAnswer Connection::receive() { return impl_->receive(); }
bool Connection::closesWithin(std::chrono::milliseconds patience) {
  return impl_->closesWithin(patience);
}
std::size_t Connection::unread() const { return impl_->unread(); }
const TlsFacts& Connection::tls() const { return impl_->facts(); }

}  // namespace stoklab::conformance
