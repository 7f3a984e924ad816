// What goes on to the device and what comes back, over sockets, against a server that does what a
// test says.
#include "capture/forwarding.h"

#include <gmock/gmock.h>

#include "stoklab/client/testing/scripted_server.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using client::HttpsTransport;
using client::testing::answerInTurn;
using client::testing::Handshake;
using client::testing::jsonAnswer;
using client::testing::Peer;
using client::testing::Script;
using client::testing::ScriptedServer;
using emulator::HttpHeader;
using emulator::HttpReply;
using emulator::HttpRequest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using namespace std::chrono_literals;
using namespace std::string_literals;
using Outcome = Passage::Outcome;

namespace {

constexpr std::string_view kOk = R"({"error_code":0})";

// A device that does what a script says, and the way to it.
struct Way {
  explicit Way(Script script, client::Deadlines deadlines = {}, bool frontIsTls = true)
      : device(std::move(script), {.handshake = Handshake::plain}),
        transport({.port = device.port(), .tls = false, .deadlines = deadlines}),
        forwarding(transport, {.device = {.tls = false, .host = "127.0.0.1", .port = device.port()},
                               .frontIsTls = frontIsTls,
                               .now = [this] { return now; }}) {}

  Passage pass(std::string_view method, std::string_view target,
               const std::vector<HttpHeader>& headers = {}, std::string_view body = {},
               std::chrono::steady_clock::time_point received = {}) {
    return forwarding.pass({.method = method,
                            .target = target,
                            .headers = headers,
                            .body = body,
                            .received = received});
  }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(device.port()); }
  std::string lastHead() const { return device.requests().back().head; }

  std::chrono::steady_clock::time_point now{1000s};
  ScriptedServer device;
  HttpsTransport transport;
  Forwarding forwarding;
};

std::string header(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers)
    if (key == name) return value;
  return "(none)";
}

}  // namespace

TEST(Forwarding, SendsMethodPathHeadersAndBodyAsTheyCame) {
  Way way(answerInTurn({jsonAnswer(kOk)}));
  const std::string body = "\0\1\xff{\"a\":1}\r\n\r\n"s;
  const Passage passage = way.pass("PUT", "/a%20b/../c?d=e&f",
                                   {{"Content-Type", "multipart/form-data; boundary=x"},
                                    {"Accept", "*/*"},
                                    {"x-requested-with", "XMLHttpRequest"},
                                    {"SourceType", "web"},
                                    {"Cookie", "a=b"},
                                    {"User-Agent", "\"B\" 1.0"},
                                    {"If-None-Match", "\"e\""},
                                    {"Range", "bytes=0-9"},
                                    {"Cookie", "c=d"}},
                                   body);
  EXPECT_EQ(passage.outcome, Outcome::answered);
  EXPECT_EQ(way.device.requests().back().body, body);
  EXPECT_EQ(way.lastHead(),
            "PUT /a%20b/../c?d=e&f HTTP/1.1\r\nHost: " + way.origin().substr(7) +
                "\r\nConnection: keep-alive\r\nContent-Length: 14\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\nAccept: */*\r\n"
                "x-requested-with: XMLHttpRequest\r\nSourceType: web\r\nCookie: a=b\r\n"
                "User-Agent: \"B\" 1.0\r\nIf-None-Match: \"e\"\r\nRange: bytes=0-9\r\n"
                "Cookie: c=d\r\n\r\n");
}

TEST(Forwarding, KeepsToItselfWhatBelongsToTheConnectionOfTheClient) {
  Way way(answerInTurn({jsonAnswer(kOk)}));
  way.pass("POST", "/",
           {{"Host", "127.0.0.1:8443"},
            {"Connection", "keep-alive, X-Mine"},
            {"Keep-Alive", "5"},
            {"X-Mine", "1"},
            {"TE", "trailers"},
            {"Upgrade", "h2c"},
            {"Transfer-Encoding", "chunked"},
            {"Content-Length", "99"},
            {"Expect", "100-continue"},
            {"Accept-Encoding", "gzip"},
            {"X-Theirs", "2"}},
           "{}");
  EXPECT_EQ(way.lastHead(), "POST / HTTP/1.1\r\nHost: " + way.origin().substr(7) +
                                "\r\nConnection: keep-alive\r\nContent-Length: 2\r\n"
                                "X-Theirs: 2\r\n\r\n");
}

