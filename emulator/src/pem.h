// Certificates and keys between OpenSSL and PEM text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

std::string toPem(X509& certificate);
std::string toPem(EVP_PKEY& key);  // PKCS #8, unencrypted

// What OpenSSL last complained about, or "unknown reason"; empties its queue.
std::string takeOpenSslReason();

}  // namespace stoklab::emulator
