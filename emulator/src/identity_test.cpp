#include "stoklab/emulator/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "pem.h"
#include "server/test_endpoints.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {
namespace {

namespace fs = std::filesystem;
using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

const CertificateShape kSmall = {.keyBits = 1024};

CertificatePtr certificateOf(const Identity& identity) {
  return std::move(parseCertificates(identity.certificatePem).value().front());
}

std::string nameOf(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

unsigned modeOf(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777U;
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

std::vector<fs::path> pemFiles(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".pem") files.push_back(entry.path());
  }
  return files;
}

// A directory of its own for each test, gone afterwards.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "stoklab-identity-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

TEST(Identity, HasTheShapeOfTheCamera) {
  const Identity identity = makeIdentity({}).value();
  const CertificatePtr certificate = certificateOf(identity);
  EXPECT_EQ(nameOf(X509_get_subject_name(certificate.get())), "CN=TPRI-DEVICE,O=TPRI,C=US");
  EXPECT_EQ(nameOf(X509_get_issuer_name(certificate.get())), "CN=TPRI-DEVICE,O=TPRI,C=US");
  EXPECT_EQ(X509_get_version(certificate.get()), X509_VERSION_3);
  EXPECT_EQ(X509_get_signature_nid(certificate.get()), NID_sha256WithRSAEncryption);
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(certificate.get())), 2048);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
  std::tm from{};
  std::tm to{};
  ASSERT_EQ(ASN1_TIME_to_tm(X509_get0_notBefore(certificate.get()), &from), 1);
  ASSERT_EQ(ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &to), 1);
  EXPECT_EQ(from.tm_year, 101);
  EXPECT_EQ(from.tm_mon, 0);
  EXPECT_EQ(from.tm_mday, 1);
  EXPECT_EQ(to.tm_year, 170);
  EXPECT_EQ(to.tm_mon, 11);
  EXPECT_EQ(to.tm_mday, 31);
}

TEST(Identity, AllowsBothKindsOfKeyExchangeOrSaysNothing) {
  const CertificatePtr with = certificateOf(makeIdentity(kSmall).value());
  EXPECT_EQ(X509_get_key_usage(with.get()), KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT);
  EXPECT_EQ(X509_EXTENSION_get_critical(
                X509_get_ext(with.get(), X509_get_ext_by_NID(with.get(), NID_key_usage, -1))),
            1);
  const CertificatePtr without =
      certificateOf(makeIdentity({.keyBits = 1024, .keyUsage = {}}).value());
  EXPECT_EQ(X509_get_ext_count(without.get()), 0);
}

TEST(Identity, CanNameAnotherIssuerAndAnotherUsage) {
  const CertificatePtr certificate = certificateOf(
      makeIdentity({.keyBits = 1024, .issuerCommonName = "somebody", .keyUsage = "keyCertSign"})
          .value());
  EXPECT_EQ(nameOf(X509_get_issuer_name(certificate.get())), "CN=somebody");
  EXPECT_EQ(nameOf(X509_get_subject_name(certificate.get())), "CN=TPRI-DEVICE,O=TPRI,C=US");
  EXPECT_EQ(X509_get_key_usage(certificate.get()), KU_KEY_CERT_SIGN);
}

TEST(Identity, IsNewEachTime) {
  const CertificatePtr one = certificateOf(makeIdentity(kSmall).value());
  const CertificatePtr two = certificateOf(makeIdentity(kSmall).value());
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(two.get())),
            0);
  EXPECT_NE(EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(two.get())), 1);
}

