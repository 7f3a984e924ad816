// Scripted faults of TCP and TLS, as a client sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>

#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;
using Kind = ConnectionFault::Kind;

constexpr const char* kGet = "GET / HTTP/1.1\r\n\r\n";
constexpr const char* kFaulty = "GET /faulty HTTP/1.1\r\n\r\n";

// What is asked of "/faulty" is answered so.
FunctionEndpoint answering(WireFault fault, Afterwards afterwards = Afterwards::asRequested) {
  return FunctionEndpoint([fault = std::make_shared<const WireFault>(std::move(fault)), afterwards](
                              const HttpRequest& request, const Peer&) {
    HttpReply reply = echo(request);
    if (request.target != "/faulty") return reply;
    reply.wireFault = fault;
    reply.afterwards = afterwards;
    return reply;
  });
}

// One fault for each connection, in their order; then none.
class InTurn final : public ConnectionScript {
 public:
  explicit InTurn(std::deque<std::optional<ConnectionFault>> faults) : faults_(std::move(faults)) {}

  std::optional<ConnectionFault> onConnection(Peer& peer) override {
    const std::lock_guard lock(mutex_);
    peer.connection = ++connections_;
    if (faults_.empty()) return std::nullopt;
    auto fault = std::move(faults_.front());
    faults_.pop_front();
    return fault;
  }

 private:
  std::mutex mutex_;
  std::deque<std::optional<ConnectionFault>> faults_;
  std::uint64_t connections_ = 0;
};

ServerOptions with(ServerOptions options, std::deque<std::optional<ConnectionFault>> faults) {
  options.connections = std::make_shared<InTurn>(std::move(faults));
  return options;
}

// All bytes until the end, in the pieces that they came in.
struct Heard {
  std::vector<std::string> pieces = {};
  std::string text = {};
  int error = 0;  // errno, where the end was none
};

Heard hearAll(int descriptor) {
  Heard heard;
  char chunk[4096];
  while (true) {
    const ssize_t count = ::recv(descriptor, chunk, sizeof chunk, 0);
    if (count <= 0) {
      heard.error = count < 0 ? errno : 0;
      return heard;
    }
    heard.pieces.emplace_back(chunk, static_cast<std::size_t>(count));
    heard.text += heard.pieces.back();
  }
}

// A connection that is only TCP, to a server that speaks TLS.
struct Bare {
  explicit Bare(std::uint16_t port) : client(port, {.tls = false}) {}
  RawClient client;
  int descriptor() const { return client.descriptor(); }
};

std::string certificateOf(RawClient& client) {
  X509* const certificate = SSL_get1_peer_certificate(client.ssl());
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  X509_free(certificate);
  return text;
}

}  // namespace

TEST(ServerFaults, ResetAConnectionBeforeItsFirstBytesAreRead) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, with(plainOptions(), {{{.kind = Kind::reset}}}));
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.isConnected());
  EXPECT_FALSE(client.hears(0ms));
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(hearAll(client.descriptor()).error, ECONNRESET);
  EXPECT_EQ(server->counts().requests, 0U);
  EXPECT_TRUE(RawClient(server->port(), {.tls = false}).ask(kGet));
}

TEST(ServerFaults, AnswerTheHandshakeByAnAlert) {
  EchoEndpoint endpoint;
  const auto server =
      startServer(endpoint, with(tlsOptions(), {{{.kind = Kind::alert, .alert = 48}}}));
  Bare bare(server->port());
  ASSERT_TRUE(bare.client.sendRaw("anything"));
  const Heard heard = hearAll(bare.descriptor());
  EXPECT_EQ(heard.text, std::string("\x15\x03\x03\x00\x02\x02\x30", 7));
  EXPECT_EQ(heard.error, 0);
  EXPECT_EQ(server->counts().handshakes, 0U);
  EXPECT_TRUE(RawClient(server->port()).ask(kGet));
}

TEST(ServerFaults, LeaveAHandshakeUnanswered) {
  EchoEndpoint endpoint;
  ServerOptions options = with(tlsOptions(), {{{.kind = Kind::handshakeStall}}});
  options.limits.handshakeTime = 150ms;
  const auto server = startServer(endpoint, options);
  Bare bare(server->port());
  ASSERT_TRUE(bare.client.sendRaw("anything"));
  const Heard heard = hearAll(bare.descriptor());
  EXPECT_EQ(heard.text, "");
}

