#include "channel.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "pem.h"

namespace stoklab::emulator {
namespace {

// SSL_get_error() looks at the thread's error queue, where an endpoint may have left something.
void forgetOldErrors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool wouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Channel::Channel(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
  if (context == nullptr) return;
  ssl_.reset(SSL_new(context));
  broken_ = !ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1;
  if (!broken_) SSL_set_accept_state(ssl_.get());
}

Io Channel::outcome(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Io::wantRead;
    case SSL_ERROR_WANT_WRITE:
      return Io::wantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Io::ended;
    default:
      metGarbage_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_WRONG_VERSION_NUMBER;
      ERR_clear_error();
      broken_ = true;
      return Io::broken;
  }
}

Io Channel::handshake() {
  if (broken_) return Io::broken;
  if (!ssl_) return Io::done;
  forgetOldErrors();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Io::done : outcome(result);
}

Io Channel::read(char* into, std::size_t size, std::size_t& got) {
  if (broken_) return Io::broken;
  if (ssl_) {
    forgetOldErrors();
    const int result = SSL_read_ex(ssl_.get(), into, size, &got);
    return result == 1 ? Io::done : outcome(result);
  }
  const ssize_t count = ::recv(descriptor_, into, size, 0);
  if (count > 0) {
    got = static_cast<std::size_t>(count);
    return Io::done;
  }
  if (count == 0) return Io::ended;
  if (wouldBlock()) return Io::wantRead;
  broken_ = true;
  return Io::broken;
}

Io Channel::write(std::string_view text, std::size_t& taken) {
  if (broken_) return Io::broken;
  if (ssl_) {
    forgetOldErrors();
    const int result = SSL_write_ex(ssl_.get(), text.data(), text.size(), &taken);
    return result == 1 ? Io::done : outcome(result);
  }
  const ssize_t count = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
  if (count >= 0) {
    taken = static_cast<std::size_t>(count);
    return Io::done;
  }
  if (wouldBlock()) return Io::wantWrite;
  broken_ = true;
  return Io::broken;
}

Io Channel::discard(char* scratch, std::size_t size) {
  const ssize_t count = ::recv(descriptor_, scratch, size, 0);
  if (count > 0) return Io::done;
  if (count == 0) return Io::ended;
  return wouldBlock() ? Io::wantRead : Io::broken;
}

void Channel::finishSending(bool halfClose) {
  if (descriptor_ < 0) return;
  if (ssl_ && !broken_ && SSL_is_init_finished(ssl_.get()) != 0) {
    forgetOldErrors();
    if (SSL_shutdown(ssl_.get()) < 0) ERR_clear_error();
  }
  if (halfClose) ::shutdown(descriptor_, SHUT_WR);
}

void Channel::show(const Identity& identity) {
  if (!ssl_) return;
  const auto read = parsed(identity);
  if (!read) return;
  forgetOldErrors();
  SSL_use_certificate(ssl_.get(), (*read)->certificates.front().get());
  SSL_use_PrivateKey(ssl_.get(), (*read)->key.get());
  SSL_clear_chain_certs(ssl_.get());
  // A session of the usual certificate belongs elsewhere, and so do those that begin here.
  constexpr std::string_view kContext = "another";
  SSL_set_session_id_context(ssl_.get(), reinterpret_cast<const unsigned char*>(kContext.data()),
                             static_cast<unsigned>(kContext.size()));
  ERR_clear_error();
}

void Channel::sendPlain(std::string_view bytes) {
  if (descriptor_ >= 0) ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Channel::endTcp() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

void Channel::resetOnClose() {
  const linger abort{.l_onoff = 1, .l_linger = 0};
  if (descriptor_ >= 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
}

void Channel::close() {
  ssl_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  broken_ = true;
}

}  // namespace stoklab::emulator
