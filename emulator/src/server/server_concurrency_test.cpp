// Many clients at once, slow requests on the worker thread, and the end of the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGet = "GET / HTTP/1.1\r\n\r\n";
constexpr const char* kSlow = "GET /slow HTTP/1.1\r\n\r\n";

}  // namespace

TEST(ServerConcurrency, Serves200ConnectionsThatAreOpenAtOnce) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<RawClient>(server->port()));
  EXPECT_EQ(server->counts().open, 200U);
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients) ASSERT_TRUE(client->send(kGet));
    for (auto& client : clients) ASSERT_EQ(client->read().value().body, "GET / ");
  }
  EXPECT_EQ(server->counts().requests, 600U);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerConcurrency, ServesClientsOnManyThreadsThatComeAndGo) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        RawClient client(server->port());
        const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
        for (int n = 0; n < 5; ++n) {
          const auto answer = client.ask("GET " + target + " HTTP/1.1\r\n\r\n");
          if (answer && answer->body == "GET " + target + " ") ++good;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 8 * 10 * 5);
}

TEST(ServerConcurrency, ServesQuickRequestsWhileASlowOneIsWithTheWorker) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient slow(server->port());
  ASSERT_TRUE(slow.send(kSlow));
  endpoint.gate.awaitArrival();
  RawClient quick(server->port());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(quick.ask(kGet).value().body, "GET / ");
  EXPECT_FALSE(slow.hears(0ms));
  endpoint.gate.open();
  EXPECT_EQ(slow.read().value().body, "GET /slow ");
  EXPECT_EQ(slow.ask(kGet).value().body, "GET / ");
}

TEST(ServerConcurrency, KeepsTheOrderAroundASlowRequest) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(
      client.send("GET /1 HTTP/1.1\r\n\r\nPOST /slow HTTP/1.1\r\nX: y\r\nContent-Length: 4"
                  "\r\n\r\nbodyGET /2 HTTP/1.1\r\n\r\n"));
  endpoint.gate.awaitArrival();
  EXPECT_EQ(client.read().value().body, "GET /1 ") << "need not wait for the slow one";
  ASSERT_TRUE(client.send("GET /3 HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(client.send("HEAD /slow HTTP/1.1\r\n\r\n"));
  endpoint.gate.open();
  EXPECT_EQ(client.read().value().body, "POST /slow body");
  EXPECT_EQ(client.read().value().body, "GET /2 ");
  EXPECT_EQ(client.read().value().body, "GET /3 ");
  EXPECT_EQ(client.read(false).value().header("Content-Length"), "11");
}

class ServerEffort : public testing::TestWithParam<Effort> {};
INSTANTIATE_TEST_SUITE_P(HeavyAndLengthy, ServerEffort,
                         testing::Values(Effort::heavy, Effort::lengthy));

TEST_P(ServerEffort, IsAnsweredManyTimesAtOnceEachToItsOwnClient) {
  class Slow : public EchoEndpoint {
   public:
    explicit Slow(Effort effort) : effort_(effort) {}
    Effort effortOf(const HttpRequest&) const override { return effort_; }

   private:
    const Effort effort_;
  };
  Slow endpoint(GetParam());
  const auto server = startServer(endpoint, tlsOptions());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<RawClient>(server->port()));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_TRUE(clients[i]->send("GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n"));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_EQ(clients[i]->read().value().body, "GET /" + std::to_string(i) + " ");
    }
  }
}

TEST(ServerConcurrency, SaysWhenARequestCameInHoweverLongItWaited) {
  class Waiting : public GatedEndpoint {
   public:
    HttpReply handle(const HttpRequest& request, const Peer& peer) override {
      const auto begun = std::chrono::steady_clock::now();
      HttpReply reply = GatedEndpoint::handle(request, peer);
      reply.body = request.received <= begun && request.received >= since ? "before" : "at no time";
      if (request.received < opened.load()) reply.body += ", while the gate was shut";
      return reply;
    }
    const std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    std::atomic<std::chrono::steady_clock::time_point> opened{
        std::chrono::steady_clock::time_point::max()};
  };
  Waiting endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient first(server->port()), second(server->port());
  ASSERT_TRUE(first.send(kSlow));
  endpoint.gate.awaitArrival();
  ASSERT_TRUE(second.send(kSlow));
  EXPECT_EQ(RawClient(server->port()).ask(kGet).value().body, "before, while the gate was shut");
  endpoint.opened = std::chrono::steady_clock::now();
  endpoint.gate.open();
  EXPECT_EQ(first.read().value().body, "before, while the gate was shut");
  EXPECT_EQ(second.read().value().body, "before, while the gate was shut");
  EXPECT_EQ(second.ask(kGet).value().body, "before");
}