TEST(Forwarding, ShowsTheDeviceItsOwnName) {
  Way way(answerInTurn({jsonAnswer(kOk)}));
  way.pass("POST", "/",
           {{"Host", "localhost:8443"},
            {"Origin", "https://localhost:8443"},
            {"Referer", "https://localhost:8443/page?x"}},
           "{}");
  EXPECT_THAT(way.lastHead(), AllOf(HasSubstr("Origin: " + way.origin() + "\r\n"),
                                    HasSubstr("Referer: " + way.origin() + "/page?x\r\n")));
  way.pass("POST", "/", {{"Host", "localhost:8443"}, {"Origin", "https://other.test"}}, "{}");
  EXPECT_THAT(way.lastHead(), HasSubstr("Origin: https://other.test\r\n"));
}

TEST(Forwarding, BringsTheAnswerBackAsItIs) {
  Way way(
      answerInTurn({"HTTP/1.0 418 Teapot\r\nServer: x\r\nContent-Type: a/b\r\n"
                    "Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d\r\nETag: \"e\"\r\n"
                    "Connection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n"
                    "\r\n\0\xff\r\n"s}));
  const Passage passage = way.pass("GET", "/x.bin");
  EXPECT_EQ(passage.reply.status, 418);
  EXPECT_EQ(passage.reply.body, "\0\xff\r\n"s);
  EXPECT_EQ(passage.reply.contentType, "");
  EXPECT_THAT(passage.reply.headers, ElementsAre(Pair("Server", "x"), Pair("Content-Type", "a/b"),
                                                 Pair("Set-Cookie", "a=b; Path=/"),
                                                 Pair("Set-Cookie", "c=d"), Pair("ETag", "\"e\"")));
  EXPECT_THAT(passage.answer.headers, SizeIs(8));
}

TEST(Forwarding, PutsChunksTogether) {
  Way way(
      answerInTurn({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}));
  EXPECT_EQ(way.pass("GET", "/").reply.body, "abcde");
}

TEST(Forwarding, TellsTheLengthOfWhatAHeadWouldBring) {
  Way way(answerInTurn({"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"}));
  const Passage passage = way.pass("HEAD", "/index.html");
  EXPECT_EQ(passage.outcome, Outcome::answered);
  EXPECT_EQ(passage.reply.body, "");
  EXPECT_EQ(passage.reply.statedLength, 1234U);
}

TEST(Forwarding, KeepsARedirectionToTheDeviceAtTheProxy) {
  std::string origin;
  Way way([&](Peer& peer) {
    for (const char* path : {"/a", "/a", "", "http://other.test/"}) {
      if (!peer.readRequest()) return;
      const std::string place = std::string(path).starts_with("http") ? path : origin + path;
      peer.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place + "\r\n\r\n");
    }
  });
  origin = way.origin();
  const std::vector<HttpHeader> named = {{"Host", "[::1]:8443"}};
  EXPECT_EQ(header(way.pass("GET", "/", named).reply, "Location"), "https://[::1]:8443/a");
  EXPECT_EQ(header(way.pass("GET", "/").reply, "Location"), "/a");
  EXPECT_EQ(header(way.pass("GET", "/").reply, "Location"), "/");
  EXPECT_EQ(header(way.pass("GET", "/", named).reply, "Location"), "http://other.test/");
}

TEST(Forwarding, AnswersItselfIfTheDeviceIsNotThere) {
  std::uint16_t port = 0;
  {
    ScriptedServer gone([](Peer&) {});
    port = gone.port();
  }
  HttpsTransport transport({.port = port, .tls = false});
  Forwarding forwarding(transport, {.device = {.tls = false, .host = "127.0.0.1", .port = port},
                                    .now = std::chrono::steady_clock::now});
  const Passage passage = forwarding.pass({.method = "POST", .target = "/", .body = "{}"});
  EXPECT_EQ(passage.outcome, Outcome::unreached);
  EXPECT_EQ(passage.reply.status, 502);
  const auto body = protocol::parseJson(passage.reply.body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->find("error_code"), nullptr);
  EXPECT_THAT(*body->find("stoklab_capture")->string(), HasSubstr("127.0.0.1"));
}