TEST(ServerFaults, LetAStalledHandshakeGoWithItsClient) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, with(tlsOptions(), {{{.kind = Kind::handshakeStall}}}));
  {
    Bare bare(server->port());
    ASSERT_TRUE(eventually([&] { return server->counts().open == 1; }));
  }
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerFaults, ShowAnotherCertificate) {
  EchoEndpoint endpoint;
  const auto other = std::make_shared<const Identity>(makeIdentity({.keyBits = 1024}).value());
  const auto server = startServer(
      endpoint, with(tlsOptions(),
                     {std::nullopt, ConnectionFault{.kind = Kind::certificate, .identity = other},
                      std::nullopt}));
  RawClient usual(server->port()), swapped(server->port()), again(server->port());
  EXPECT_NE(certificateOf(swapped), certificateOf(usual));
  EXPECT_EQ(certificateOf(again), certificateOf(usual));
  EXPECT_EQ(swapped.ask(kGet).value().body, "GET / ");
}

TEST(ServerFaults, ShowAnotherCertificateAlsoToWhoeverWouldResume) {
  EchoEndpoint endpoint;
  const auto other = std::make_shared<const Identity>(makeIdentity({.keyBits = 1024}).value());
  for (const bool tickets : {true, false}) {
    SCOPED_TRACE(tickets);
    const auto server = startServer(
        endpoint,
        with(tlsOptions(), {std::nullopt, std::nullopt,
                            ConnectionFault{.kind = Kind::certificate, .identity = other}}));
    RawClient first(server->port(), {.tickets = tickets});
    ASSERT_TRUE(first.ask(kGet));
    SSL_SESSION* const session = SSL_get1_session(first.ssl());
    RawClient resumed(server->port(), {.session = session, .tickets = tickets});
    ASSERT_TRUE(resumed.ask(kGet));
    EXPECT_EQ(SSL_session_reused(resumed.ssl()), 1);
    RawClient swapped(server->port(), {.session = session, .tickets = tickets});
    ASSERT_TRUE(swapped.ask(kGet));
    EXPECT_EQ(SSL_session_reused(swapped.ssl()), 0);
    EXPECT_NE(certificateOf(swapped), certificateOf(first));
    SSL_SESSION_free(session);
  }
}

TEST(ServerFaults, CloseAnIdleConnectionEarly) {
  EchoEndpoint endpoint;
  for (const ServerOptions& options : {tlsOptions(), plainOptions()}) {
    const bool tls = options.tls.enabled;
    SCOPED_TRACE(tls);
    const ConnectionFault fault{.kind = Kind::closeIdle, .time = 60ms};
    const auto server = startServer(endpoint, with(options, {fault, fault}));
    RawClient silent(server->port(), {.tls = tls});
    EXPECT_TRUE(silent.endsQuietly());
    EXPECT_EQ(silent.saidGoodbye(), tls);
    RawClient busy(server->port(), {.tls = tls});
    ASSERT_TRUE(busy.send(kGet));
    EXPECT_EQ(busy.read().value().body, "GET / ");
    EXPECT_TRUE(busy.endsQuietly());
  }
}

TEST(ServerFaults, KeepThoseThatAreNotIdle) {
  GatedEndpoint endpoint;
  const auto server = startServer(
      endpoint, with(plainOptions(), {ConnectionFault{.kind = Kind::closeIdle, .time = 1h}}));
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.send("GET /slow HTTP/1.1\r\n\r\n"));
  endpoint.gate.awaitArrival();
  endpoint.gate.open();
  EXPECT_TRUE(client.read());
  EXPECT_TRUE(client.ask(kGet));
}

TEST(ServerFaults, SpareAServerWithoutTlsThoseOfTls) {
  EchoEndpoint endpoint;
  const auto server = startServer(
      endpoint, with(plainOptions(), {{{.kind = Kind::alert}}, {{.kind = Kind::handshakeStall}}}));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(RawClient(server->port(), {.tls = false}).ask(kGet));
}

TEST(ServerFaults, NumberTheRequestsOfAConnection) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer& peer) {
    return HttpReply{.body = std::to_string(peer.connection) + "." + std::to_string(peer.request)};
  });
  const auto server = startServer(endpoint, with(plainOptions(), {}));
  RawClient first(server->port(), {.tls = false}), second(server->port(), {.tls = false});
  EXPECT_EQ(first.ask(kGet).value().body, "1.1");
  EXPECT_EQ(first.ask(kGet).value().body, "1.2");
  EXPECT_EQ(second.ask(kGet).value().body, "2.1");
}

TEST(ServerFaults, CutAnAnswerByTcpAlone) {
  for (const bool tls : {true, false}) {
    SCOPED_TRACE(tls);
    auto endpoint = answering({.cutAfter = 20});
    const auto server = startServer(endpoint, tls ? tlsOptions() : plainOptions());
    RawClient client(server->port(), {.tls = tls});
    ASSERT_TRUE(client.send(std::string(kGet) + kFaulty + kGet));
    EXPECT_EQ(client.read().value().body, "GET / ");
    EXPECT_FALSE(client.read());
    EXPECT_FALSE(client.saidGoodbye());
    EXPECT_EQ(server->counts().requests, 2U);
  }
}

