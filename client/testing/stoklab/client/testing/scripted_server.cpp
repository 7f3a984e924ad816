#include "stoklab/client/testing/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace stoklab::client::testing {

namespace {

// A broken test setup is no test result.
void require(bool condition) {
  if (!condition) std::abort();
}

// OpenSSL writes with write(2), which kills the process when the client is gone.
void blockSigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

std::size_t announcedLength(const std::string& head) {
  const auto field = head.find("Content-Length: ");
  if (field == std::string::npos) return 0;
  return static_cast<std::size_t>(
      std::atol(head.c_str() + field + std::strlen("Content-Length: ")));
}

int listenOn(const std::string& address, std::uint16_t& port) {
  sockaddr_storage storage{};
  auto* generic = reinterpret_cast<sockaddr*>(&storage);
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  const bool isV6 = address.find(':') != std::string::npos;
  socklen_t length = isV6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  generic->sa_family = isV6 ? AF_INET6 : AF_INET;
  void* target = isV6 ? static_cast<void*>(&v6->sin6_addr) : static_cast<void*>(&v4->sin_addr);
  require(inet_pton(generic->sa_family, address.c_str(), target) == 1);
  const int listener = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(listener >= 0 && ::bind(listener, generic, length) == 0);
  require(::listen(listener, 64) == 0 && ::getsockname(listener, generic, &length) == 0);
  port = ntohs(isV6 ? v6->sin6_port : v4->sin_port);
  return listener;
}

}  // namespace

Peer::Peer(ScriptedServer& server, int descriptor, int number)
    : server_(server), descriptor_(descriptor), number_(number) {}

bool Peer::shakeHands() {
  ssl_.reset(SSL_new(server_.context_.get()));
  SSL_set_fd(ssl_.get(), descriptor_);
  if (SSL_accept(ssl_.get()) != 1) return false;
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  const std::lock_guard lock(server_.mutex_);
  server_.resumed_ += SSL_session_reused(ssl_.get());
  server_.serverName_ = name == nullptr ? std::nullopt : std::optional<std::string>(name);
  return true;
}

std::string Peer::read() {
  std::array<char, 16 * 1024> buffer{};
  const auto length = static_cast<int>(buffer.size());
  const auto count = ssl_ ? SSL_read(ssl_.get(), buffer.data(), length)
                          : static_cast<int>(::recv(descriptor_, buffer.data(), buffer.size(), 0));
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

bool Peer::readRequest() {
  auto headEnd = pending_.find("\r\n\r\n");
  while (headEnd == std::string::npos) {
    const auto bytes = read();
    if (bytes.empty()) return false;
    pending_ += bytes;
    headEnd = pending_.find("\r\n\r\n");
  }
  ReceivedRequest request{.head = pending_.substr(0, headEnd + 4), .connection = number_};
  const auto end = request.head.size() + announcedLength(request.head);
  while (pending_.size() < end) {
    const auto bytes = read();
    if (bytes.empty()) return false;
    pending_ += bytes;
  }
  request.body = pending_.substr(request.head.size(), end - request.head.size());
  pending_.erase(0, end);
  const std::lock_guard lock(server_.mutex_);
  server_.requests_.push_back(std::move(request));
  server_.changed_.notify_all();
  return true;
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count =
        ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
             : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Peer::goneWithin(std::chrono::milliseconds time) {
  std::array<pollfd, 2> entries = {pollfd{.fd = descriptor_, .events = POLLRDHUP, .revents = 0},
                                   pollfd{.fd = server_.stop_[0], .events = POLLIN, .revents = 0}};
  return ::poll(entries.data(), entries.size(), static_cast<int>(time.count())) > 0;
}

void Peer::drip(std::string_view bytes, std::chrono::milliseconds pause) {
  for (const char c : bytes) {
    if (!write(std::string_view(&c, 1)) || goneWithin(pause)) return;
  }
}

void Peer::hold() { goneWithin(std::chrono::milliseconds(-1)); }

void Peer::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  // Without a word of TLS, too.
  if (ssl_) SSL_set_quiet_shutdown(ssl_.get(), 1);
}

ScriptedServer::ScriptedServer(Script script, const ServerOptions& options)
    : script_(std::move(script)),
      options_(options),
      certificate_(options.certificate),
      context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_max_proto_version(context, options_.maxTlsVersion);
  require(SSL_CTX_set_cipher_list(context, options_.cipherList.c_str()) == 1);
  require(SSL_CTX_use_certificate(context, certificate_.certificate()) == 1);
  require(SSL_CTX_use_PrivateKey(context, certificate_.key()) == 1);
  static constexpr std::string_view kSessionContext = "test";
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned int>(kSessionContext.size()));
  listener_ = listenOn(options_.listenOn, port_);
  require(::pipe(stop_) == 0);
  acceptor_ = std::thread([this] { accept(); });
}

ScriptedServer::~ScriptedServer() {
  require(::write(stop_[1], "x", 1) == 1);
  acceptor_.join();
  for (auto& connection : connections_) connection.join();
  for (const int descriptor : {listener_, stop_[0], stop_[1]}) ::close(descriptor);
}

void ScriptedServer::accept() {
  for (int number = 1;; ++number) {
    std::array<pollfd, 2> entries = {pollfd{.fd = listener_, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = stop_[0], .events = POLLIN, .revents = 0}};
    while (::poll(entries.data(), entries.size(), -1) < 0) {
    }
    if (entries[1].revents != 0) return;
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    require(descriptor >= 0);
    connections_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void ScriptedServer::serve(int descriptor, int number) {
  blockSigpipe();
  {
    Peer peer(*this, descriptor, number);
    if (options_.handshake == Handshake::never) peer.hold();
    const bool ready = options_.handshake == Handshake::plain ||
                       (options_.handshake == Handshake::tls && peer.shakeHands());
    if (ready) script_(peer);
    if (ready && peer.ssl_) SSL_shutdown(peer.ssl_.get());
    ::close(descriptor);
  }
  const std::lock_guard lock(mutex_);
  ++closed_;
  changed_.notify_all();
}

std::vector<ReceivedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int ScriptedServer::resumedHandshakes() const {
  const std::lock_guard lock(mutex_);
  return resumed_;
}

std::optional<std::string> ScriptedServer::serverName() const {
  const std::lock_guard lock(mutex_);
  return serverName_;
}

void ScriptedServer::waitForClosed(int count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ >= count; });
}

std::string jsonAnswer(std::string_view body, int status) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " Some Reason\r\n";
  answer += "Content-Type: application/json\r\n";
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  answer += body;
  return answer;
}

Script answerInTurn(std::vector<std::string> answers) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return [answers = std::move(answers), next](Peer& peer) {
    while (peer.readRequest()) {
      peer.write(answers[std::min((*next)++, answers.size() - 1)]);
    }
  };
}

}  // namespace stoklab::client::testing
