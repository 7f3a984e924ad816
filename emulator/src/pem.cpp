#include "pem.h"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace stoklab::emulator {
namespace {

using DecoderPtr = std::unique_ptr<OSSL_DECODER_CTX, OpenSslDeleter<OSSL_DECODER_CTX_free>>;

// OpenSSL asks on the terminal by itself unless it is given somebody to ask.
int refusePassphrase(char*, int, int, void*) { return -1; }

BioPtr reading(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// nullptr as the type: any.
KeyPtr decodeKey(std::string_view pem, const char* type) {
  ERR_clear_error();
  EVP_PKEY* key = nullptr;
  const DecoderPtr decoder(OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, type,
                                                         EVP_PKEY_KEYPAIR, nullptr, nullptr));
  if (!decoder) return nullptr;
  OSSL_DECODER_CTX_set_pem_password_cb(decoder.get(), refusePassphrase, nullptr);
  const auto* at = static_cast<const unsigned char*>(static_cast<const void*>(pem.data()));
  std::size_t left = pem.size();
  OSSL_DECODER_from_data(decoder.get(), &at, &left);
  return KeyPtr(key);
}

std::string contentOf(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

std::string takeOpenSslReason() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown reason";
}

protocol::Result<std::vector<CertificatePtr>> parseCertificates(std::string_view pem) {
  ERR_clear_error();
  const BioPtr bio = reading(pem);
  std::vector<CertificatePtr> certificates;
  while (bio != nullptr) {
    CertificatePtr next(PEM_read_bio_X509(bio.get(), nullptr, refusePassphrase, nullptr));
    if (!next) break;
    certificates.push_back(std::move(next));
  }
  const bool atEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = takeOpenSslReason();
  if (certificates.empty() || !atEnd) {
    return protocol::malformed(
        "the certificate is no PEM text that begins with \"-----BEGIN "
        "CERTIFICATE-----\" (" +
        reason + ")");
  }
  return certificates;
}

protocol::Result<KeyPtr> parsePrivateKey(std::string_view pem) {
  // Most are RSA keys, and told so, OpenSSL finds them in a third of the time.
  KeyPtr key = decodeKey(pem, "RSA");
  if (!key) key = decodeKey(pem, nullptr);
  if (!key) {
    return protocol::malformed("the private key is no unencrypted private key in PEM (" +
                               takeOpenSslReason() + ")");
  }
  ERR_clear_error();
  return key;
}

protocol::Result<std::shared_ptr<const ParsedIdentity>> parsed(const Identity& identity) {
  if (identity.parsed) return identity.parsed;
  auto certificates = parseCertificates(identity.certificatePem);
  if (!certificates) return std::move(certificates).error();
  auto key = parsePrivateKey(identity.privateKeyPem);
  if (!key) return std::move(key).error();
  if (X509_check_private_key(certificates->front().get(), key->get()) != 1) {
    return protocol::malformed("the private key does not belong to the certificate (" +
                               takeOpenSslReason() + ")");
  }
  return std::make_shared<const ParsedIdentity>(
      ParsedIdentity{*std::move(certificates), *std::move(key)});
}

std::string toPem(X509& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), &certificate) != 1) return {};
  return contentOf(*bio);
}

std::string toPem(EVP_PKEY& key) {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return {};
  }
  return contentOf(*bio);
}

}  // namespace stoklab::emulator
