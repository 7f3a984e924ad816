// The transport over plain HTTP and TLS against a server that misbehaves on demand: connections,
// deadlines, and above all how often a request is executed.
#include "stoklab/client/https_transport.h"

#include "stoklab/client/testing/scripted_server.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::Execution;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using testing::answerInTurn;
using testing::Handshake;
using testing::jsonAnswer;
using testing::Peer;
using testing::ScriptedServer;

namespace {

constexpr const char* kOk = R"({"error_code":0})";

HttpsOptions optionsFor(const ScriptedServer& server, Deadlines deadlines = {}) {
  return {.host = "127.0.0.1", .port = server.port(), .deadlines = deadlines};
}

HttpExchange setRequest() {
  return {.path = "/stok=9c0ffee1/ds",
          .body = R"({"method":"set","image":{"switch":{"pre_night_vision_mode":"off"}}})"};
}

}  // namespace

TEST(HttpsTransport, CarriesARequestAndItsAnswer) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk, 401)}));
  HttpsTransport transport(optionsFor(server));
  const auto answer = transport.exchange(setRequest());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(answer->body, kOk);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].body, setRequest().body);
  EXPECT_THAT(server.requests()[0].head, HasSubstr("POST /stok=9c0ffee1/ds HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[0].head,
              HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
}

TEST(HttpsTransport, SpeaksPlainHttpToo) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}), {.handshake = Handshake::plain});
  HttpsTransport transport({.port = server.port(), .tls = false});
  EXPECT_THAT(transport.exchange(setRequest()), IsOk());
  EXPECT_THAT(transport.exchange(setRequest()), IsOk());
  EXPECT_EQ(transport.connectionsOpened(), 1U);
  EXPECT_FALSE(transport.tlsFacts().has_value());
}

TEST(HttpsTransport, ReachesAnIpv6AddressWithAndWithoutBrackets) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}), {.listenOn = "::1"});
  for (const char* host : {"::1", "[::1]"}) {
    HttpsTransport transport({.host = host, .port = server.port()});
    EXPECT_THAT(transport.exchange(setRequest()), IsOk());
    EXPECT_THAT(server.requests().back().head,
                HasSubstr("Host: [::1]:" + std::to_string(server.port())));
  }
}

TEST(HttpsTransport, KeepsTheConnectionWhileTheDeviceDoes) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport transport(optionsFor(server));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(transport.exchange(setRequest()), IsOk());
  EXPECT_EQ(transport.connectionsOpened(), 1U);
  EXPECT_EQ(transport.requestsSent(), 3U);
}

