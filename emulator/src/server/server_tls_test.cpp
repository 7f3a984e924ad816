// The server's TLS: what it offers, what it resumes, and what it does with those who do not speak
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "pem.h"
#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGet = "GET / HTTP/1.1\r\n\r\n";
using SessionPtr = std::unique_ptr<SSL_SESSION, OpenSslDeleter<SSL_SESSION_free>>;

bool isServing(const HttpsServer& server) {
  RawClient client(server.port());
  const auto answer = client.ask(kGet);
  return answer && answer->status == 200;
}

}  // namespace

TEST(ServerTls, SpeaksTheOneCipherOfTheCameraByDefault) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port(), {.cipherList = "ALL"});
  ASSERT_TRUE(client.isConnected());
  EXPECT_STREQ(SSL_get_version(client.ssl()), "TLSv1.2");
  EXPECT_STREQ(SSL_get_cipher_name(client.ssl()), "AES256-GCM-SHA384");
}

TEST(ServerTls, RefusesClientsWithoutThatCipherOrVersion) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  EXPECT_FALSE(
      RawClient(server->port(), {.cipherList = "ECDHE-RSA-AES256-GCM-SHA384"}).isConnected());
  EXPECT_FALSE(RawClient(server->port(), {.version = TLS1_3_VERSION}).isConnected());
  EXPECT_TRUE(isServing(*server));
  EXPECT_EQ(server->counts().handshakes, 1U);
}

TEST(ServerTls, SpeaksMoreWhenTheOptionsSaySo) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.tls.maxVersion = "TLSv1.3";
  options.tls.cipherList = "ECDHE-RSA-AES256-GCM-SHA384:AES256-GCM-SHA384";
  options.tls.cipherSuites = "TLS_AES_128_GCM_SHA256";
  const auto server = startServer(endpoint, options);

  RawClient ecdhe(server->port(), {.cipherList = "ECDHE-RSA-AES256-GCM-SHA384"});
  EXPECT_EQ(ecdhe.ask(kGet).value().status, 200);
  RawClient tls13(server->port(), {.version = TLS1_3_VERSION});
  EXPECT_EQ(tls13.ask(kGet).value().status, 200);
  EXPECT_STREQ(SSL_get_cipher_name(tls13.ssl()), "TLS_AES_128_GCM_SHA256");
  RawClient old(server->port());
  EXPECT_EQ(old.ask(kGet).value().status, 200);
}

TEST(ServerTls, CarriesOnThroughAKeyUpdateOfTls13) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.tls.maxVersion = "TLSv1.3";
  const auto server = startServer(endpoint, options);
  RawClient client(server->port(), {.version = TLS1_3_VERSION});
  EXPECT_EQ(client.ask(kGet).value().status, 200);
  ASSERT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
  EXPECT_EQ(client.ask(kGet).value().status, 200);
  EXPECT_EQ(client.ask(kGet).value().status, 200);
}

TEST(ServerTls, ShowsTheCertificateItWasGiven) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const CertificatePtr shown(SSL_get1_peer_certificate(client.ssl()));
  ASSERT_TRUE(shown);
  EXPECT_EQ(toPem(*shown), testIdentity().certificatePem);
}

TEST(ServerTls, ResumesSessionsByTicketAndByCache) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  for (const bool tickets : {true, false}) {
    SCOPED_TRACE(tickets ? "ticket" : "cache");
    SessionPtr session;
    {
      RawClient first(server->port(), {.tickets = tickets});
      ASSERT_EQ(first.ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").value().status, 200);
      ASSERT_TRUE(first.endsQuietly());
      EXPECT_EQ(SSL_session_reused(first.ssl()), 0);
      session.reset(SSL_get1_session(first.ssl()));
    }
    RawClient second(server->port(), {.session = session.get(), .tickets = tickets});
    EXPECT_EQ(second.ask(kGet).value().status, 200);
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
  }
}

