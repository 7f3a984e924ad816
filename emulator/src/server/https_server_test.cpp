// The server over real sockets on loopback, and the clients that behave, oddly as some may be.
#include "stoklab/emulator/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "raw_client.h"
#include "stoklab/protocol/testing/result_matchers.h"
#include "test_endpoints.h"

namespace stoklab::emulator {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpsServer, AnswersOverTlsAndKeepsTheConnection) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  for (const std::string body : {"one", "two", "three"}) {
    const auto answer = client.ask(
        "POST /ds HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /ds " + body);
    EXPECT_EQ(answer->header("Content-Type"), "text/plain");
    EXPECT_EQ(answer->header("Connection"), "keep-alive");
  }
  const ServerCounts counts = server->counts();
  EXPECT_EQ(counts.connections, 1U);
  EXPECT_EQ(counts.handshakes, 1U);
  EXPECT_EQ(counts.requests, 3U);
  EXPECT_EQ(counts.open, 1U);
  EXPECT_EQ(counts.badRequests, 0U);
}

TEST(HttpsServer, AnswersPlainHttpWhenTlsIsOff) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, plainOptions());
  RawClient client(server->port(), {.tls = false});
  EXPECT_EQ(client.ask("GET /a HTTP/1.1\r\n\r\n").value().body, "GET /a ");
  EXPECT_EQ(client.ask("GET /b HTTP/1.1\r\n\r\n").value().body, "GET /b ");
}

TEST(HttpsServer, UnderstandsOddClients) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  const std::pair<std::string, std::string> cases[] = {
      {"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", "POST / {}"},
      {"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "POST / {}"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nT: "
       "u\r\n\r\n",
       "POST / {}"},
      {"\r\n\r\nPOST / HTTP/1.1\ncontent-LENGTH:2\n\n{}", "POST / {}"},
      {"POST https://192.0.2.1/stok=0/ds HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
       "POST /stok=0/ds {}"},
  };
  for (const auto& [request, body] : cases) {
    SCOPED_TRACE(request);
    RawClient whole(server->port());
    const auto answer = whole.ask(request);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, body);

    RawClient slow(server->port());
    for (const char c : request) ASSERT_TRUE(slow.send(std::string_view(&c, 1)));
    EXPECT_EQ(slow.read().value().body, body) << "byte by byte";
  }
}

TEST(HttpsServer, ClosesWhenTheClientAsksForItOrTheVersionImpliesIt) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  for (const char* request :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"}) {
    SCOPED_TRACE(request);
    RawClient client(server->port());
    EXPECT_EQ(client.ask(request).value().header("Connection"), "close");
    EXPECT_TRUE(client.endsQuietly());
    EXPECT_TRUE(client.saidGoodbye());
  }
}

TEST(HttpsServer, KeepsAnHttp10ConnectionThatAsksForIt) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(
        client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").value().header("Connection"),
        "keep-alive");
  }
}

TEST(HttpsServer, ClosesAfterEveryAnswerWhenToldTo) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.keepAlive = false;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").value().header("Connection"), "close");
  EXPECT_TRUE(client.endsQuietly());
}

TEST(HttpsServer, ClosesAfterTheLastRequestThatAConnectionMayMake) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.maxRequestsPerConnection = 2;
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").value().header("Connection"), "keep-alive");
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").value().header("Connection"), "close");
  EXPECT_TRUE(client.endsQuietly());
}

TEST(HttpsServer, AnswersPipelinedRequestsInOrder) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    const std::string body = std::to_string(i);
    requests += "POST /" + body + " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body;
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_EQ(client.read().value().body, "POST /" + number + " " + number);
  }
}

TEST(HttpsServer, DropsWhatIsPipelinedBehindTheLastRequest) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto answer =
      client.ask("GET /1 HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answer.value().body, "GET /1 ");
  EXPECT_TRUE(client.endsQuietly());
  EXPECT_EQ(server->counts().requests, 1U);
}

TEST(HttpsServer, SendsOneContinueToAClientThatWaitsForIt) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  ASSERT_TRUE(client.hears(std::chrono::seconds(10)));
  ASSERT_TRUE(client.send("ab"));
  ASSERT_TRUE(client.send("cd"));
  EXPECT_EQ(client.read().value().body, "POST / abcd");
  EXPECT_EQ(client.continues(), 1);
}

TEST(HttpsServer, GivesHeadRequestsNoBody) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.read(false).value().header("Content-Length"), "7");
  EXPECT_EQ(client.read().value().body, "GET /next ");
}

TEST(HttpsServer, CarriesLargeBodiesBothWays) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  std::string body(1024 * 1024, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 2654435761U >> 13);
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.ask(
        "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_TRUE(answer);
    ASSERT_TRUE(answer->body == "POST / " + body);
  }
}

