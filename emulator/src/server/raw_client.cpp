#include "raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "http_text.h"

namespace stoklab::emulator {
namespace {

// One context for all, since each takes a millisecond to make.
SSL_CTX* clientContext() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context = [] {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> made(SSL_CTX_new(TLS_client_method()),
                                                           &SSL_CTX_free);
    SSL_CTX_set_security_level(made.get(), 0);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);
    return made;
  }();
  return context.get();
}

void blockSigPipe() {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

sockaddr* asSocketAddress(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

}  // namespace

std::string RawAnswer::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equalsIgnoringCase(line.substr(0, colon), name)) {
      return std::string(trimmed(line.substr(colon + 1)));
    }
    rest.remove_prefix(line.size() + 2);
  }
  return {};
}

int plainSocket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

bool connectTo(int descriptor, std::uint16_t port, const std::string& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  return ::connect(descriptor, asSocketAddress(to), sizeof to) == 0;
}

RawClient::RawClient(std::uint16_t port, const RawOptions& options) : descriptor_(plainSocket()) {
  blockSigPipe();
  const timeval limit{10, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.receiveBuffer != 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &options.receiveBuffer,
                 sizeof options.receiveBuffer);
  }
  connected_ = connectTo(descriptor_, port, options.address);
  if (!connected_ || !options.tls) return;
  ssl_ = SSL_new(clientContext());
  SSL_set_min_proto_version(ssl_, options.version);
  SSL_set_max_proto_version(ssl_, options.version);
  if (options.version == TLS1_2_VERSION) SSL_set_cipher_list(ssl_, options.cipherList.c_str());
  if (!options.tickets) SSL_set_options(ssl_, SSL_OP_NO_TICKET);
  if (options.session != nullptr) SSL_set_session(ssl_, options.session);
  SSL_set_fd(ssl_, descriptor_);
  connected_ = SSL_connect(ssl_) == 1;
  ERR_clear_error();
}

RawClient::~RawClient() {
  // Marked as shut down, so that its session can still be resumed.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      connected_(other.connected_),
      continues_(other.continues_),
      buffer_(std::move(other.buffer_)) {}

bool RawClient::sendRaw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool RawClient::send(std::string_view text) {
  if (ssl_ == nullptr) return sendRaw(text);
  std::size_t sent = 0;
  const bool done = text.empty() || SSL_write_ex(ssl_, text.data(), text.size(), &sent) == 1;
  ERR_clear_error();
  return done;
}

bool RawClient::fill() {
  char chunk[16384];
  std::size_t got = 0;
  if (ssl_ != nullptr) {
    const bool more = SSL_read_ex(ssl_, chunk, sizeof chunk, &got) == 1;
    ERR_clear_error();
    if (!more) return false;
  } else {
    const ssize_t count = ::recv(descriptor_, chunk, sizeof chunk, 0);
    if (count <= 0) return false;
    got = static_cast<std::size_t>(count);
  }
  buffer_.append(chunk, got);
  return true;
}

std::optional<RawAnswer> RawClient::read(bool withBody) {
  while (true) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return std::nullopt;
    }
    RawAnswer answer;
    answer.head = buffer_.substr(0, end + 2);
    if (answer.head.substr(0, 9) != "HTTP/1.1 ") return std::nullopt;
    answer.status = std::atoi(answer.head.c_str() + 9);
    buffer_.erase(0, end + 4);
    if (answer.status == 100) {
      ++continues_;
      continue;
    }
    const auto length = static_cast<std::size_t>(
        std::strtoul(answer.header("Content-Length").c_str(), nullptr, 10));
    if (withBody) {
      while (buffer_.size() < length) {
        if (!fill()) return std::nullopt;
      }
      answer.body = buffer_.substr(0, length);
      buffer_.erase(0, length);
    }
    return answer;
  }
}

bool RawClient::endsQuietly() {
  const auto begin = std::chrono::steady_clock::now();
  while (buffer_.empty() && fill()) {
  }
  return buffer_.empty() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(9);
}

bool RawClient::saidGoodbye() const {
  return ssl_ != nullptr && (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool RawClient::hears(std::chrono::milliseconds time) {
  if (!buffer_.empty()) return true;
  pollfd one{descriptor_, POLLIN, 0};
  return ::poll(&one, 1, static_cast<int>(time.count())) > 0;
}

void RawClient::finishSending() { ::shutdown(descriptor_, SHUT_WR); }

void RawClient::reset() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(descriptor_, -1));
}

std::uint16_t RawClient::localPort() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor_, asSocketAddress(address), &size);
  return ntohs(address.sin_port);
}

}  // namespace stoklab::emulator