TEST(ServerFaults, SendAsMuchOfAnAnswerAsTheyShould) {
  auto endpoint = answering({.cutAfter = 20});
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.send(kFaulty));
  const Heard heard = hearAll(client.descriptor());
  EXPECT_EQ(heard.text, "HTTP/1.1 200 OK\r\nCon");
  EXPECT_EQ(heard.error, 0);
}

TEST(ServerFaults, ResetAConnectionWhoseRequestHasBeenRead) {
  auto endpoint = answering({.cutAfter = 0, .reset = true});
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.ask(kGet));
  ASSERT_TRUE(client.send(kFaulty));
  const Heard heard = hearAll(client.descriptor());
  EXPECT_EQ(heard.text, "");
  EXPECT_EQ(heard.error, ECONNRESET);
  EXPECT_EQ(server->counts().requests, 2U);
}

TEST(ServerFaults, NeverAnswerARequest) {
  auto endpoint = answering({.cutAfter = 0, .stall = true});
  ServerOptions options = tlsOptions();
  options.limits.idleTime = 200ms;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  ASSERT_TRUE(client.send(std::string(kFaulty) + kGet));
  EXPECT_TRUE(client.endsQuietly());
  EXPECT_FALSE(client.saidGoodbye());
}

TEST(ServerFaults, LetAStalledConnectionGoWithItsClient) {
  auto endpoint = answering({.cutAfter = 0, .stall = true});
  const auto server = startServer(endpoint, tlsOptions());
  {
    RawClient client(server->port());
    ASSERT_TRUE(client.send(kFaulty));
    ASSERT_TRUE(eventually([&] { return server->counts().requests == 1; }));
  }
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerFaults, SendOtherBytesInPlaceOfAnAnswer) {
  auto endpoint = answering({.instead = "\x80 no HTTP"}, Afterwards::close);
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.send(kFaulty));
  EXPECT_EQ(hearAll(client.descriptor()).text, "\x80 no HTTP");
}

TEST(ServerFaults, SendAnAnswerInSmallPieces) {
  auto endpoint = answering({.bytesPerSecond = 1000});
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.send(std::string("POST /faulty HTTP/1.1\r\nContent-Length: 300\r\n\r\n") +
                          std::string(300, 'x') + kGet));
  ASSERT_TRUE(client.read().value().body.ends_with(std::string(300, 'x')));
  EXPECT_EQ(client.read().value().body, "GET / ");
}

TEST(ServerFaults, SendSlowAnswersAtThatRate) {
  auto endpoint = answering({.cutAfter = 50, .bytesPerSecond = 200});
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.send(kFaulty));
  std::vector<std::size_t> sizes;
  char chunk[4096];
  std::size_t got = 0;
  while (SSL_read_ex(client.ssl(), chunk, sizeof chunk, &got) == 1) sizes.push_back(got);
  ERR_clear_error();
  // A record each, a tenth of a second apart.
  EXPECT_THAT(sizes, testing::ElementsAre(20U, 20U, 10U));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
}

TEST(ServerFaults, HoldUpNobodyElseBySlowAnswers) {
  auto endpoint = answering({.bytesPerSecond = 1});
  const auto server = startServer(endpoint, tlsOptions());
  RawClient slow(server->port()), quick(server->port());
  ASSERT_TRUE(slow.send(kFaulty));
  for (int i = 0; i < 20; ++i) ASSERT_EQ(quick.ask(kGet).value().body, "GET / ");
}

TEST(ServerFaults, KeepNothingBackFromAServerThatStops) {
  auto endpoint = answering({.bytesPerSecond = 1});
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send(kFaulty));
  ASSERT_TRUE(eventually([&] { return server->counts().requests == 1; }));
  server->stop(5s);
  EXPECT_EQ(client.read().value().body, "GET /faulty ");
}

TEST(ServerFaults, EndWithTheServer) {
  auto endpoint = answering({.cutAfter = 0, .stall = true});
  ServerOptions options = with(tlsOptions(), {ConnectionFault{.kind = Kind::handshakeStall},
                                              ConnectionFault{.kind = Kind::reset}, std::nullopt});
  const auto server = startServer(endpoint, options);
  Bare stalled(server->port()), doomed(server->port());
  RawClient client(server->port());
  ASSERT_TRUE(client.send(kFaulty));
  ASSERT_TRUE(eventually([&] { return server->counts().requests == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(1h);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30min);
  EXPECT_TRUE(client.endsQuietly());
}

}  // namespace stoklab::emulator
