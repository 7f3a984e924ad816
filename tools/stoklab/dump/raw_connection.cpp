#include "dump/raw_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

namespace stoklab::cli::dump {

using protocol::Error;
using protocol::ErrorKind;

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} * 1024;
constexpr const char* kEveryCipher = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using ContextPointer = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, Release<SSL_free>>;
using X509Pointer = std::unique_ptr<X509, Release<X509_free>>;
using AddressPointer = std::unique_ptr<addrinfo, Release<freeaddrinfo>>;

struct Version {
  const char* name;
  int number;
};
constexpr auto kVersions = std::to_array<Version>({{"TLSv1.0", TLS1_VERSION},
                                                   {"TLSv1.1", TLS1_1_VERSION},
                                                   {"TLSv1.2", TLS1_2_VERSION},
                                                   {"TLSv1.3", TLS1_3_VERSION}});

Error unreachable(std::string detail) {
  return {.kind = ErrorKind::transport, .detail = std::move(detail)};
}

// Owns a descriptor.
class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

void setSilence(const Socket& socket, std::chrono::milliseconds silence) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence);
  const std::chrono::microseconds rest = silence - seconds;
  timeval time{};
  time.tv_sec = seconds.count();
  time.tv_usec = static_cast<suseconds_t>(std::max<std::int64_t>(rest.count(), 1));
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(socket.get(), SOL_SOCKET, option, &time, sizeof time);
}

std::string finishConnecting(const Socket& socket, std::chrono::milliseconds timeout) {
  pollfd wait{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&wait, 1, static_cast<int>(timeout.count())) <= 0) return "no answer in time";
  int problem = 0;
  socklen_t size = sizeof problem;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  return problem == 0 ? std::string() : std::strerror(problem);
}

Result<Socket> connectTo(const Device& device) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(device.port);
  if (const int code = ::getaddrinfo(device.host.c_str(), port.c_str(), &hints, &found); code != 0)
    return unreachable(std::string("cannot find the device: ") + ::gai_strerror(code));
  const AddressPointer addresses(found);
  std::string reason = "no address";
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Socket socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) continue;
    if (::connect(socket.get(), each->ai_addr, each->ai_addrlen) != 0 && errno != EINPROGRESS) {
      reason = std::strerror(errno);
      continue;
    }
    reason = finishConnecting(socket, device.timeout);
    if (!reason.empty()) continue;
    ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setSilence(socket, device.timeout);
    return socket;
  }
  return unreachable("cannot connect to the device: " + reason);
}

Result<ContextPointer> contextFor(const TlsOffer& offer) {
  ContextPointer context(SSL_CTX_new(TLS_client_method()));
  if (!context) return protocol::malformed("OpenSSL cannot begin");
  SSL_CTX* const ssl = context.get();
  SSL_CTX_set_security_level(ssl, 0);
  SSL_CTX_set_options(
      ssl, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_min_proto_version(ssl, TLS1_VERSION);
  for (const Version& version : kVersions) {
    if (offer.version != version.name) continue;
    SSL_CTX_set_min_proto_version(ssl, version.number);
    SSL_CTX_set_max_proto_version(ssl, version.number);
  }
  std::string list;
  for (const std::string& each : offer.ciphers) list += each + ":";
  list = list.empty() ? kEveryCipher : list + "@SECLEVEL=0";
  if (SSL_CTX_set_cipher_list(ssl, list.c_str()) != 1) {
    ERR_clear_error();
    return protocol::malformed("OpenSSL takes none of the ciphers that were to be offered");
  }
  return context;
}

// The first of its kind in a name.
std::string entry(const X509_NAME* name, int kind) {
  const int at = X509_NAME_get_index_by_NID(name, kind, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string out(text, text + size);
  OPENSSL_free(text);
  return out;
}

std::string dateOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  std::array<char, 24> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d%H%M%SZ", &parts);
  return text.data();
}

}  // namespace

