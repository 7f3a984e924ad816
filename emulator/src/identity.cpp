#include "stoklab/emulator/identity.h"

#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "kept_file.h"
#include "pem.h"
#include "stoklab/protocol/crypto.h"

namespace stoklab::emulator {
namespace {

using protocol::malformed;
using protocol::Result;
namespace fs = std::filesystem;

constexpr std::size_t kFewestBits = 512;
constexpr std::size_t kMostBits = 8192;

using SerialPtr = std::unique_ptr<BIGNUM, OpenSslDeleter<BN_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpenSslDeleter<X509_EXTENSION_free>>;

// Random: a browser refuses a second certificate of the same issuer and serial number.
bool setSerial(X509& certificate) {
  const SerialPtr serial(BN_new());
  return serial && BN_rand(serial.get(), 63, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

Result<void> setName(X509& certificate, const CertificateShape& shape) {
  X509_NAME* const name = X509_get_subject_name(&certificate);
  const std::pair<const char*, const std::string&> parts[] = {
      {"C", shape.country}, {"O", shape.organization}, {"CN", shape.commonName}};
  for (const auto& [field, value] : parts) {
    if (value.empty()) continue;
    const auto* const bytes =
        static_cast<const unsigned char*>(static_cast<const void*>(value.data()));
    if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes,
                                   static_cast<int>(value.size()), -1, 0) != 1) {
      return malformed("\"" + value + "\" cannot stand as " + field + " in a certificate's name (" +
                       takeOpenSslReason() + ")");
    }
  }
  if (shape.issuerCommonName.empty()) {
    X509_set_issuer_name(&certificate, name);
    return {};
  }
  X509_NAME* const issuer = X509_get_issuer_name(&certificate);
  const auto* const bytes =
      static_cast<const unsigned char*>(static_cast<const void*>(shape.issuerCommonName.data()));
  if (X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_UTF8, bytes,
                                 static_cast<int>(shape.issuerCommonName.size()), -1, 0) != 1)
    return malformed("the issuer cannot be named (" + takeOpenSslReason() + ")");
  return {};
}

Result<void> setDates(X509& certificate, const CertificateShape& shape) {
  const auto set = [](ASN1_TIME* time, const std::string& text) -> Result<void> {
    if (ASN1_TIME_set_string_X509(time, text.c_str()) == 1) return {};
    takeOpenSslReason();
    return malformed("\"" + text + "\" is no date of a certificate: write 20010101000000Z");
  };
  if (auto done = set(X509_getm_notBefore(&certificate), shape.notBefore); !done) return done;
  return set(X509_getm_notAfter(&certificate), shape.notAfter);
}

bool setKeyUsage(X509& certificate, const CertificateShape& shape) {
  const ExtensionPtr usage(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, shape.keyUsage.c_str()));
  return usage && X509_add_ext(&certificate, usage.get(), -1) == 1;
}

// All that makes one shape differ from another, in one line.
std::string describeShape(const CertificateShape& shape) {
  std::ostringstream text;
  for (const std::string& part :
       {shape.commonName, shape.organization, shape.country, shape.notBefore, shape.notAfter,
        shape.issuerCommonName, shape.keyUsage}) {
    text << part.size() << ':' << part << ';';  // the length keeps "a;b" and "a" ";b" apart
  }
  text << shape.keyBits;
  return text.str();
}

// Certificate and key in PEM, checked to belong together.
Result<Identity> checked(std::string certificatePem, std::string privateKeyPem) {
  Identity identity{std::move(certificatePem), std::move(privateKeyPem)};
  auto read = parsed(identity);
  if (!read) return std::move(read).error();
  identity.parsed = *std::move(read);
  return identity;
}

// Both in one text, so that they are replaced together.
Result<Identity> readStored(std::string_view text) {
  // In two parts: whoever looks for keys in this repository shall find none.
  const std::size_t key = text.find(
      "-----BEGIN "
      "PRIVATE KEY-----");
  if (key == std::string_view::npos) return malformed("there is no private key");
  return checked(std::string(text.substr(0, key)), std::string(text.substr(key)));
}

}  // namespace