TEST(HttpsTransport, OpensANewConnectionWhenTheDeviceClosesAfterEachAnswer) {
  for (const char* head :
       {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"}) {
    SCOPED_TRACE(head);
    ScriptedServer server([&](Peer& peer) {
      if (peer.readRequest()) peer.write(std::string(head) + "{}");
    });
    HttpsTransport transport(optionsFor(server));
    for (int i = 0; i < 3; ++i) {
      const auto answer = transport.exchange(setRequest());
      ASSERT_THAT(answer, IsOk());
      EXPECT_EQ(answer->body, "{}");
    }
    EXPECT_EQ(transport.connectionsOpened(), 3U);
    EXPECT_EQ(server.requests().size(), 3U);
  }
}

TEST(HttpsTransport, ReadsAChunkedAnswer) {
  ScriptedServer server(
      answerInTurn({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"}));
  HttpsTransport transport(optionsFor(server));
  EXPECT_EQ(transport.exchange(setRequest())->body, "{}");
  EXPECT_THAT(transport.exchange(setRequest()), IsOk());
  EXPECT_EQ(transport.connectionsOpened(), 1U);
}

TEST(HttpsTransport, ReadsAnAnswerOfManyRecords) {
  const std::string body(3'000'000, 'x');
  ScriptedServer server(answerInTurn({jsonAnswer(body)}));
  HttpsTransport transport(optionsFor(server));
  const auto answer = transport.exchange(setRequest());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, body);
}

TEST(HttpsTransport, SendsABodyOfManyRecordsWhole) {
  ScriptedServer server(answerInTurn({jsonAnswer(kOk)}));
  HttpsTransport transport(optionsFor(server));
  const std::string body(3'000'000, 'x');
  ASSERT_THAT(transport.exchange({.body = body}), IsOk());
  EXPECT_EQ(server.requests()[0].body, body);
}

// A kept connection that the device has closed in the meantime is seen before it is used.
TEST(HttpsTransport, ExecutesASetOnceAfterTheDeviceClosedTheIdleConnection) {
  for (const bool rudely : {false, true}) {
    SCOPED_TRACE(rudely ? "by a reset" : "in good order");
    ScriptedServer server([&](Peer& peer) {
      if (peer.readRequest()) peer.write(jsonAnswer(kOk));
      if (peer.number() == 2) peer.hold();
      if (rudely) peer.reset();
    });
    HttpsTransport transport(optionsFor(server));
    ASSERT_THAT(transport.exchange({.body = "first"}), IsOk());
    server.waitForClosed(1);

    ASSERT_THAT(transport.exchange(setRequest()), IsOk());
    EXPECT_FALSE(transport.keptConnectionDied());
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[1].body, setRequest().body);
    EXPECT_EQ(requests[1].connection, 2);
  }
}

TEST(HttpsTransport, DoesNotUseAConnectionOnWhichTheDeviceSpokeUnasked) {
  ScriptedServer server([](Peer& peer) {
    if (peer.readRequest()) peer.write(jsonAnswer(kOk) + jsonAnswer("smuggled"));
    peer.hold();
  });
  HttpsTransport transport(optionsFor(server));
  EXPECT_EQ(transport.exchange(setRequest())->body, kOk);
  EXPECT_EQ(transport.exchange(setRequest())->body, kOk);
  EXPECT_EQ(transport.connectionsOpened(), 2U);
}

// The device dies after it has read the whole request: nobody knows whether it was carried out.
TEST(HttpsTransport, SaysThatASetMayHaveRunWhenTheDeviceDiesAfterReadingIt) {
  for (const bool rudely : {false, true}) {
    SCOPED_TRACE(rudely ? "by a reset" : "in good order");
    ScriptedServer server([&](Peer& peer) {
      peer.readRequest();
      if (rudely) peer.reset();
    });
    HttpsTransport transport(optionsFor(server));
    const auto answer = transport.exchange(setRequest());
    ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
    EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
    EXPECT_FALSE(transport.keptConnectionDied()) << "the connection was new";
    server.waitForClosed(1);
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(transport.requestsSent(), 1U);
  }
}

// The same on a kept connection: a careless client would reconnect and send again here.
TEST(HttpsTransport, SendsASetOnlyOnceWhenAKeptConnectionDiesUnderIt) {
  ScriptedServer server([](Peer& peer) {
    if (peer.readRequest()) peer.write(jsonAnswer(kOk));
    peer.readRequest();
  });
  HttpsTransport transport(optionsFor(server));
  ASSERT_THAT(transport.exchange({.body = "first"}), IsOk());
  const auto answer = transport.exchange(setRequest());
  ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
  EXPECT_TRUE(transport.keptConnectionDied());
  server.waitForClosed(1);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(transport.connectionsOpened(), 1U);
}

TEST(HttpsTransport, SaysThatARequestOfWhichAPartNeverLeftDidNotRun) {
  ScriptedServer server([](Peer& peer) { peer.hold(); });  // reads nothing
  HttpsTransport transport(optionsFor(server, {.total = 100ms}));
  ASSERT_THAT(transport.connect(), IsOk());
  const auto answer = transport.exchange({.body = std::string(16 * 1024 * 1024, 'x')});
  ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_EQ(answer.error().execution, Execution::didNotRun);
  EXPECT_THAT(answer, FailsSaying(HasSubstr("did not take the whole request")));
}

TEST(HttpsTransport, NamesTheDeviceButNeverTheTokenInAnError) {
  ScriptedServer server([](Peer& peer) { peer.readRequest(); });
  HttpsTransport transport(optionsFor(server));
  const auto answer = transport.exchange(setRequest());
  EXPECT_THAT(answer, FailsSaying(HasSubstr("127.0.0.1:" + std::to_string(server.port()))));
  EXPECT_THAT(answer, FailsSaying(Not(HasSubstr("9c0ffee1"))));
}

TEST(HttpsTransport, SaysHowFarAnAnswerCame) {
  ScriptedServer server([](Peer& peer) {
    peer.readRequest();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n" + std::string(512, 'x'));
  });
  HttpsTransport transport(optionsFor(server));
  const auto answer = transport.exchange(setRequest());
  EXPECT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_THAT(answer, FailsSaying(HasSubstr("closed after 512 of 2048 bytes of the body")));
  EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
}

TEST(HttpsTransport, RefusesAnAnswerThatIsNotHttp) {
  ScriptedServer server([](Peer& peer) {
    peer.readRequest();
    peer.write("GARBAGE GARBAGE GARBAGE");
    peer.hold();
  });
  HttpsTransport transport(optionsFor(server));
  const auto answer = transport.exchange(setRequest());
  EXPECT_THAT(answer, FailsWith(ErrorKind::malformed));
  EXPECT_THAT(answer, FailsSaying(HasSubstr("not HTTP")));
  EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
}

TEST(HttpsTransport, RefusesAnAnswerThatIsTooLong) {
  ScriptedServer server(answerInTurn({jsonAnswer(std::string(2'000, 'x'))}));
  HttpsTransport transport({.port = server.port(), .maxAnswerBytes = 1'000});
  const auto answer = transport.exchange(setRequest());
  EXPECT_THAT(answer, FailsWith(ErrorKind::malformed));
  EXPECT_THAT(answer, FailsSaying(HasSubstr("1000 bytes")));
}

TEST(HttpsTransport, ReportsAPortOnWhichNobodyListens) {
  std::uint16_t port = 0;
  {
    ScriptedServer server([](Peer&) {});
    port = server.port();
  }
  HttpsTransport transport({.port = port});
  const auto answer = transport.exchange(setRequest());
  EXPECT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_EQ(answer.error().execution, Execution::didNotRun);
  EXPECT_EQ(transport.requestsSent(), 0U);
}

TEST(HttpsTransport, ReportsANameThatDoesNotResolve) {
  HttpsTransport transport({.host = "no-such-host.invalid"});
  EXPECT_THAT(transport.connect(), FailsSaying(HasSubstr("could not be resolved")));
}

TEST(HttpsTransport, GivesUpOnSilenceAfterTheReadDeadline) {
  ScriptedServer server([](Peer& peer) {
    peer.readRequest();
    peer.hold();
  });
  HttpsTransport transport(optionsFor(server, {.read = 50ms}));
  const auto answer = transport.exchange(setRequest());
  ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_THAT(answer, FailsSaying(HasSubstr("silence for 50 ms (read deadline)")));
  EXPECT_TRUE(transport.deadlinePassed());
  EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
}

TEST(HttpsTransport, GivesUpOnAnAnswerThatDripsAfterTheTotalDeadline) {
  for (const Handshake handshake : {Handshake::tls, Handshake::plain}) {
    ScriptedServer server(
        [](Peer& peer) {
          peer.readRequest();
          peer.drip("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), 5ms);
        },
        {.handshake = handshake});
    HttpsTransport transport(
        {.port = server.port(), .tls = handshake == Handshake::tls, .deadlines = {.total = 150ms}});
    ASSERT_THAT(transport.connect(), IsOk());
    const auto answer = transport.exchange(setRequest());
    ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
    EXPECT_THAT(answer, FailsSaying(HasSubstr("150 ms (total deadline)")));
    EXPECT_TRUE(transport.deadlinePassed());
    EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
  }
}

TEST(HttpsTransport, GivesUpOnAHandshakeThatNeverEndsAfterTheConnectDeadline) {
  ScriptedServer server([](Peer&) {}, {.handshake = Handshake::never});
  HttpsTransport transport(optionsFor(server, {.connect = 50ms}));
  const auto answer = transport.exchange(setRequest());
  ASSERT_THAT(answer, FailsWith(ErrorKind::transport));
  EXPECT_THAT(answer, FailsSaying(HasSubstr("within the connect deadline")));
  EXPECT_TRUE(transport.deadlinePassed());
  EXPECT_EQ(answer.error().execution, Execution::didNotRun);
}

TEST(HttpsTransport, WorksAgainAfterAFailure) {
  ScriptedServer server([](Peer& peer) {
    while (peer.readRequest() && peer.number() > 1) peer.write(jsonAnswer(kOk));
  });
  HttpsTransport transport(optionsFor(server));
  EXPECT_THAT(transport.exchange(setRequest()), FailsWith(ErrorKind::transport));
  EXPECT_FALSE(transport.deadlinePassed());
  EXPECT_THAT(transport.exchange(setRequest()), IsOk());
}

}  // namespace stoklab::client
