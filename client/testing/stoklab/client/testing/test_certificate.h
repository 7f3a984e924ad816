// Keys and certificates for tests, made when the test runs: none lies in the tree.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace stoklab::client::testing {

struct CertificateOptions {
  std::string commonName = "TPRI-DEVICE";
  // Subject alternative names in OpenSSL's notation, "DNS:camera.test,IP:127.0.0.1"; empty: none.
  std::string alternativeNames = {};
};

// An RSA key and a certificate for it that it has signed itself. A new one each time, except that
// all share one key, since making one takes long.
class TestCertificate {
 public:
  explicit TestCertificate(const CertificateOptions& options = {});

  std::string sha256() const;  // of the DER form, lower-case hex
  std::string pem() const;     // of the certificate, without the key

  X509* certificate() const { return certificate_.get(); }
  EVP_PKEY* key() const;

 private:
  std::shared_ptr<X509> certificate_;
};

}  // namespace stoklab::client::testing
