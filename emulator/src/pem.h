// Certificates and keys between OpenSSL and PEM text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

template <auto Free>
struct OpenSslDeleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;

// The certificates in `pem`, at least one; the first is the server's own, others its chain.
// Fails with ErrorKind::malformed.
protocol::Result<std::vector<CertificatePtr>> parseCertificates(std::string_view pem);

// An unencrypted private key; never asks for a passphrase. Fails with ErrorKind::malformed.
protocol::Result<KeyPtr> parsePrivateKey(std::string_view pem);

struct ParsedIdentity {
  std::vector<CertificatePtr> certificates;  // at least one, the server's own first
  KeyPtr key;                                // belongs to it
};

// What `identity` holds, read if it has not been. Fails with ErrorKind::malformed if that is no
// certificate and key, or they do not belong together.
protocol::Result<std::shared_ptr<const ParsedIdentity>> parsed(const Identity& identity);

std::string toPem(X509& certificate);
std::string toPem(EVP_PKEY& key);  // PKCS #8, unencrypted

// What OpenSSL last complained about, or "unknown reason"; empties its queue.
std::string takeOpenSslReason();

}  // namespace stoklab::emulator