TEST(ServerConcurrency, SurvivesClientsThatLeaveWhileTheirRequestIsWithTheWorker) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient first(server->port());
  ASSERT_TRUE(first.send(kSlow));
  endpoint.gate.awaitArrival();
  for (int i = 0; i < 10; ++i) {
    RawClient queued(server->port());
    ASSERT_TRUE(queued.send(kSlow));
    ASSERT_TRUE(i % 2 == 0 || queued.send(kGet));
    ASSERT_TRUE(eventually([&] { return server->counts().handshakes == 2U + unsigned(i); }));
    if (i % 3 == 0) queued.reset();
  }
  first.reset();
  endpoint.gate.open();
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
  RawClient client(server->port());
  EXPECT_EQ(client.ask(kSlow).value().body, "GET /slow ");
}

TEST(ServerConcurrency, AnswersASlowRequestToAClientThatHasFinishedSending) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send(kSlow));
  client.finishSending();
  endpoint.gate.awaitArrival();
  endpoint.gate.open();
  EXPECT_EQ(client.read().value().body, "GET /slow ");
  EXPECT_TRUE(client.endsQuietly());
}

TEST(ServerConcurrency, StopLetsRequestsFinishAndClosesTheOthersAtOnce) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient slow(server->port());
  RawClient idle(server->port());
  RawClient handshaking(server->port(), {.tls = false});
  ASSERT_TRUE(idle.ask(kGet));
  ASSERT_TRUE(slow.send(kSlow));
  endpoint.gate.awaitArrival();
  std::thread stopping([&] { server->stop(60s); });
  EXPECT_TRUE(idle.endsQuietly());
  EXPECT_TRUE(handshaking.endsQuietly());
  EXPECT_TRUE(idle.saidGoodbye());
  EXPECT_FALSE(slow.hears(0ms));
  endpoint.gate.open();
  const auto answer = slow.read();
  stopping.join();
  EXPECT_EQ(answer.value().body, "GET /slow ");
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_EQ(server->counts().open, 0U);
  EXPECT_FALSE(RawClient(server->port(), {.tls = false}).isConnected());
  server->stop(60s);
}

TEST(ServerConcurrency, StopAnswersWhatHasArrivedBefore) {
  EchoEndpoint endpoint;
  for (int i = 0; i < 20; ++i) {
    const auto server = startServer(endpoint, plainOptions());
    RawClient client(server->port(), {.tls = false});
    ASSERT_TRUE(client.ask(kGet));
    ASSERT_TRUE(client.send("GET /last HTTP/1.1\r\n\r\n"));
    server->stop(10s);
    ASSERT_EQ(client.read().value().body, "GET /last ");
  }
}

TEST(ServerConcurrency, StopEndsWhatIsUnfinishedWhenItsPatienceDoes) {
  GatedEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient slow(server->port());
  RawClient halfway(server->port());
  ASSERT_TRUE(halfway.send("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"));
  ASSERT_TRUE(slow.send(kSlow));
  endpoint.gate.awaitArrival();
  std::thread stopping([&] { server->stop(30ms); });
  EXPECT_TRUE(halfway.endsQuietly());
  EXPECT_TRUE(slow.endsQuietly());
  endpoint.gate.open();  // a handler cannot be interrupted: stop() waits for this one
  stopping.join();
}

TEST(ServerConcurrency, CanBeStartedAgainOnTheSamePort) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  for (int i = 0; i < 5; ++i) {
    const auto server = startServer(endpoint, options);
    options.port = server->port();
    RawClient client(server->port());
    ASSERT_EQ(client.ask(kGet).value().body, "GET / ");
  }
}

}  // namespace stoklab::emulator
