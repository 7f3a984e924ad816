// The transport's TLS: versions, suites, whom it believes, and that nothing is sent to anybody
// else.
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "stoklab/client/https_transport.h"
#include "stoklab/client/testing/scripted_server.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::Execution;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using ::testing::AllOf;
using testing::answerInTurn;
using testing::Handshake;
using ::testing::HasSubstr;
using testing::jsonAnswer;
using testing::Peer;
using testing::ScriptedServer;
using testing::ServerOptions;
using testing::TestCertificate;

namespace {

constexpr const char* kOk = R"({"error_code":0})";

HttpsOptions optionsFor(const ScriptedServer& server, TlsOptions security = {}) {
  return {.host = "127.0.0.1", .port = server.port(), .security = std::move(security)};
}

// A PEM file that lives as long as the test.
class AuthorityFile {
 public:
  explicit AuthorityFile(const TestCertificate& certificate) {
    std::ofstream(path_) << certificate.pem();
  }
  ~AuthorityFile() { std::filesystem::remove(path_); }
  AuthorityFile(const AuthorityFile&) = delete;
  AuthorityFile& operator=(const AuthorityFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_ = std::filesystem::path(::testing::TempDir()) /
                                ("stoklab_authority_" + std::to_string(::getpid()) + ".pem");
};

std::string withColonsInUpperCase(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += static_cast<char>(std::toupper(hex[i]));
  }
  return text;
}

}  // namespace

TEST(HttpsTransportTls, AcceptsTheStaticRsaSuiteOfTheCamera) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport transport(optionsFor(server));
  ASSERT_THAT(transport.connect(), IsOk());
  ASSERT_TRUE(transport.tlsFacts().has_value());
  const auto& facts = *transport.tlsFacts();
  EXPECT_EQ(facts.version, "TLSv1.2");
  EXPECT_EQ(facts.cipher, "AES256-GCM-SHA384");
  EXPECT_EQ(facts.certificateSha256, server.certificate().sha256());
  EXPECT_EQ(facts.subject, "CN=TPRI-DEVICE,O=TPRI,C=US");
  EXPECT_EQ(facts.issuer, "CN=TPRI-DEVICE,O=TPRI,C=US");
  EXPECT_THAT(facts.notBefore, ::testing::MatchesRegex("2[0-9]{3}-[01][0-9]-[0-3][0-9]T.*Z"));
  EXPECT_LT(facts.notBefore, facts.notAfter);
}

TEST(HttpsTransportTls, SpeaksTls13Too) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}), {.maxTlsVersion = TLS1_3_VERSION});
  HttpsTransport transport(optionsFor(server));
  ASSERT_THAT(transport.exchange({.body = "a"}), IsOk());
  ASSERT_THAT(transport.exchange({.body = "b"}), IsOk());
  EXPECT_EQ(transport.tlsFacts()->version, "TLSv1.3");
  EXPECT_EQ(transport.connectionsOpened(), 1U);
}

// The session tickets of TLS 1.3 come in after the handshake, unasked; they are no reason to give
// up a connection that has not been used yet.
TEST(HttpsTransportTls, UsesTheConnectionThatItOpenedInAdvance) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ScriptedServer server(answerInTurn({jsonAnswer(kOk)}), {.maxTlsVersion = version});
    HttpsTransport transport(optionsFor(server));
    ASSERT_THAT(transport.connect(), IsOk());
    ASSERT_THAT(transport.exchange({.body = "a"}), IsOk());
    EXPECT_EQ(transport.connectionsOpened(), 1U);
  }
}

TEST(HttpsTransportTls, ResumesItsSessionOnANewConnection) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ScriptedServer server(answerInTurn({jsonAnswer(kOk)}), {.maxTlsVersion = version});
    HttpsTransport transport(
        optionsFor(server, {.trust = TlsTrust::pin, .pin = server.certificate().sha256()}));
    for (int i = 0; i < 3; ++i) {
      ASSERT_THAT(transport.exchange({.body = "a"}), IsOk());
      transport.disconnect();
    }
    EXPECT_EQ(transport.connectionsOpened(), 3U);
    EXPECT_EQ(server.resumedHandshakes(), 2);
    EXPECT_EQ(transport.tlsFacts()->certificateSha256, server.certificate().sha256());
  }
}

TEST(HttpsTransportTls, ResumesNoSessionOfAnotherTransport) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport one(optionsFor(server)), other(optionsFor(server));
  ASSERT_THAT(one.exchange({.body = "a"}), IsOk());
  ASSERT_THAT(other.exchange({.body = "a"}), IsOk());
  EXPECT_EQ(server.resumedHandshakes(), 0);
  // Each goes on with its own, also with the ciphers of a third in between.
  HttpsTransport third(optionsFor(server, {.cipherList = "AES256-GCM-SHA384:AES128-SHA"}));
  EXPECT_THAT(third.connect(), IsOk());
  one.disconnect();
  ASSERT_THAT(one.exchange({.body = "a"}), IsOk());
  EXPECT_EQ(server.resumedHandshakes(), 1);
}