TEST(Identity, IsNotMadeInAnImpossibleShape) {
  EXPECT_THAT(makeIdentity({.keyBits = 100}), FailsSaying(HasSubstr("100 bits")));
  EXPECT_THAT(makeIdentity({.keyBits = 100'000}), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(makeIdentity({.keyBits = 1024, .notBefore = "yesterday"}),
              FailsSaying(HasSubstr("yesterday")));
  EXPECT_THAT(makeIdentity({.country = "too long for a country", .keyBits = 1024}),
              FailsSaying(HasSubstr("country")));
}

TEST(CachedIdentity, IsMadeOnceAndFoundAfterwards) {
  const TemporaryDirectory directory;
  const fs::path inside = directory.path() / "state" / "certificates";
  const auto first = cachedIdentity(kSmall, inside);
  ASSERT_THAT(first, IsOk());
  const auto second = cachedIdentity(kSmall, inside);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->certificatePem, second->certificatePem);
  EXPECT_EQ(first->privateKeyPem, second->privateKeyPem);
}

TEST(CachedIdentity, IsKeptFromOtherUsers) {
  const TemporaryDirectory directory;
  const fs::path inside = directory.path() / "certificates";
  ASSERT_THAT(cachedIdentity(kSmall, inside), IsOk());
  EXPECT_EQ(modeOf(inside), 0700U);
  for (const auto& entry : fs::directory_iterator(inside)) {
    EXPECT_EQ(modeOf(entry.path()), 0600U) << entry.path();
  }
  EXPECT_EQ(pemFiles(inside).size(), 1U) << "no temporary file is left";
}

TEST(CachedIdentity, IsAnotherForAnotherShape) {
  const TemporaryDirectory directory;
  const CertificateShape shapes[] = {kSmall,
                                     {.commonName = "other", .keyBits = 1024},
                                     {.keyBits = 1024, .notAfter = "20601231235959Z"},
                                     {.keyBits = 1024, .keyUsage = {}},
                                     {.keyBits = 1024, .issuerCommonName = "somebody"},
                                     {.keyBits = 1032}};
  for (const CertificateShape& shape : shapes) {
    ASSERT_THAT(cachedIdentity(shape, directory.path()), IsOk());
  }
  EXPECT_EQ(pemFiles(directory.path()).size(), 6U);
}

TEST(CachedIdentity, IsMadeAnewWhenTheFileIsDamaged) {
  const TemporaryDirectory directory;
  const Identity first = cachedIdentity(kSmall, directory.path()).value();
  const fs::path file = pemFiles(directory.path()).at(0);
  const Identity other = makeIdentity(kSmall).value();
  for (const std::string& damaged :
       {std::string(), std::string("garbage"), first.certificatePem, first.privateKeyPem,
        first.certificatePem + other.privateKeyPem,
        (first.certificatePem + first.privateKeyPem).substr(0, 900)}) {
    write(file, damaged);
    const auto again = cachedIdentity(kSmall, directory.path());
    ASSERT_THAT(again, IsOk());
    EXPECT_NE(again->certificatePem, first.certificatePem);
    EXPECT_EQ(modeOf(file), 0600U);
  }
}

TEST(CachedIdentity, IsTheSameForAllWhoAskAtOnce) {
  const TemporaryDirectory directory;
  std::vector<std::string> certificates(6);
  std::vector<std::thread> threads;
  for (std::string& certificate : certificates) {
    threads.emplace_back([&] {
      certificate = cachedIdentity(kSmall, directory.path() / "new").value().certificatePem;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(certificates, ::testing::Each(certificates[0]));
}

TEST(CachedIdentity, FailsClearlyWhereItCannotBeStored) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "file";
  write(file, "");
  EXPECT_THAT(cachedIdentity(kSmall, file / "below"), FailsSaying(HasSubstr(file.string())));
}

TEST(CachedLoginKey, IsMadeOnceForEachSize) {
  const TemporaryDirectory directory;
  const auto first = cachedLoginKey(1024, directory.path());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bits(), 1024U);
  const auto again = cachedLoginKey(1024, directory.path());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->publicSpkiBase64(), first->publicSpkiBase64());
  const auto other = cachedLoginKey(512, directory.path());
  ASSERT_TRUE(other);
  EXPECT_EQ(other->bits(), 512U);
}

TEST(ReadIdentity, TakesTheFilesOfAnotherProgram) {
  const TemporaryDirectory directory;
  const fs::path certificate = directory.path() / "cert.pem";
  const fs::path key = directory.path() / "key.pem";
  write(certificate, testIdentity().certificatePem);
  write(key, testIdentity().privateKeyPem);
  const auto identity = readIdentity(certificate, key);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->certificatePem, testIdentity().certificatePem);
}

TEST(ReadIdentity, FailsClearlyOnFilesThatWillNotDo) {
  const TemporaryDirectory directory;
  const fs::path certificate = directory.path() / "cert.pem";
  const fs::path key = directory.path() / "key.pem";
  EXPECT_THAT(readIdentity(certificate, key), FailsSaying(HasSubstr("cert.pem")));
  write(certificate, testIdentity().certificatePem);
  EXPECT_THAT(readIdentity(certificate, key), FailsSaying(HasSubstr("key.pem")));
  write(key, makeIdentity(kSmall).value().privateKeyPem);
  EXPECT_THAT(readIdentity(certificate, key), FailsSaying(HasSubstr("does not belong")));
  write(key, testIdentity().certificatePem);
  EXPECT_THAT(readIdentity(certificate, key), FailsWith(ErrorKind::malformed));
  write(certificate, testIdentity().privateKeyPem);
  EXPECT_THAT(readIdentity(certificate, key), FailsWith(ErrorKind::malformed));
}

TEST(ReadIdentity, RefusesAnEncryptedKeyInsteadOfAskingForItsPassphrase) {
  const TemporaryDirectory directory;
  write(directory.path() / "cert.pem", testIdentity().certificatePem);
  const KeyPtr key = parsePrivateKey(testIdentity().privateKeyPem).value();
  const BioPtr bio(BIO_new_file((directory.path() / "key.pem").c_str(), "w"));
  std::string passphrase = "documented";
  ASSERT_EQ(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                    static_cast<int>(passphrase.size()), nullptr, nullptr),
      1);
  ASSERT_EQ(BIO_flush(bio.get()), 1);
  EXPECT_THAT(readIdentity(directory.path() / "cert.pem", directory.path() / "key.pem"),
              FailsSaying(HasSubstr("unencrypted")));
}

TEST(CertificateFingerprint, IsTheSha256OfTheDer) {
  const std::string fingerprint = certificateFingerprint(testIdentity()).value();
  const CertificatePtr certificate = certificateOf(testIdentity());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ASSERT_EQ(X509_digest(certificate.get(), EVP_sha256(), digest, &size), 1);
  std::string expected;
  for (unsigned int i = 0; i < size; ++i) {
    const unsigned byte = digest[i];
    for (const unsigned nibble : {byte >> 4U, byte & 15U}) expected += "0123456789abcdef"[nibble];
  }
  EXPECT_EQ(fingerprint, expected);
  EXPECT_THAT(certificateFingerprint({}), FailsWith(ErrorKind::malformed));
}

}  // namespace stoklab::emulator
