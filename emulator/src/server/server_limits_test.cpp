// The server and those who misuse it: too large, too slow, too many, cut off, or not HTTP at all.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "raw_client.h"
#include "stoklab/emulator/https_server.h"
#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGet = "GET / HTTP/1.1\r\n\r\n";

bool isServing(const HttpsServer& server) {
  RawClient client(server.port());
  const auto answer = client.ask(kGet);
  return answer && answer->status == 200;
}

// Answers with as many bytes as the target says: "/1000".
HttpReply manyBytes(const HttpRequest& request, const Peer&) {
  return {.body = std::string(std::stoul(std::string(request.target.substr(1))), 'x')};
}

}  // namespace

TEST(ServerLimits, RefusesWithAStatusAndCloses) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.limits.maxHeaderBytes = 1024;
  options.limits.maxHeaders = 5;
  options.limits.maxBodyBytes = 100;
  const auto server = startServer(endpoint, options);
  const std::pair<std::string, int> cases[] = {
      {"garbage\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", 413},
      {"GET / HTTP/1.1\r\nA: " + std::string(2000, 'a') + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\n\r\n", 431},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: br\r\n\r\n", 501},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
  };
  std::uint64_t refused = 0;
  for (const auto& [request, status] : cases) {
    SCOPED_TRACE(request);
    RawClient client(server->port());
    const auto answer = client.ask(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status);
    EXPECT_EQ(answer->header("Content-Length"), "0");
    EXPECT_EQ(answer->header("Connection"), "close");
    EXPECT_TRUE(client.endsQuietly());
    EXPECT_EQ(server->counts().badRequests, ++refused);
  }
  EXPECT_EQ(server->counts().requests, 0U);
  EXPECT_TRUE(isServing(*server));
}

TEST(ServerLimits, LetsAClientThatSendsTooMuchReadTheAnswer) {
  EchoEndpoint endpoint;
  for (const bool tls : {true, false}) {
    SCOPED_TRACE(tls ? "TLS" : "plain");
    const auto server = startServer(endpoint, tls ? tlsOptions() : plainOptions());
    RawClient client(server->port(), {.tls = tls});
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n"));
    const std::string block(100'000, 'x');
    for (int i = 0; i < 80; ++i) ASSERT_TRUE(client.send(block)) << "block " << i;
    EXPECT_EQ(client.read().value().status, 413);
  }
}

TEST(ServerLimits, AnswersWhatWasGoodBeforeWhatIsBad) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send("GET /good HTTP/1.1\r\n\r\n\x01 bad\r\n\r\nGET /after HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.read().value().body, "GET /good ");
  EXPECT_EQ(client.read().value().status, 400);
  EXPECT_TRUE(client.endsQuietly());
}

TEST(ServerLimits, StandsThousandsOfBrokenRequests) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, plainOptions());
  const std::string good =
      "POST /ds HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
  std::mt19937 random(1);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int i = 0; i < 3000; ++i) {
    std::string text = good;
    for (std::size_t changes = below(4) + 1; changes > 0; --changes) {
      text[below(text.size())] = static_cast<char>(below(256));
    }
    text.resize(below(text.size()) + 1);
    RawClient client(server->port(), {.tls = false});
    client.send(text);
    if (i % 3 == 0) {
      client.reset();
    } else if (i % 3 == 1) {
      client.finishSending();
      client.endsQuietly();
    }
  }
  RawClient client(server->port(), {.tls = false});
  EXPECT_EQ(client.ask(kGet).value().status, 200);
  EXPECT_TRUE(eventually([&] { return server->counts().open == 1; }));
}

TEST(ServerLimits, SendsA408ToARequestThatDoesNotEnd) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.limits.requestTime = 50ms;
  const auto server = startServer(endpoint, options);
  for (const char* part : {"G", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
                           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
    SCOPED_TRACE(part);
    RawClient client(server->port());
    ASSERT_EQ(client.ask(kGet).value().status, 200);
    EXPECT_EQ(client.ask(part).value().status, 408);
    EXPECT_TRUE(client.endsQuietly());
  }
}

TEST(ServerLimits, CountsTheTimeOfARequestFromItsFirstByteHoweverItDrips) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.limits.requestTime = 100ms;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n"));
  // hears() is the pause between two drops.
  while (!client.hears(10ms) && client.send("X: y\r\n")) {
  }
  EXPECT_EQ(client.read().value().status, 408);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
}

TEST(ServerLimits, ClosesAConnectionThatIsIdleTooLong) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.limits.idleTime = 50ms;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  ASSERT_TRUE(client.ask(kGet));
  EXPECT_TRUE(client.endsQuietly());
  EXPECT_TRUE(client.saidGoodbye());
}