TEST(Forwarding, AnswersItselfIfTheDeviceSpeaksNonsenseOrTooMuch) {
  for (const char* answer : {"SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ""}) {
    SCOPED_TRACE(answer);
    Way way([&](Peer& peer) {
      if (peer.readRequest()) peer.write(answer);
    });
    const Passage passage = way.pass("POST", "/stok=0123456789abcdef/ds", {}, "{}");
    EXPECT_EQ(passage.outcome, Outcome::lost);
    EXPECT_EQ(passage.reply.status, 502);
    EXPECT_THAT(passage.reply.body, Not(HasSubstr("0123456789abcdef")));
    EXPECT_THAT(way.device.requests(), SizeIs(1));
  }
}

TEST(Forwarding, SendsNothingThatCannotBeWrittenAsHttp) {
  Way way(answerInTurn({jsonAnswer(kOk)}));
  const Passage passage = way.pass("OPTIONS", "*");
  EXPECT_EQ(passage.outcome, Outcome::held);
  EXPECT_EQ(passage.reply.status, 400);
  EXPECT_THAT(way.device.requests(), IsEmpty());
}

TEST(Forwarding, ExecutesARequestOnceWhateverBecomesOfTheConnection) {
  // The first connection dies under the second request.
  Way way([](Peer& peer) {
    if (!peer.readRequest() || !peer.write(jsonAnswer(kOk))) return;
    if (!peer.readRequest()) return;
    if (peer.number() == 1) return;
    peer.write(jsonAnswer(kOk));
  });
  EXPECT_EQ(way.pass("POST", "/", {}, "1").outcome, Outcome::answered);
  const Passage passage = way.pass("POST", "/", {}, "2");
  EXPECT_EQ(passage.outcome, Outcome::lost);
  EXPECT_EQ(passage.reply.status, 502);
  std::vector<std::string> bodies;
  for (const auto& request : way.device.requests()) bodies.push_back(request.body);
  EXPECT_THAT(bodies, ElementsAre("1", "2"));
}

TEST(Forwarding, DoesNotTrustAConnectionThatWasIdleForLong) {
  Way way(answerInTurn({jsonAnswer(kOk)}));
  way.pass("POST", "/", {}, "1");
  way.now += 2s;
  way.pass("POST", "/", {}, "2");
  way.now += 4s;
  way.pass("POST", "/", {}, "3");
  std::vector<int> connections;
  for (const auto& request : way.device.requests()) connections.push_back(request.connection);
  EXPECT_THAT(connections, ElementsAre(1, 1, 2));
}

TEST(Forwarding, LetsOneDeadlinePassForAllWhoWaitForAStalledDevice) {
  Way way(
      [](Peer& peer) {
        while (peer.readRequest()) {
          if (peer.number() == 1) return peer.hold();
          peer.write(jsonAnswer(kOk));
        }
      },
      {.read = 50ms});
  const auto before = way.now;
  way.now += 1s;
  const Passage stalled = way.pass("POST", "/", {}, "1", before);
  EXPECT_EQ(stalled.outcome, Outcome::lost);
  EXPECT_EQ(stalled.reply.status, 504);
  for (int i = 0; i < 20; ++i) {
    const Passage waited = way.pass("POST", "/", {}, "2", before);
    EXPECT_EQ(waited.outcome, Outcome::held);
    EXPECT_EQ(waited.reply.status, 504);
  }
  EXPECT_THAT(way.device.requests(), SizeIs(1));
  EXPECT_EQ(way.pass("POST", "/", {}, "3", way.now).outcome, Outcome::answered);
}

TEST(Forwarding, TakesSecureOffACookieForABrowserThatSpeaksPlainHttp) {
  Way way(answerInTurn({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b; Secure\r\n\r\n"}),
          {}, false);
  EXPECT_EQ(header(way.pass("GET", "/", {{"Host", "127.0.0.1:80"}}).reply, "Set-Cookie"), "a=b");
}

}  // namespace stoklab::cli
