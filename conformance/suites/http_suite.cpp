// What HTTP clients do to the device: HTTP. Every test asks for a challenge, because anybody may.
#include <chrono>
#include <vector>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using testing::Eq;

HttpRequest challengeRequest(Headers headers = {}) {
  return {.body = std::string(kAskChallenge), .headers = std::move(headers)};
}

std::string asText(const HttpRequest& request) {
  return toText(request, device().target().hostHeader());
}

REQUIREMENT(Http, NeedsNoContentType, "HTTP-NO-CONTENT-TYPE") {
  EXPECT_THAT(device().send(challengeRequest({{"Content-Type", ""}})), CarriesChallenge());
}

REQUIREMENT(Http, TakesTheHeadersOfTheWebUi, "HTTP-VENDOR-HEADERS") {
  EXPECT_THAT(device().send(challengeRequest({{"X-Requested-With", "XMLHttpRequest"},
                                              {"SourceType", "vigi_web"},
                                              {"Accept", "application/json, */*; q=0.01"},
                                              {"Accept-Encoding", "gzip, deflate, br"},
                                              {"Accept-Language", "en"}})),
              CarriesChallenge());
}

REQUIREMENT(Http, IgnoresUnknownHeaders, "HTTP-UNKNOWN-HEADERS") {
  EXPECT_THAT(
      device().send(challengeRequest(
          {{"X-Nobody-Knows-This", "1"}, {"Cookie", "a=b; c=d"}, {"Authorization", "Basic Og=="}})),
      CarriesChallenge());
}

REQUIREMENT(Http, ReadsHeaderNamesInAnyCase, "HTTP-HEADER-CASE") {
  Connection connection = device().connect();
  connection.send("POST / HTTP/1.1\r\nhost: " + device().target().hostHeader() +
                  "\r\nCONTENT-LENGTH: " + std::to_string(kAskChallenge.size()) + "\r\n\r\n" +
                  std::string(kAskChallenge));
  EXPECT_THAT(device().receive(connection), CarriesChallenge());
}

REQUIREMENT(Http, AnswersHttp10, "HTTP-1-0") {
  HttpRequest request = challengeRequest();
  request.version = "HTTP/1.0";
  EXPECT_THAT(device().send(request), CarriesChallenge());
}

REQUIREMENT(Http, ClosesWhenAsked, "HTTP-CLOSE") {
  Connection connection = device().connect();
  EXPECT_THAT(device().exchange(connection, challengeRequest({{"Connection", "close"}})),
              CarriesChallenge());
  EXPECT_TRUE(connection.closesWithin(milliseconds(3000)))
      << "the connection is still open three seconds after the answer";
}

REQUIREMENT(Http, KeepsAConnection, "HTTP-KEEP-ALIVE") {
  Connection connection = device().connect();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(device().exchange(connection, challengeRequest()), CarriesChallenge());
}

REQUIREMENT(Http, SaysItsLength, "HTTP-LENGTH") {
  const Headers close = {{"Connection", "close"}};
  for (const HttpRequest& request :
       {challengeRequest(close), HttpRequest{.method = "GET", .path = "/", .headers = close},
        HttpRequest{.path = "/stok=none/ds", .headers = close}}) {
    SCOPED_TRACE(request.method + " " + request.path);
    Connection connection = device().connect();
    device().exchange(connection, request);
    connection.closesWithin(milliseconds(300));
    EXPECT_THAT(connection.unread(), Eq(0U)) << "bytes after the end of the answer";
  }
}

REQUIREMENT(Http, AnswersAfterExpectContinue, "HTTP-EXPECT-CONTINUE") {
  const std::string text = asText(challengeRequest({{"Expect", "100-continue"}}));
  const std::size_t head = text.find("\r\n\r\n") + 4;
  Connection connection = device().connect();
  connection.send(text.substr(0, head));
  connection.send(text.substr(head));
  EXPECT_THAT(device().receive(connection), CarriesChallenge());
}

REQUIREMENT(Http, ReadsChunks, "HTTP-CHUNKED") {
  Connection connection = device().connect();
  const std::string body(kAskChallenge);
  const auto chunk = [](std::string_view text) {
    return hex(std::string(1, static_cast<char>(text.size())), false) + "\r\n" + std::string(text) +
           "\r\n";
  };
  connection.send("POST / HTTP/1.1\r\nHost: " + device().target().hostHeader() +
                  "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(body.substr(0, 10)));
  connection.send(chunk(body.substr(10)) + "0\r\n\r\n");
  EXPECT_THAT(device().receive(connection), CarriesChallenge());
}

REQUIREMENT(Http, ReadsPieces, "HTTP-PIECES") {
  const std::string text = asText(challengeRequest());
  Connection connection = device().connect();
  constexpr std::size_t kPiece = 7;
  for (std::size_t at = 0; at < text.size(); at += kPiece) connection.send(text.substr(at, kPiece));
  EXPECT_THAT(device().receive(connection), CarriesChallenge());
}

REQUIREMENT(Http, DoesNotWaitForAnUnfinishedNeighbour, "HTTP-UNFINISHED-NEIGHBOUR") {
  const std::string text = asText(challengeRequest());
  Connection slow = device().connect();
  slow.send(text.substr(0, text.size() / 2));
  EXPECT_THAT(device().askForChallenge(), CarriesChallenge());
  slow.send(text.substr(text.size() / 2));
  EXPECT_THAT(device().receive(slow), CarriesChallenge());
}

REQUIREMENT(Http, ServesManyConnections, "HTTP-MANY-CONNECTIONS") {
  std::vector<Connection> connections;
  for (int i = 0; i < 50; ++i) connections.push_back(device().connect());
  for (Connection& connection : connections)
    EXPECT_THAT(device().exchange(connection, challengeRequest()), CarriesChallenge());
}

REQUIREMENT(Http, SurvivesWhatIsNoHttp, "HTTP-NOT-HTTP") {
  Connection connection = device().connect();
  connection.send("\x01\x02\x03 nothing that HTTP knows\r\n\r\n");
  try {
    EXPECT_THAT(device().receive(connection), IsRefusal());
  } catch (const WireFailure&) {
    // Cut off: as good as a refusal.
  }
  EXPECT_THAT(device().askForChallenge(), CarriesChallenge());
}

REQUIREMENT(Http, ShowsAPage, "HTTP-ROOT-PAGE") {
  const Answer answer = device().get("/");
  EXPECT_THAT(answer, HasStatus(200));
  EXPECT_THAT(answer.http.body, testing::HasSubstr("<"));
  EXPECT_THAT(answer.http.header("Content-Type").value_or("(no Content-Type)"),
              testing::StartsWith("text/html"));
}

REQUIREMENT(Http, DoesNotKnowEveryPage, "HTTP-UNKNOWN-PAGE") {
  EXPECT_THAT(device().get("/snapshot.jpg"), HasStatus(404));
}

}  // namespace
}  // namespace stoklab::conformance
