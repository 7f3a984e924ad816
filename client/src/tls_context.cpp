#include "tls_context.h"

#include <Poco/Net/IPAddress.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <mutex>
#include <utility>

#include "stoklab/protocol/crypto.h"

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::malformed;

namespace {

using CertificatePointer = std::unique_ptr<X509, OpenSslFree<X509, X509_free>>;
using BioPointer = std::unique_ptr<BIO, OpenSslFree<BIO, BIO_free_all>>;

Error untrusted(std::string detail) {
  return {.kind = ErrorKind::transport, .detail = std::move(detail)};
}

// 64 lower-case hex digits; empty if `pin` is no SHA-256.
std::string normalisedPin(std::string_view pin) {
  std::string digits;
  for (const char c : pin) {
    if (c == ':') continue;
    const bool isUpper = c >= 'A' && c <= 'F';
    if (!isUpper && !(c >= 'a' && c <= 'f') && !(c >= '0' && c <= '9')) return {};
    digits += isUpper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return digits.size() == 64 ? digits : std::string();
}

std::string certificateSha256(X509& certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(&certificate, &der);
  if (length < 0) return {};
  const std::string bytes(der, der + length);
  OPENSSL_free(der);
  return protocol::sha256Hex(bytes);
}

std::string oneLine(const X509_NAME& name) {
  const BioPointer out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), &name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

// "2001-01-01T00:00:00Z"
std::string isoTime(const ASN1_TIME& time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(&time, &parts) != 1) return "not a time";
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

bool namesHost(X509& certificate, const std::string& host) {
  if (isAddressLiteral(host)) return X509_check_ip_asc(&certificate, host.c_str(), 0) == 1;
  return X509_check_host(&certificate, host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace

std::string takeOpenSslReason() {
  // The last entry is the one nearest to us; the earlier ones are its causes.
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

bool isAddressLiteral(const std::string& host) {
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(host, address);
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(const TlsOptions& options) {
  TlsOptions checked = options;
  if (options.trust == TlsTrust::pin) {
    checked.pin = normalisedPin(options.pin);
    if (checked.pin.empty()) {
      return malformed("the certificate pin must be a SHA-256: 64 hex digits");
    }
  }
  auto context = contextFor(options);
  if (!context) return std::move(context).error();
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(checked), *std::move(context)));
}

// To make one takes as long as a quarter of a login, and most clients of a program want the same:
// the last one is kept for the next of the same ciphers. Not with an authority file, which may have
// changed since.
Result<TlsContext::ContextPointer> TlsContext::contextFor(const TlsOptions& options) {
  if (options.trust == TlsTrust::authorityFile) return newContext(options);
  static const int kOpenSsl = OPENSSL_init_ssl(0, nullptr);  // first, so that it ends last
  static std::mutex mutex;
  static std::pair<std::string, ContextPointer> last;
  if (kOpenSsl != 1) return malformed("TLS is not available: " + takeOpenSslReason());
  const std::lock_guard lock(mutex);
  if (last.second && last.first == options.cipherList) return last.second;
  auto context = newContext(options);
  if (context) last = {options.cipherList, *context};
  return context;
}

Result<TlsContext::ContextPointer> TlsContext::newContext(const TlsOptions& options) {
  ERR_clear_error();
  ContextPointer context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return malformed("TLS is not available: " + takeOpenSslReason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Devices with old TLS libraries do not know the secure renegotiation extension (RFC 5746);
  // this end never renegotiates, so nothing is lost by talking to them.
  SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION);
  if (SSL_CTX_set_cipher_list(context.get(), options.cipherList.c_str()) != 1) {
    return malformed("OpenSSL does not take the cipher list \"" + options.cipherList +
                     "\": " + takeOpenSslReason());
  }
  if (options.trust == TlsTrust::authorityFile &&
      SSL_CTX_load_verify_file(context.get(), options.authorityFile.c_str()) != 1) {
    return malformed("no certificate could be read from the authority file \"" +
                     options.authorityFile + "\": " + takeOpenSslReason());
  }
  // The chain is verified during the handshake all the same; checkPeer() looks at the result.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), &TlsContext::rememberSession);
  return context;
}

TlsContext::TlsContext(TlsOptions options, ContextPointer context)
    : options_(std::move(options)), context_(std::move(context)) {}

int TlsContext::rememberSession(SSL* connection, SSL_SESSION* session) {
  static_cast<TlsContext*>(SSL_get_ex_data(connection, 0))->session_.reset(session);
  return 1;  // the reference is ours now
}

TlsContext::SslPointer TlsContext::newConnection(const std::string& host) {
  SslPointer connection(SSL_new(context_.get()));
  if (!connection) return connection;
  SSL_set_ex_data(connection.get(), 0, this);
  SSL_set_connect_state(connection.get());
  if (!isAddressLiteral(host)) {
    std::string name = host;  // SSL_set_tlsext_host_name() without its C cast
    SSL_ctrl(connection.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             name.data());
  }
  if (session_) SSL_set_session(connection.get(), session_.get());
  return connection;
}

Result<TlsFacts> TlsContext::checkPeer(SSL& connection, const std::string& host) {
  const CertificatePointer certificate(SSL_get1_peer_certificate(&connection));
  if (!certificate) {
    forgetSession();
    return untrusted("the device showed no certificate");
  }
  TlsFacts facts{
      .version = SSL_get_version(&connection),
      .cipher = SSL_get_cipher_name(&connection),
      .certificateSha256 = certificateSha256(*certificate),
      .subject = oneLine(*X509_get_subject_name(certificate.get())),
      .issuer = oneLine(*X509_get_issuer_name(certificate.get())),
      .notBefore = isoTime(*X509_get0_notBefore(certificate.get())),
      .notAfter = isoTime(*X509_get0_notAfter(certificate.get())),
  };
  if (auto trusted = checkTrust(connection, facts.certificateSha256); !trusted) {
    forgetSession();
    return trusted.error();
  }
  if (options_.hostnameCheck == HostnameCheck::on && !namesHost(*certificate, host)) {
    forgetSession();
    return untrusted("the certificate is not for this host; it is for " + facts.subject);
  }
  return facts;
}

Result<void> TlsContext::checkTrust(SSL& connection, const std::string& sha256) const {
  switch (options_.trust) {
    case TlsTrust::acceptAny:
      return {};
    case TlsTrust::pin:
      if (sha256 == options_.pin) return {};
      return untrusted(
          "the device shows another certificate than the pinned one: expected SHA-256 " +
          options_.pin + ", got " + sha256);
    case TlsTrust::authorityFile:
      break;
  }
  const auto result = SSL_get_verify_result(&connection);
  if (result == X509_V_OK) return {};
  return untrusted("the certificate (SHA-256 " + sha256 + ") does not lead to an authority of \"" +
                   options_.authorityFile + "\": " + X509_verify_cert_error_string(result));
}

}  // namespace stoklab::client