TEST(HttpsTransportTls, ResumesItsSessionAfterTheDeviceDroppedTheConnection) {
  ScriptedServer server([](Peer& peer) {
    if (peer.readRequest()) peer.write(jsonAnswer(kOk));
    peer.reset();
  });
  HttpsTransport transport(optionsFor(server));
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(transport.exchange({.body = "a"}), IsOk());
    server.waitForClosed(i);
  }
  EXPECT_EQ(transport.connectionsOpened(), 3U);
  EXPECT_EQ(server.resumedHandshakes(), 2);
}

TEST(HttpsTransportTls, AcceptsThePinnedCertificateInAnyNotation) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  const auto sha256 = server.certificate().sha256();
  for (const auto& pin : {sha256, withColonsInUpperCase(sha256)}) {
    HttpsTransport transport(optionsFor(server, {.trust = TlsTrust::pin, .pin = pin}));
    EXPECT_THAT(transport.exchange({.body = "a"}), IsOk());
  }
}

TEST(HttpsTransportTls, SendsNothingToAnotherCertificateThanThePinnedOne) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  const std::string pin(64, 'a');
  HttpsTransport transport(optionsFor(server, {.trust = TlsTrust::pin, .pin = pin}));
  for (int i = 0; i < 2; ++i) {
    const auto answer = transport.exchange({.body = "secret"});
    ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
    EXPECT_THAT(answer, FailsSaying(AllOf(HasSubstr("expected SHA-256 " + pin),
                                          HasSubstr("got " + server.certificate().sha256()))));
    EXPECT_EQ(answer.error().execution, Execution::didNotRun);
  }
  server.waitForClosed(2);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_EQ(server.resumedHandshakes(), 0);
}

TEST(HttpsTransportTls, FollowsTheChainToTheAuthorityFile) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  const AuthorityFile file(server.certificate());
  HttpsTransport transport(
      optionsFor(server, {.trust = TlsTrust::authorityFile, .authorityFile = file.path()}));
  EXPECT_THAT(transport.exchange({.body = "a"}), IsOk());
}

TEST(HttpsTransportTls, SendsNothingToACertificateOfAnotherAuthority) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  const AuthorityFile file(TestCertificate({.commonName = "Somebody Else"}));
  HttpsTransport transport(
      optionsFor(server, {.trust = TlsTrust::authorityFile, .authorityFile = file.path()}));
  EXPECT_THAT(transport.exchange({.body = "secret"}), FailsSaying(HasSubstr("self-signed")));
  server.waitForClosed(1);
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpsTransportTls, ChecksTheHostNameIndependentlyOfTheChain) {
  ScriptedServer named(answerInTurn({jsonAnswer(kOk)}),
                       {.certificate = {.alternativeNames = "DNS:localhost,IP:127.0.0.1"}});
  ScriptedServer unnamed(answerInTurn({jsonAnswer(kOk)}));
  const TlsOptions security{.hostnameCheck = HostnameCheck::on};
  for (const char* host : {"127.0.0.1", "localhost"}) {
    SCOPED_TRACE(host);
    HttpsTransport good({.host = host, .port = named.port(), .security = security});
    EXPECT_THAT(good.exchange({.body = "a"}), IsOk());
    HttpsTransport bad({.host = host, .port = unnamed.port(), .security = security});
    EXPECT_THAT(bad.exchange({.body = "secret"}), FailsSaying(HasSubstr("not for this host")));
  }
  unnamed.waitForClosed(2);
  EXPECT_TRUE(unnamed.requests().empty());
}

TEST(HttpsTransportTls, NamesTheServerOnlyIfItHasAName) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport byName({.host = "localhost", .port = server.port()});
  ASSERT_THAT(byName.exchange({.body = "a"}), IsOk());
  EXPECT_EQ(server.serverName(), "localhost");
  HttpsTransport byAddress({.host = "127.0.0.1", .port = server.port()});
  ASSERT_THAT(byAddress.exchange({.body = "a"}), IsOk());
  EXPECT_EQ(server.serverName(), std::nullopt);
}

TEST(HttpsTransportTls, ReportsOptionsThatMakeNoSense) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  for (const auto& security :
       {TlsOptions{.trust = TlsTrust::pin, .pin = "abc"},
        TlsOptions{.trust = TlsTrust::pin, .pin = std::string(64, 'x')},
        TlsOptions{.trust = TlsTrust::authorityFile, .authorityFile = "/no/such/file.pem"},
        TlsOptions{.cipherList = "NO-SUCH-CIPHER"}}) {
    HttpsTransport transport(optionsFor(server, security));
    EXPECT_THAT(transport.connect(), FailsWith(ErrorKind::malformed));
  }
}

TEST(HttpsTransportTls, SaysWhyAHandshakeFailed) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport noCommonSuite(optionsFor(server, {.cipherList = "ECDHE-RSA-CHACHA20-POLY1305"}));
  const auto refused = noCommonSuite.connect();
  EXPECT_THAT(refused, FailsWith(ErrorKind::transport));
  EXPECT_THAT(refused, FailsSaying(HasSubstr("TLS handshake failed")));

  ScriptedServer plain([](Peer& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); },
                       {.handshake = Handshake::plain});
  HttpsTransport wrongPort(optionsFor(plain));
  EXPECT_THAT(wrongPort.connect(), FailsSaying(HasSubstr("wrong version number")));
}

}  // namespace stoklab::client
