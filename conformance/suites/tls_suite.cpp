// Versions, suites and the certificate: TLS.
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::Ge;

TlsFacts tlsFacts() { return device().connect().tls(); }

REQUIREMENT(Tls, TakesTheSuiteOfTheDevice, "TLS-DEVICE-SUITE") {
  const TlsFacts facts = device().connect(TlsOffer::deviceSuite).tls();
  EXPECT_THAT(facts.version, Eq("TLSv1.2"));
  EXPECT_THAT(facts.cipher, Eq("AES256-GCM-SHA384"));
  EXPECT_THAT(device().send({.body = std::string(kAskChallenge)}, TlsOffer::deviceSuite),
              HasJson());
}

// What the device agrees to, or that it refuses.
TlsFacts agreement(TlsOffer offer) {
  try {
    return device().connect(offer).tls();
  } catch (const WireFailure& failure) {
    if (failure.layer() != Layer::tls) throw;
    return {.version = "refused", .cipher = "refused"};
  }
}

REQUIREMENT(Tls, TakesNoOutdatedVersion, "TLS-NO-OUTDATED") {
  EXPECT_THAT(agreement(TlsOffer::outdated).version, Eq("refused"));
}

REQUIREMENT(Tls, TakesNoUnprotectedSuite, "TLS-NO-UNPROTECTED-SUITE") {
  EXPECT_THAT(agreement(TlsOffer::unprotected).cipher, Eq("refused"));
}

REQUIREMENT(Tls, ShowsTheSubject, "TLS-CERTIFICATE-SUBJECT") {
  const TlsFacts facts = tlsFacts();
  EXPECT_THAT(facts.commonName, Eq("TPRI-DEVICE"));
  EXPECT_THAT(facts.organization, Eq("TPRI"));
  EXPECT_THAT(facts.country, Eq("US"));
}

REQUIREMENT(Tls, ShowsAKnownIssuer, "TLS-CERTIFICATE-ISSUER") {
  const TlsFacts facts = tlsFacts();
  EXPECT_TRUE(facts.selfIssued || facts.issuerCommonName == "TPRI-CA")
      << "the issuer is CN=" << facts.issuerCommonName;
}

REQUIREMENT(Tls, ShowsAnRsaKey, "TLS-CERTIFICATE-KEY") {
  const TlsFacts facts = tlsFacts();
  EXPECT_THAT(facts.keyType, Eq("RSA"));
  EXPECT_THAT(facts.keyBits, Ge(1024));
}

REQUIREMENT(Tls, ShowsACertificateOfToday, "TLS-CERTIFICATE-PERIOD") {
  EXPECT_TRUE(tlsFacts().validNow) << "the certificate is not valid today";
}

REQUIREMENT(Tls, ShowsAUsableKeyUsage, "TLS-CERTIFICATE-USAGE") {
  const TlsFacts facts = tlsFacts();
  EXPECT_TRUE(!facts.keyUsagePresent || (facts.digitalSignature && facts.keyEncipherment))
      << "the key usage lacks digitalSignature or keyEncipherment";
}

REQUIREMENT(Tls, SurvivesGarbage, "TLS-GARBAGE") {
  Connection connection = Connection::openPlain(device().target());
  connection.send(std::string(300, '\x7f') + "GET / HTTP/1.1\r\n\r\n");
  connection.closesWithin(std::chrono::milliseconds(1000));
  EXPECT_THAT(device().askForChallenge(), CarriesChallenge());
}

}  // namespace
}  // namespace stoklab::conformance