TEST(ServerTls, AnswersARequestThatComesTogetherWithTheEndOfAResumedHandshake) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  SessionPtr session;
  {
    RawClient first(server->port());
    ASSERT_TRUE(first.ask(kGet));
    session.reset(SSL_get1_session(first.ssl()));
  }
  // A client that buffers its writes: the last handshake message and the request leave together.
  RawClient second(server->port(), {.tls = false});
  const std::unique_ptr<SSL_CTX, OpenSslDeleter<SSL_CTX_free>> context(
      SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  const std::unique_ptr<SSL, OpenSslDeleter<SSL_free>> ssl(SSL_new(context.get()));
  SSL_set_max_proto_version(ssl.get(), TLS1_2_VERSION);
  SSL_set_cipher_list(ssl.get(), "AES256-GCM-SHA384");
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_session(ssl.get(), session.get());
  SSL_set_connect_state(ssl.get());
  const auto sendAll = [&] {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    ASSERT_TRUE(second.sendRaw({data, static_cast<std::size_t>(size)}));
    BIO_reset(out);
  };
  EXPECT_LT(SSL_do_handshake(ssl.get()), 0);
  sendAll();
  std::string got;
  char chunk[4096];
  std::size_t requested = 0;
  while (got.find("GET / ") == std::string::npos) {
    const ssize_t count = ::recv(second.descriptor(), chunk, sizeof chunk, 0);
    ASSERT_GT(count, 0) << "after " << requested << " requests";
    BIO_write(in, chunk, static_cast<int>(count));
    if (SSL_do_handshake(ssl.get()) == 1 && requested == 0) {
      EXPECT_EQ(SSL_session_reused(ssl.get()), 1);
      ASSERT_GT(SSL_write(ssl.get(), kGet, static_cast<int>(std::string(kGet).size())), 0);
      ++requested;
      sendAll();
    }
    int plain = 0;
    while ((plain = SSL_read(ssl.get(), chunk, sizeof chunk)) > 0) {
      got.append(chunk, static_cast<std::size_t>(plain));
    }
  }
  ERR_clear_error();
}

TEST(ServerTls, DoesNotRenegotiate) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.ask(kGet));
  SSL_renegotiate(client.ssl());
  EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
  ERR_clear_error();
  EXPECT_EQ(server->counts().handshakes, 1U);
  EXPECT_TRUE(isServing(*server));
}

TEST(ServerTls, LeavesThoseWhoDoNotSpeakTlsQuietly) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  std::mt19937 random(5);
  std::vector<std::string> openings = {
      "GET / HTTP/1.1\r\n\r\n",
      std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", 10),
      std::string("\x15\x03\x03\x00\x02\x02\x28", 7),
      std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'x'),
      std::string(5, '\0'),
  };
  for (int i = 0; i < 200; ++i) {
    std::string bytes(std::uniform_int_distribution<std::size_t>(11, 400)(random), '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (i % 2 == 0) {
      // A record that promises no more than it holds.
      bytes[0] = '\x16';
      bytes[1] = '\x03';
      bytes[3] = 0;
      bytes[4] = 6;
    }
    openings.push_back(std::move(bytes));
  }
  for (const std::string& opening : openings) {
    RawClient client(server->port(), {.tls = false});
    client.sendRaw(opening);
    client.finishSending();
    while (true) {  // an alert may come before the end
      char ignored[512];
      if (::recv(client.descriptor(), ignored, sizeof ignored, 0) <= 0) break;
    }
  }
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
  EXPECT_EQ(server->counts().handshakes, 0U);
  EXPECT_TRUE(isServing(*server));
}

TEST(ServerTls, SurvivesGarbageInsideAnEstablishedConnection) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  for (const std::string& bytes : {std::string("plain text"), std::string(400, '\x17'),
                                   std::string("\x17\x03\x03\x00\x10", 5) + std::string(16, 'x')}) {
    RawClient client(server->port());
    ASSERT_TRUE(client.ask(kGet));
    ASSERT_TRUE(client.sendRaw(bytes));
    EXPECT_TRUE(client.endsQuietly());
  }
  EXPECT_TRUE(isServing(*server));
}

TEST(ServerTls, SurvivesResetsInMidHandshake) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  for (int i = 0; i < 50; ++i) {
    RawClient client(server->port(), {.tls = false});
    client.sendRaw(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    client.reset();
  }
  EXPECT_TRUE(isServing(*server));
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerTls, ClosesAHandshakeThatTakesTooLong) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.limits.handshakeTime = 30ms;
  const auto server = startServer(endpoint, options);
  RawClient silent(server->port(), {.tls = false});
  RawClient halfway(server->port(), {.tls = false});
  ASSERT_TRUE(halfway.sendRaw(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_TRUE(silent.endsQuietly());
  EXPECT_TRUE(halfway.endsQuietly());
}

}  // namespace stoklab::emulator
