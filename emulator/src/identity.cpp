#include "stoklab/emulator/identity.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "descriptor.h"
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
  X509_set_issuer_name(&certificate, name);
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

bool setKeyUsage(X509& certificate) {
  const ExtensionPtr usage(X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage,
                                               "critical,digitalSignature,keyEncipherment"));
  return usage && X509_add_ext(&certificate, usage.get(), -1) == 1;
}

// All that makes one shape differ from another, in one line.
std::string describeShape(const CertificateShape& shape) {
  std::ostringstream text;
  for (const std::string& part :
       {shape.commonName, shape.organization, shape.country, shape.notBefore, shape.notAfter}) {
    text << part.size() << ':' << part << ';';  // the length keeps "a;b" and "a" ";b" apart
  }
  text << shape.keyBits << ';' << shape.keyUsage;
  return text.str();
}

std::string systemReason() { return std::strerror(errno); }

std::optional<std::string> contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) return std::nullopt;
  return content.str();
}

Result<void> makeDirectory(const fs::path& directory) {
  std::error_code failure;
  if (directory.has_parent_path()) fs::create_directories(directory.parent_path(), failure);
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return malformed("cannot make the directory " + directory.string() + ": " + systemReason());
}

Result<void> writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0) return malformed(systemReason());
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// Under another name first, so that nobody ever reads half of it.
Result<void> store(const fs::path& file, std::string_view text) {
  std::string temporary = file.string() + ".XXXXXX";
  const Descriptor out(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  const auto failure = [&](const std::string& why) {
    ::unlink(temporary.c_str());
    return malformed("cannot store " + file.string() + ": " + why);
  };
  if (out.get() < 0) return failure(systemReason());
  if (auto written = writeAll(out.get(), text); !written) return failure(written.error().detail);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return failure(systemReason());
  return {};
}

// Certificate and key in PEM, checked to belong together.
Result<Identity> checked(std::string certificatePem, std::string privateKeyPem) {
  const auto certificates = parseCertificates(certificatePem);
  if (!certificates) return certificates.error();
  const auto key = parsePrivateKey(privateKeyPem);
  if (!key) return key.error();
  if (X509_check_private_key(certificates->front().get(), key->get()) != 1) {
    return malformed("the private key does not belong to the certificate (" + takeOpenSslReason() +
                     ")");
  }
  return Identity{std::move(certificatePem), std::move(privateKeyPem)};
}

// Both in one file, so that they are replaced together.
Result<Identity> readStored(const fs::path& file) {
  const auto text = contentOf(file);
  if (!text) return malformed("cannot read " + file.string());
  const std::size_t key = text->find("-----BEGIN PRIVATE KEY-----");
  if (key == std::string::npos) return malformed(file.string() + " holds no private key");
  return checked(text->substr(0, key), text->substr(key));
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
      (shape.keyUsage && !setKeyUsage(*certificate)) ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return malformed("OpenSSL cannot make the key or sign with it (" + takeOpenSslReason() + ")");
  }
  return checked(toPem(*certificate), toPem(*key));
}

Result<Identity> cachedIdentity(const CertificateShape& shape, const fs::path& directory) {
  const std::string name = "identity-" + protocol::sha256Hex(describeShape(shape)).substr(0, 16);
  const fs::path file = directory / (name + ".pem");
  if (auto found = readStored(file)) return found;
  if (auto made = makeDirectory(directory); !made) return made.error();
  // Whoever comes second waits here and then finds what the first has made. Where locks do not
  // work (some network file systems), both make one and the last stays.
  const Descriptor lock(
      ::open((directory / (name + ".lock")).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() >= 0) ::flock(lock.get(), LOCK_EX);
  if (auto found = readStored(file)) return found;
  auto identity = makeIdentity(shape);
  if (!identity) return identity;
  if (auto done = store(file, identity->certificatePem + identity->privateKeyPem); !done) {
    return done.error();
  }
  return identity;
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
  const auto certificates = parseCertificates(identity.certificatePem);
  if (!certificates) return certificates.error();
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificates->front().get(), &der);
  if (size <= 0)
    return malformed("the certificate cannot be encoded (" + takeOpenSslReason() + ")");
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(der)),
                               static_cast<std::size_t>(size));
  std::string fingerprint = protocol::sha256Hex(bytes);
  OPENSSL_free(der);
  return fingerprint;
}

}  // namespace stoklab::emulator