struct RawConnection::State {
  Socket socket;
  ContextPointer context;
  SslPointer ssl;
};

const std::vector<std::string>& tlsVersions() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Version& version : kVersions) names.emplace_back(version.name);
    return names;
  }();
  return kNames;
}

std::vector<std::string> allCiphers() {
  std::vector<std::string> names;
  const auto context = contextFor({});
  if (!context) return names;
  const STACK_OF(SSL_CIPHER)* const list = SSL_CTX_get_ciphers(context->get());
  for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
    const std::string name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i));
    if (!name.starts_with("TLS_")) names.push_back(name);
  }
  return names;
}

RawConnection::RawConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
RawConnection::RawConnection(RawConnection&&) noexcept = default;
RawConnection::~RawConnection() = default;

Result<RawConnection> RawConnection::open(const Device& device, const TlsOffer& offer) {
  // A device that hangs up while something is written must not end the program.
  ::signal(SIGPIPE, SIG_IGN);
  auto state = std::make_unique<State>();
  auto socket = connectTo(device);
  if (!socket) return socket.error();
  state->socket = *std::move(socket);
  if (!device.tls) return RawConnection(std::move(state));
  auto context = contextFor(offer);
  if (!context) return context.error();
  state->context = *std::move(context);
  state->ssl.reset(SSL_new(state->context.get()));
  SSL_set_fd(state->ssl.get(), state->socket.get());
  ERR_clear_error();
  if (SSL_connect(state->ssl.get()) != 1) {
    ERR_clear_error();
    return Error{.kind = ErrorKind::refused, .detail = "the device does not take the TLS offer"};
  }
  return RawConnection(std::move(state));
}

std::string RawConnection::cipher() const {
  return state_->ssl ? SSL_get_cipher_name(state_->ssl.get()) : std::string();
}

std::optional<CertificateFacts> RawConnection::certificate() const {
  if (!state_->ssl) return std::nullopt;
  const X509Pointer certificate(SSL_get1_peer_certificate(state_->ssl.get()));
  if (!certificate) return std::nullopt;
  const X509_NAME* const name = X509_get_subject_name(certificate.get());
  const EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  return CertificateFacts{
      .commonName = entry(name, NID_commonName),
      .organization = entry(name, NID_organizationName),
      .country = entry(name, NID_countryName),
      .keyBits = key == nullptr ? 0 : static_cast<std::size_t>(EVP_PKEY_get_bits(key)),
      .notBefore = dateOf(X509_get0_notBefore(certificate.get())),
      .notAfter = dateOf(X509_get0_notAfter(certificate.get())),
      .hasKeyUsage = X509_get_ext_by_NID(certificate.get(), NID_key_usage, -1) >= 0};
}

Result<std::string> RawConnection::say(std::string_view text, std::chrono::milliseconds silence) {
  setSilence(state_->socket, silence);
  const auto write = [&](const char* data, std::size_t size) -> ssize_t {
    if (!state_->ssl) return ::send(state_->socket.get(), data, size, MSG_NOSIGNAL);
    return SSL_write(state_->ssl.get(), data, static_cast<int>(size));
  };
  const auto read = [&](char* data, std::size_t size) -> ssize_t {
    if (!state_->ssl) return ::recv(state_->socket.get(), data, size, 0);
    return SSL_read(state_->ssl.get(), data, static_cast<int>(size));
  };
  while (!text.empty()) {
    const ssize_t sent = write(text.data(), text.size());
    if (sent <= 0) return unreachable("the device hung up");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string answer;
  std::array<char, 4096> chunk{};
  while (answer.size() < kMostBytes) {
    const ssize_t got = read(chunk.data(), chunk.size());
    if (got <= 0) break;
    answer.append(chunk.data(), static_cast<std::size_t>(got));
  }
  ERR_clear_error();
  return answer;
}

}  // namespace stoklab::cli::dump
