// What planted defects make of the server; without one, the same clients are served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

constexpr const char* kGet = "GET / HTTP/1.1\r\n\r\n";

ServerOptions lapsing(const ServerLapses& lapses) {
  ServerOptions options = tlsOptions();
  options.lapses = lapses;
  return options;
}

int statusFor(const HttpsServer& server) {
  RawClient client(server.port());
  const auto answer = client.ask(kGet);
  return answer ? answer->status : 0;
}

}  // namespace

TEST(ServerLapses, AreDeafOnceAfterGarbageInsteadOfTls) {
  EchoEndpoint endpoint;
  for (const bool planted : {false, true}) {
    SCOPED_TRACE(planted);
    const auto server = startServer(endpoint, lapsing({.deafAfterGarbage = planted}));
    RawClient client(server->port(), {.tls = false});
    ASSERT_TRUE(client.send(std::string(300, '\x7f')));
    client.endsQuietly();  // the server has seen it, and closed
    EXPECT_EQ(statusFor(*server), planted ? 0 : 200);
    EXPECT_EQ(statusFor(*server), 200);
  }
}

TEST(ServerLapsesDeathTest, EndTheProcessAtGarbage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        EchoEndpoint endpoint;
        const auto server = startServer(endpoint, lapsing({.diesOfGarbage = true}));
        RawClient client(server->port(), {.tls = false});
        client.send(std::string(300, '\x7f'));
        client.endsQuietly();
      },
      testing::ExitedWithCode(1), "");
}

TEST(ServerLapses, DoNotTakeAnOldTlsVersionForGarbage) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, lapsing({.deafAfterGarbage = true}));
  const RawClient old(server->port(), {.version = TLS1_1_VERSION, .cipherList = "ALL:@SECLEVEL=0"});
  EXPECT_FALSE(old.isConnected());
  EXPECT_EQ(statusFor(*server), 200);
}

TEST(ServerLapses, AreDeafOnceAfterWhatIsNoHttp) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, lapsing({.deafAfterNonsense = true}));
  RawClient client(server->port());
  EXPECT_EQ(client.ask("\x01 nonsense\r\n\r\n").value().status, 400);
  EXPECT_EQ(statusFor(*server), 0);
  EXPECT_EQ(statusFor(*server), 200);
}

TEST(ServerLapses, TurnNeighboursAwayWhileARequestIsThereByHalf) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, lapsing({.turnsNeighboursAway = true}));
  RawClient slow(server->port());
  EXPECT_EQ(statusFor(*server), 200);
  ASSERT_TRUE(slow.send("GET / HT"));
  // The server may learn of the neighbour first.
  EXPECT_TRUE(eventually([&] { return statusFor(*server) == 503; }));
  EXPECT_EQ(slow.ask("TP/1.1\r\n\r\n").value().status, 200);
  EXPECT_EQ(statusFor(*server), 200);
}

TEST(ServerLapses, ForgetAHalfRequestWhoseClientIsGone) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, lapsing({.turnsNeighboursAway = true}));
  {
    RawClient slow(server->port());
    ASSERT_TRUE(slow.send("GET / HT"));
    EXPECT_TRUE(eventually([&] { return statusFor(*server) == 503; }));
  }
  EXPECT_TRUE(eventually([&] { return statusFor(*server) == 200; }));
}

TEST(ServerLapses, RefuseARequestInTooManyPieces) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, lapsing({.mostPieces = 3}));
  RawClient client(server->port());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(kGet).value().status, 200);
  for (const char piece : std::string_view("GET /")) client.send(std::string(1, piece));
  EXPECT_EQ(client.read().value().status, 408);
}

TEST(ServerLapses, TakeABodyThatEndsEarlyForAWholeOne) {
  EchoEndpoint endpoint;
  for (const bool planted : {false, true}) {
    SCOPED_TRACE(planted);
    const auto server = startServer(endpoint, lapsing({.servesCutBodies = planted}));
    {
      RawClient client(server->port());
      ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"));
    }
    EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
    EXPECT_EQ(server->counts().requests, planted ? 1U : 0U);
  }
}

TEST(ServerLapses, StateALengthThatIsNotTheBodys) {
  FunctionEndpoint endpoint(
      [](const HttpRequest&, const Peer&) { return HttpReply{.body = "four", .statedLength = 3}; });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto answer = client.ask(kGet);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("Content-Length"), "3");
  EXPECT_EQ(answer->body, "fou");
}

TEST(ServerLapses, KeepAConnectionThatWasToBeClosed) {
  FunctionEndpoint endpoint(
      [](const HttpRequest&, const Peer&) { return HttpReply{.afterwards = Afterwards::stay}; });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").value().status, 200);
}

}  // namespace stoklab::emulator