TEST(ServerLimits, CutsOffAReaderThatStalls) {
  FunctionEndpoint endpoint(manyBytes);
  ServerOptions options = tlsOptions();
  options.limits.writeTime = 50ms;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port(), {.receiveBuffer = 4096});
  ASSERT_TRUE(client.send("GET /20000000 HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(eventually([&] { return server->counts().requests == 1; }));
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
}

TEST(ServerLimits, BearsAReaderThatIsSlowAndTakesNoMoreOfItsRequestsMeanwhile) {
  FunctionEndpoint endpoint(manyBytes);
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port(), {.receiveBuffer = 4096});
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += "GET /1000000 HTTP/1.1\r\n\r\n";
  ASSERT_TRUE(client.send(requests));
  EXPECT_TRUE(eventually([&] { return server->counts().requests >= 1; }));
  RawClient other(server->port());
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(other.ask("GET /5 HTTP/1.1\r\n\r\n").value().body, "xxxxx");
  // The kernel takes a few megabytes; the rest must not be computed and kept ahead of time.
  EXPECT_LT(server->counts().requests, 20U + 10U);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(client.read().value().body.size(), 1'000'000U);
}

TEST(ServerLimits, ServesOthersWhileOneSendsByteByByte) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient slow(server->port());
  RawClient other(server->port());
  for (const char c : std::string("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")) {
    ASSERT_TRUE(slow.send(std::string_view(&c, 1)));
    ASSERT_EQ(other.ask(kGet).value().status, 200);
  }
  EXPECT_EQ(slow.read().value().body, "POST / abc");
}

TEST(ServerLimits, ClosesAtOnceWhoComesOverTheLimitOfConnections) {
  EchoEndpoint endpoint;
  ServerOptions options = plainOptions();
  options.limits.maxConnections = 2;
  const auto server = startServer(endpoint, options);
  {
    RawClient one(server->port(), {.tls = false});
    RawClient two(server->port(), {.tls = false});
    ASSERT_TRUE(one.ask(kGet));
    ASSERT_TRUE(two.ask(kGet));
    RawClient three(server->port(), {.tls = false});
    EXPECT_TRUE(three.endsQuietly());
    EXPECT_EQ(server->counts().refusedConnections, 1U);
    EXPECT_TRUE(one.ask(kGet)) << "the others stay";
  }
  EXPECT_TRUE(eventually([&] { return server->counts().open == 0; }));
  RawClient four(server->port(), {.tls = false});
  EXPECT_TRUE(four.ask(kGet));
}

TEST(ServerLimits, SurvivesClientsThatAreGoneBeforeTheirAnswer) {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  // One that an earlier test left behind would come now.
  const timespec atOnce{};
  while (sigtimedwait(&pipe, nullptr, &atOnce) > 0) {
  }
  pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);  // what the server's threads start out with
  FunctionEndpoint endpoint(manyBytes);
  for (const bool tls : {true, false}) {
    const auto server = startServer(endpoint, tls ? tlsOptions() : plainOptions());
    for (int i = 0; i < 40; ++i) {
      RawClient client(server->port(), {.tls = tls, .receiveBuffer = 4096});
      ASSERT_TRUE(client.send("GET /300000 HTTP/1.1\r\n\r\n"));
      ASSERT_TRUE(i % 2 == 0 || client.hears(10s));
      client.reset();
    }
    RawClient client(server->port(), {.tls = tls});
    EXPECT_TRUE(client.ask("GET /1 HTTP/1.1\r\n\r\n"));
  }
}

TEST(ServerLimits, AnswersAClientThatHasFinishedSending) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  ASSERT_TRUE(client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /cut"));
  client.finishSending();
  EXPECT_EQ(client.read().value().body, "GET /1 ");
  EXPECT_EQ(client.read().value().body, "GET /2 ");
  EXPECT_TRUE(client.endsQuietly());
}

TEST(ServerLimits, WaitsWithoutSpinningWhenDescriptorsRunOut) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, plainOptions());
  std::vector<int> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(plainSocket());
  testing::internal::CaptureStderr();  // takes a descriptor, too
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // Two more descriptors than there are; the clients have theirs already.
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 2;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  for (const int client : clients) EXPECT_TRUE(connectTo(client, server->port()));
  const bool twoAreIn = eventually([&] { return server->counts().connections == 2; });
  const std::clock_t busy = std::clock();
  const bool more = eventually([&, until = std::chrono::steady_clock::now() + 300ms] {
    return server->counts().connections > 2 || std::chrono::steady_clock::now() > until;
  });
  const double seconds = static_cast<double>(std::clock() - busy) / CLOCKS_PER_SEC;
  const auto connections = server->counts().connections;
  ::setrlimit(RLIMIT_NOFILE, &before);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(twoAreIn && more);
  EXPECT_EQ(connections, 2U);
  EXPECT_LT(seconds, 0.2) << "of processor time in 0.3 s";
  EXPECT_THAT(said, ::testing::HasSubstr("cannot accept connections"));
  EXPECT_EQ(said.find("cannot accept"), said.rfind("cannot accept")) << "said once";
  EXPECT_TRUE(eventually([&] { return server->counts().connections == 8; })) << "it goes on";
  for (const int client : clients) ::close(client);
}

}  // namespace stoklab::emulator
