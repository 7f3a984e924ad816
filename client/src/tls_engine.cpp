#include "tls_engine.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <array>
#include <new>

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;

namespace {

Error failure(std::string detail) {
  return {.kind = ErrorKind::transport, .detail = std::move(detail)};
}

}  // namespace

TlsEngine::TlsEngine(TlsContext& context, const std::string& host)
    : ssl_(context.newConnection(host)),
      input_(BIO_new(BIO_s_mem())),
      output_(BIO_new(BIO_s_mem())) {
  if (!ssl_ || input_ == nullptr || output_ == nullptr) throw std::bad_alloc();
  SSL_set_bio(ssl_.get(), input_, output_);
}

TlsEngine::~TlsEngine() {
  // Else OpenSSL takes the session of a connection that the device just dropped for a bad one and
  // does not resume it.
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Result<bool> TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return false;
  std::string reason = takeOpenSslReason();
  if (reason.find("wrong version number") != std::string::npos)
    reason += "; what answers there speaks no TLS, but perhaps plain HTTP (http://...)";
  return failure("the TLS handshake failed: " + reason);
}

Result<void> TlsEngine::encrypt(std::string_view text) {
  ERR_clear_error();
  std::size_t written = 0;
  // The output grows in memory, so it takes everything at once or nothing at all.
  if (SSL_write_ex(ssl_.get(), text.data(), text.size(), &written) == 1) return {};
  return failure("the request could not be encrypted: " + takeOpenSslReason());
}

Result<bool> TlsEngine::decrypt(std::string& into) {
  ERR_clear_error();
  std::array<char, 16 * 1024> buffer;
  while (true) {
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    if (result == 1) {
      into.append(buffer.data(), count);
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return true;
      case SSL_ERROR_ZERO_RETURN:
        return false;
      default:
        return failure("the TLS connection broke: " + takeOpenSslReason());
    }
  }
}

void TlsEngine::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsEngine::putInput(std::string_view bytes) {
  BIO_write(input_, bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsEngine::takeOutput() {
  char* bytes = nullptr;
  const auto length = BIO_get_mem_data(output_, &bytes);
  std::string output(bytes, static_cast<std::size_t>(length > 0 ? length : 0));
  BIO_reset(output_);
  return output;
}

}  // namespace stoklab::client
