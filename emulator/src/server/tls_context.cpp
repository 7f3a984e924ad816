#include "tls_context.h"

#include <array>
#include <string>
#include <string_view>

#include "pem.h"

namespace stoklab::emulator {
namespace {

using protocol::malformed;
using protocol::Result;

// Bounds the memory of clients that never come back: about 1 KB a session. Those that offer
// tickets take no room at all.
constexpr long kCachedSessions = 4096;

struct Version {
  std::string_view name;
  int number;
};
// No camera is known to offer the outdated ones; a planted defect does.
constexpr auto kVersions = std::to_array<Version>({{"TLSv1.0", TLS1_VERSION},
                                                   {"TLSv1.1", TLS1_1_VERSION},
                                                   {"TLSv1.2", TLS1_2_VERSION},
                                                   {"TLSv1.3", TLS1_3_VERSION}});

Result<int> versionNumber(const std::string& name) {
  for (const Version& version : kVersions) {
    if (version.name == name) return version.number;
  }
  return malformed("\"" + name + "\" is no TLS version this server knows: use TLSv1.2 or TLSv1.3");
}

Result<void> setVersions(SSL_CTX* context, const TlsOptions& options) {
  const auto lowest = versionNumber(options.minVersion);
  if (!lowest) return lowest.error();
  const auto highest = versionNumber(options.maxVersion);
  if (!highest) return highest.error();
  if (*lowest > *highest) {
    return malformed("no TLS version is left between " + options.minVersion + " and " +
                     options.maxVersion);
  }
  if (SSL_CTX_set_min_proto_version(context, *lowest) != 1 ||
      SSL_CTX_set_max_proto_version(context, *highest) != 1) {
    return malformed("OpenSSL refuses the TLS versions (" + takeOpenSslReason() + ")");
  }
  return {};
}

Result<void> setCiphers(SSL_CTX* context, const TlsOptions& options) {
  if (SSL_CTX_set_cipher_list(context, options.cipherList.c_str()) != 1) {
    return malformed("the cipher list \"" + options.cipherList + "\" names no known cipher (" +
                     takeOpenSslReason() + ")");
  }
  if (!options.cipherSuites.empty() &&
      SSL_CTX_set_ciphersuites(context, options.cipherSuites.c_str()) != 1) {
    return malformed("the TLS 1.3 cipher suites \"" + options.cipherSuites +
                     "\" name an unknown one (" + takeOpenSslReason() + ")");
  }
  return {};
}

Result<void> setIdentity(SSL_CTX* context, const Identity& identity) {
  const auto read = parsed(identity);
  if (!read) return read.error();
  const auto& [certificates, key] = **read;
  if (SSL_CTX_use_certificate(context, certificates.front().get()) != 1) {
    return malformed("OpenSSL refuses the certificate (" + takeOpenSslReason() + ")");
  }
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, certificates[i].get()) != 1) {
      return malformed("OpenSSL refuses a certificate of the chain (" + takeOpenSslReason() + ")");
    }
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return malformed("OpenSSL refuses the private key (" + takeOpenSslReason() + ")");
  }
  return {};
}

}  // namespace

Result<TlsContextPtr> makeTlsContext(const TlsOptions& options) {
  TlsContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return malformed("TLS cannot be set up (" + takeOpenSslReason() + ")");
  SSL_CTX* const ssl = context.get();
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(ssl, kCachedSessions);
  constexpr std::string_view kContext = "stoklab";
  SSL_CTX_set_session_id_context(ssl, reinterpret_cast<const unsigned char*>(kContext.data()),
                                 static_cast<unsigned>(kContext.size()));
  SSL_CTX_set_dh_auto(ssl, 1);
  SSL_CTX_set_security_level(ssl, 0);
  // A client that closes TCP without TLS's own goodbye has closed; it is no attack worth an alert.
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  // One read() takes header and content of a record together.
  SSL_CTX_set_read_ahead(ssl, 1);
  if (auto set = setVersions(ssl, options); !set) return set.error();
  if (auto set = setCiphers(ssl, options); !set) return set.error();
  if (auto set = setIdentity(ssl, options.identity); !set) return set.error();
  return context;
}

}  // namespace stoklab::emulator