Result<Identity> makeIdentity(const CertificateShape& shape) {
  if (shape.keyBits < kFewestBits || shape.keyBits > kMostBits) {
    return malformed("an RSA key of " + std::to_string(shape.keyBits) +
                     " bits cannot be made: 512 to 8192 are possible");
  }
  const CertificatePtr certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !setSerial(*certificate)) {
    return malformed("OpenSSL cannot begin a certificate (" + takeOpenSslReason() + ")");
  }
  if (auto done = setName(*certificate, shape); !done) return done.error();
  if (auto done = setDates(*certificate, shape); !done) return done.error();
  const KeyPtr key(EVP_RSA_gen(static_cast<unsigned int>(shape.keyBits)));
  if (!key || X509_set_pubkey(certificate.get(), key.get()) != 1 ||
      (!shape.keyUsage.empty() && !setKeyUsage(*certificate, shape)) ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return malformed("OpenSSL cannot make the key or sign with it (" + takeOpenSslReason() + ")");
  }
  return checked(toPem(*certificate), toPem(*key));
}

Result<Identity> cachedIdentity(const CertificateShape& shape, const fs::path& directory) {
  const std::string name = "identity-" + protocol::sha256Hex(describeShape(shape)).substr(0, 16);
  // Reading a key takes a millisecond, so what is found usable is not read again.
  std::optional<Identity> found;
  const auto isUsable = [&](std::string_view kept) {
    auto identity = readStored(kept);
    if (identity) found = *std::move(identity);
    return found.has_value();
  };
  const auto text = keptFile(directory, name + ".pem", isUsable, [&]() -> Result<std::string> {
    auto identity = makeIdentity(shape);
    if (!identity) return std::move(identity).error();
    return identity->certificatePem + identity->privateKeyPem;
  });
  if (!text) return text.error();
  if (found && found->certificatePem + found->privateKeyPem == *text) return *std::move(found);
  return readStored(*text);
}

Result<protocol::RsaPrivateKey> cachedLoginKey(std::size_t bits, const fs::path& directory) {
  std::optional<protocol::RsaPrivateKey> found;
  std::string foundIn;
  const auto isUsable = [&](std::string_view kept) {
    auto key = protocol::RsaPrivateKey::parsePem(kept);
    if (!key || key->bits() != bits) return false;
    found = *std::move(key);
    foundIn = kept;
    return true;
  };
  const auto text = keptFile(
      directory, "login-key-" + std::to_string(bits) + ".pem", isUsable,
      [&]() -> Result<std::string> { return protocol::RsaPrivateKey::generate(bits).pem(); });
  if (!text) return text.error();
  if (found && foundIn == *text) return *std::move(found);
  return protocol::RsaPrivateKey::parsePem(*text);
}

Result<Identity> readIdentity(const fs::path& certificate, const fs::path& privateKey) {
  auto certificatePem = contentOf(certificate);
  if (!certificatePem) return malformed("cannot read the certificate " + certificate.string());
  auto privateKeyPem = contentOf(privateKey);
  if (!privateKeyPem) return malformed("cannot read the private key " + privateKey.string());
  auto identity = checked(*std::move(certificatePem), *std::move(privateKeyPem));
  if (!identity) {
    return malformed(certificate.string() + " and " + privateKey.string() +
                     " are no usable pair: " + identity.error().detail);
  }
  return identity;
}

Result<std::string> certificateFingerprint(const Identity& identity) {
  const auto read = parsed(identity);
  if (!read) return read.error();
  unsigned char* der = nullptr;
  const int size = i2d_X509((*read)->certificates.front().get(), &der);
  if (size <= 0)
    return malformed("the certificate cannot be encoded (" + takeOpenSslReason() + ")");
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(der)),
                               static_cast<std::size_t>(size));
  std::string fingerprint = protocol::sha256Hex(bytes);
  OPENSSL_free(der);
  return fingerprint;
}

}  // namespace stoklab::emulator
