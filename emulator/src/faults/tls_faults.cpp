// What can be wrong with TLS and the certificate.
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;

std::vector<Fault> tlsFaults() {
  return {
      {.name = "device-suite-missing",
       .sentence = "The one cipher suite that cameras are known for is not offered.",
       .breaks = {"TLS-DEVICE-SUITE"},
       .changeProfile =
           [](Profile& p) {
             p.transport.ciphers.value = {"ECDHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256"};
           }},
      {.name = "outdated-tls-offered",
       .sentence = "TLS 1.0 is accepted.",
       .breaks = {"TLS-NO-OUTDATED"},
       .changeProfile =
           [](Profile& p) {
             p.transport.tlsVersions.value.emplace_back("TLSv1.0");
             p.transport.ciphers.value.emplace_back("AES256-SHA");
             p.transport.ciphers.value.emplace_back("@SECLEVEL=0");
           }},
      {.name = "certificate-subject-wrong",
       .sentence = "The certificate is for another name.",
       .breaks = {"TLS-CERTIFICATE-SUBJECT"},
       .changeProfile =
           [](Profile& p) { p.transport.certificate.value.commonName = "camera.invalid"; }},
      {.name = "certificate-expired",
       .sentence = "The certificate was good until the end of 2005.",
       .breaks = {"TLS-CERTIFICATE-PERIOD"},
       .changeProfile =
           [](Profile& p) { p.transport.certificate.value.notAfter = "20051231235959Z"; }},
      {.name = "certificate-key-of-768-bits",
       .sentence = "The key of the certificate has 768 bits.",
       .breaks = {"TLS-CERTIFICATE-KEY"},
       .changeProfile = [](Profile& p) { p.transport.certificate.value.keyBits = 768; }},
      {.name = "unprotected-suite-offered",
       .sentence = "A cipher suite without encryption is accepted beside the right one.",
       .breaks = {"TLS-NO-UNPROTECTED-SUITE"},
       .changeProfile =
           [](Profile& p) {
             p.transport.ciphers.value.emplace_back("NULL-SHA256");
             p.transport.ciphers.value.emplace_back("@SECLEVEL=0");
           }},
      {.name = "certificate-issuer-unknown",
       .sentence = "The certificate is issued by somebody nobody knows.",
       .breaks = {"TLS-CERTIFICATE-ISSUER"},
       .changeCertificate = [](CertificateShape& c) { c.issuerCommonName = "CA of nobody"; }},
      {.name = "certificate-usage-wrong",
       .sentence =
           "The key of the certificate may be used to sign certificates, and for nothing else.",
       .breaks = {"TLS-CERTIFICATE-USAGE"},
       .changeCertificate = [](CertificateShape& c) { c.keyUsage = "critical,keyCertSign"; }},
      {.name = "garbage-kills",
       .sentence = "Garbage instead of TLS ends the emulator.",
       .breaks = {"TLS-GARBAGE"},
       .changeServer = [](ServerOptions& s) { s.lapses.diesOfGarbage = true; }},
      {.name = "garbage-deafens",
       .sentence = "After garbage instead of TLS, the next connection is cut off.",
       .breaks = {"TLS-GARBAGE"},
       .changeServer = [](ServerOptions& s) { s.lapses.deafAfterGarbage = true; }},
  };
}

}  // namespace stoklab::emulator
