// The certificate a device shows, and where an installation keeps the one it made. No private key
// is ever shipped: the first start makes one, later starts find it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "stoklab/emulator/https_server.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// The shape of a certificate (facts.md T6 - T8). It is always signed by its own key, whatever
// issuer it names.
struct CertificateShape {
  std::string commonName = "TPRI-DEVICE";
  std::string organization = "TPRI";
  std::string country = "US";
  std::size_t keyBits = 2048;
  std::string notBefore = "20010101000000Z";  // ASN.1 GeneralizedTime
  std::string notAfter = "20701231235959Z";
  std::string issuerCommonName = {};  // empty: the subject issues it itself
  // In OpenSSL's notation; empty: absent.
  std::string keyUsage = "critical,digitalSignature,keyEncipherment";
};

// A new key and a self-issued certificate of that shape. 0.1 to 0.3 s for 2048 bits.
protocol::Result<Identity> makeIdentity(const CertificateShape& shape);

// The identity of that shape kept under `directory`, made and stored (file mode 0600, written to
// a temporary name and renamed) if there is none or it cannot be read. Safe against another process
// doing the same at the same time.
protocol::Result<Identity> cachedIdentity(const CertificateShape& shape,
                                          const std::filesystem::path& directory);

// The key that challenges carry, kept in the same way. Which devices rotate theirs is not known
// (facts.md C10).
protocol::Result<protocol::RsaPrivateKey> cachedLoginKey(std::size_t bits,
                                                         const std::filesystem::path& directory);

// Fails with ErrorKind::malformed if either file cannot be read or is no PEM of the right kind,
// or the key does not belong to the certificate.
protocol::Result<Identity> readIdentity(const std::filesystem::path& certificate,
                                        const std::filesystem::path& privateKey);

// Lower-case hex SHA-256 of the certificate's DER: what --tls-pin takes.
protocol::Result<std::string> certificateFingerprint(const Identity& identity);

}  // namespace stoklab::emulator
