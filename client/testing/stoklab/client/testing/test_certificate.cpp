#include "stoklab/client/testing/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <iomanip>
#include <sstream>
#include <utility>

namespace stoklab::client::testing {

namespace {

constexpr std::array kSubject = {std::pair{"C", "US"}, std::pair{"O", "TPRI"}};
constexpr long kValidSeconds = 24L * 60 * 60;

// Short, because it must be made quickly; some cameras have no longer one (facts.md T7).
EVP_PKEY* sharedKey() {
  static const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_RSA_gen(1024), EVP_PKEY_free);
  return key.get();
}

void addName(X509_NAME* name, const char* field, const std::string& value) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0);
}

}  // namespace

TestCertificate::TestCertificate(const CertificateOptions& options)
    : certificate_(X509_new(), X509_free) {
  X509* x509 = certificate_.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), kValidSeconds);
  X509_set_pubkey(x509, sharedKey());
  X509_NAME* name = X509_get_subject_name(x509);
  for (const auto& [field, value] : kSubject) addName(name, field, value);
  addName(name, "CN", options.commonName);
  X509_set_issuer_name(x509, name);
  if (!options.alternativeNames.empty()) {
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                            options.alternativeNames.c_str()),
        X509_EXTENSION_free);
    X509_add_ext(x509, extension.get(), -1);
  }
  if (X509_sign(x509, sharedKey(), EVP_sha256()) == 0) std::abort();
}

EVP_PKEY* TestCertificate::key() const { return sharedKey(); }

std::string TestCertificate::sha256() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  X509_digest(certificate_.get(), EVP_sha256(), digest.data(), &length);
  std::ostringstream text;
  text << std::hex << std::setfill('0');
  for (unsigned int i = 0; i < length; ++i) text << std::setw(2) << unsigned{digest.at(i)};
  return text.str();
}

std::string TestCertificate::pem() const {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), certificate_.get());
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace stoklab::client::testing
