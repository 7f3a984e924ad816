// Answers that are kept back: who waits for them, and who does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kQuick = "GET / HTTP/1.1\r\n\r\n";
constexpr const char* kLate = "GET /late HTTP/1.1\r\n\r\n";

// Keeps back what is asked of a target that begins "/late".
FunctionEndpoint lateBy(std::chrono::milliseconds delay) {
  return FunctionEndpoint([delay](const HttpRequest& request, const Peer&) {
    HttpReply reply = echo(request);
    if (request.target.starts_with("/late")) reply.delay = delay;
    if (request.target == "/late/drop") reply.afterwards = Afterwards::drop;
    return reply;
  });
}

}  // namespace

TEST(ServerDelay, KeepsAnAnswerBackThatLong) {
  auto endpoint = lateBy(120ms);
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto begin = Clock::now();
  EXPECT_EQ(client.ask(kLate).value().body, "GET /late ");
  EXPECT_GE(Clock::now() - begin, 120ms);
}

TEST(ServerDelay, HoldsUpNobodyElse) {
  auto endpoint = lateBy(30s);
  const auto server = startServer(endpoint, tlsOptions());
  RawClient late(server->port());
  ASSERT_TRUE(late.send(kLate));
  RawClient quick(server->port());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(quick.ask(kQuick).value().body, "GET / ");
  EXPECT_FALSE(late.hears(0ms));
}

TEST(ServerDelay, KeepsTheOrderOfOneConnection) {
  auto endpoint = lateBy(50ms);
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send(std::string(kQuick) + kLate + kQuick + kLate));
  for (const char* body : {"GET / ", "GET /late ", "GET / ", "GET /late "})
    EXPECT_EQ(client.read().value().body, body);
}

TEST(ServerDelay, ServesTheShorterDelayFirst) {
  FunctionEndpoint endpoint([](const HttpRequest& request, const Peer&) {
    HttpReply reply = echo(request);
    reply.delay = request.target == "/long" ? 20s : 50ms;
    return reply;
  });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient later(server->port()), sooner(server->port());
  ASSERT_TRUE(later.send("GET /long HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(sooner.ask("GET /short HTTP/1.1\r\n\r\n").value().body, "GET /short ");
  EXPECT_FALSE(later.hears(0ms));
}

TEST(ServerDelay, EndsAConnectionLateThatGetsNoAnswer) {
  auto endpoint = lateBy(80ms);
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  const auto begin = Clock::now();
  ASSERT_TRUE(client.send("GET /late/drop HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(client.endsQuietly());
  EXPECT_GE(Clock::now() - begin, 80ms);
}

TEST(ServerDelay, ForgetsAClientThatWillNotWait) {
  auto endpoint = lateBy(30s);
  const auto server = startServer(endpoint, plainOptions());
  {
    RawClient client(server->port(), {.tls = false});
    ASSERT_TRUE(client.send(kLate));
    ASSERT_TRUE(eventually([&] { return server->counts().open == 1; }));
    RawClient other(server->port(), {.tls = false});
    ASSERT_TRUE(other.ask(kQuick).has_value());  // the first request has been read, too
    client.reset();
  }
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerDelay, EndsWhenTheServerStops) {
  auto endpoint = lateBy(30s);
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send(kLate));
  RawClient other(server->port());
  ASSERT_TRUE(other.ask(kQuick).has_value());
  const auto begin = Clock::now();
  server->stop(20s);
  EXPECT_LT(Clock::now() - begin, 10s);
  EXPECT_EQ(client.read().value().body, "GET /late ");
}

}  // namespace stoklab::emulator