TEST(HttpsServer, SendsTheHeadersOfOptionsAndReply) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer&) {
    return HttpReply{.status = 302, .headers = {{"Location", "https://192.0.2.1/"}}};
  });
  ServerOptions options = tlsOptions();
  options.headers = {{"Server", "camera"}};
  const auto server = startServer(endpoint, options);
  RawClient client(server->port());
  const auto answer = client.ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answer.value().head.substr(0, 36), "HTTP/1.1 302 Found\r\nServer: camera\r\n");
  EXPECT_EQ(answer->header("Location"), "https://192.0.2.1/");
}

TEST(HttpsServer, AnswersAndClosesWhenTheEndpointSaysClose) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer&) {
    return HttpReply{.body = "bye", .afterwards = Afterwards::close};
  });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto answer = client.ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answer.value().body, "bye");
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_TRUE(client.endsQuietly());
}

TEST(HttpsServer, SaysNothingWhenTheEndpointSaysDrop) {
  FunctionEndpoint endpoint([](const HttpRequest& request, const Peer&) {
    return HttpReply{
        .body = "x",
        .afterwards = request.target == "/drop" ? Afterwards::drop : Afterwards::asRequested};
  });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n\r\nGET /drop HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(client.read()) << "what was asked before is answered";
  EXPECT_TRUE(client.endsQuietly());
  EXPECT_EQ(server->counts().requests, 1U);
}

TEST(HttpsServer, Answers500AndGoesOnWhenTheEndpointThrows) {
  FunctionEndpoint endpoint([](const HttpRequest& request, const Peer&) {
    if (request.target == "/throw") throw std::runtime_error("a bug");
    return echo(request);
  });
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  testing::internal::CaptureStderr();
  const auto answer = client.ask("GET /throw HTTP/1.1\r\n\r\n");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("emulator bug: a bug"));
  EXPECT_EQ(answer.value().status, 500);
  EXPECT_EQ(answer->header("Content-Length"), "0");
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").value().status, 200);
}

TEST(HttpsServer, TellsTheEndpointWhoAsksAndWhere) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer& peer) {
    return HttpReply{.body = peer.address + " " + std::to_string(peer.port) + " " +
                             peer.localAddress + " " + std::to_string(peer.localPort)};
  });
  ServerOptions options = tlsOptions();
  for (const std::string listen : {"127.0.0.1", "127.0.0.2", "0.0.0.0"}) {
    SCOPED_TRACE(listen);
    options.address = listen;
    const auto server = startServer(endpoint, options);
    const std::string at = listen == "0.0.0.0" ? "127.0.0.3" : listen;
    RawClient client(server->port(), {.address = at});
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\n\r\n").value().body,
              "127.0.0.1 " + std::to_string(client.localPort()) + " " + at + " " +
                  std::to_string(server->port()));
  }
}

TEST(HttpsServer, ListensOnIpv6Too) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  options.address = "::1";
  const auto server = HttpsServer::start(endpoint, options);
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().detail;
  EXPECT_NE((*server)->port(), 0);
}

TEST(HttpsServer, FailsClearlyOnAnAddressThatCannotBeBound) {
  EchoEndpoint endpoint;
  ServerOptions options = tlsOptions();
  const auto first = startServer(endpoint, options);
  options.port = first->port();
  const auto second = HttpsServer::start(endpoint, options);
  ASSERT_THAT(second, FailsWith(ErrorKind::transport));
  EXPECT_THAT(second, FailsSaying(HasSubstr("127.0.0.1 port " + std::to_string(options.port))));

  options.address = "camera.example";
  EXPECT_THAT(HttpsServer::start(endpoint, options), FailsWith(ErrorKind::transport));
  options.address = "192.0.2.1";
  options.port = 0;
  EXPECT_THAT(HttpsServer::start(endpoint, options), FailsWith(ErrorKind::transport));
}

TEST(HttpsServer, FailsClearlyOnUnusableTlsOptions) {
  EchoEndpoint endpoint;
  const Identity other = makeIdentity({.keyBits = 1024}).value();
  const std::pair<TlsOptions, std::string> cases[] = {
      {{.identity = {}}, "certificate"},
      {{.identity = {.certificatePem = testIdentity().certificatePem}}, "private key"},
      {{.identity = {testIdentity().certificatePem, other.privateKeyPem}}, "does not belong"},
      {{.identity = testIdentity(), .cipherList = "NO-SUCH-CIPHER"}, "NO-SUCH-CIPHER"},
      {{.identity = testIdentity(), .cipherSuites = "NO-SUCH-SUITE"}, "NO-SUCH-SUITE"},
      {{.identity = testIdentity(), .minVersion = "SSLv3"}, "SSLv3"},
      {{.identity = testIdentity(), .minVersion = "TLSv1.3", .maxVersion = "TLSv1.2"}, "TLSv1.3"},
  };
  for (const auto& [tls, detail] : cases) {
    SCOPED_TRACE(detail);
    const auto server = HttpsServer::start(endpoint, {.tls = tls});
    EXPECT_THAT(server, FailsWith(ErrorKind::malformed));
    EXPECT_THAT(server, FailsSaying(HasSubstr(detail)));
    EXPECT_THAT(server, FailsSaying(Not(HasSubstr("BEGIN PRIVATE"))));
  }
}

}  // namespace stoklab::emulator
