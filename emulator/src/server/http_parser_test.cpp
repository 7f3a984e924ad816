#include "http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "parse_stream.h"

namespace stoklab::emulator {
namespace {

using Progress = HttpParser::Progress;

std::vector<std::string> byteByByte(const std::string& text) {
  std::vector<std::string> pieces;
  for (const char c : text) pieces.emplace_back(1, c);
  return pieces;
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST(HttpParser, ReadsARequestWithABody) {
  const Outcome outcome = parseOne(
      "POST /stok=00/ds HTTP/1.1\r\nHost: 192.0.2.1\r\nContent-Length: 2\r\nX-Empty:\r\n\r\n{}");
  EXPECT_EQ(outcome, (Outcome{.method = "POST",
                              .target = "/stok=00/ds",
                              .body = "{}",
                              .headers = "Host=192.0.2.1;Content-Length=2;X-Empty=;",
                              .minorVersion = 1,
                              .keepAlive = true}));
}

TEST(HttpParser, ReadsARequestWithNothingButItsFirstLine) {
  EXPECT_EQ(parseOne("GET / HTTP/1.0\r\n\r\n"),
            (Outcome{.method = "GET", .target = "/", .minorVersion = 0, .keepAlive = false}));
}

TEST(HttpParser, ReadsLinesThatEndWithALineFeedOnly) {
  EXPECT_EQ(parseOne("POST /a HTTP/1.1\nContent-Length: 1\n\nx"),
            (Outcome{.method = "POST",
                     .target = "/a",
                     .body = "x",
                     .headers = "Content-Length=1;",
                     .minorVersion = 1,
                     .keepAlive = true}));
}

TEST(HttpParser, SkipsEmptyLinesBeforeARequest) {
  EXPECT_EQ(parseOne("\r\n\n\r\nGET / HTTP/1.1\r\n\r\n").target, "/");
  EXPECT_TRUE(parseStream({"\r\n\r\n", "\n"}, kSmallLimits).empty());
}

TEST(HttpParser, ReadsPipelinedRequestsOneAfterTheOther) {
  const auto outcomes = parseStream(
      {"POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\noneGET /2 HTTP/1.1\r\n\r\nPOST /3 HTTP/1.1\r\n"
       "Transfer-Encoding: chunked\r\n\r\n5\r\nthree\r\n0\r\n\r\nGET /4 HTTP/1.1\r\n\r\n"},
      kSmallLimits);
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_EQ(outcomes[0].body, "one");
  EXPECT_EQ(outcomes[1].target, "/2");
  EXPECT_EQ(outcomes[2].body, "three");
  EXPECT_EQ(outcomes[3].target, "/4");
}

TEST(HttpParser, FollowsTheConnectionHeader) {
  const std::pair<std::string, bool> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nconnection: Upgrade ,\tCLOSE\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nConnection: closed\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
  };
  for (const auto& [text, keepAlive] : cases) {
    SCOPED_TRACE(text);
    const Outcome outcome = parseOne(text);
    EXPECT_EQ(outcome.refusal, 0);
    EXPECT_EQ(outcome.keepAlive, keepAlive);
  }
}

TEST(HttpParser, TakesThePathOfAnAbsoluteTarget) {
  const std::pair<std::string, std::string> cases[] = {
      {"http://192.0.2.1/ds?a=b", "/ds?a=b"},
      {"HTTPS://192.0.2.1:443/stok=1/ds", "/stok=1/ds"},
      {"https://192.0.2.1", "/"},
  };
  for (const auto& [target, path] : cases) {
    SCOPED_TRACE(target);
    EXPECT_EQ(parseOne("POST " + target + " HTTP/1.1\r\n\r\n").target, path);
  }
}

TEST(HttpParser, TakesTheAsteriskForOptionsOnly) {
  EXPECT_EQ(parseOne("OPTIONS * HTTP/1.1\r\n\r\n").target, "*");
  EXPECT_EQ(parseOne("POST * HTTP/1.1\r\n\r\n").refusal, 400);
}

TEST(HttpParser, PutsChunkedBodiesTogether) {
  const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {"0\r\n\r\n", ""},
      {"3\r\nabc\r\n0\r\n\r\n", "abc"},
      {"3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\n", "abc0123456789"},
      {"3;name=value;other=\"quoted\"\r\nabc\r\n0;last\r\n\r\n", "abc"},
      {"3 \r\nabc\r\n0\r\nTrailer: x\r\nAnother: y\r\n\r\n", "abc"},
      {"3\nabc\n0\n\n", "abc"},
      {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
  };
  for (const auto& [body, decoded] : cases) {
    SCOPED_TRACE(body);
    const Outcome whole = parseOne(head + body);
    EXPECT_EQ(whole.refusal, 0);
    EXPECT_EQ(whole.body, decoded);
    const auto split = parseStream(byteByByte(head + body), kSmallLimits);
    ASSERT_EQ(split.size(), 1U);
    EXPECT_EQ(split[0], whole);
  }
}

TEST(HttpParser, HoldsOnlyTheBodyOfAChunkedRequestThatIsUnderWay) {
  const ServerLimits limits{};
  HttpParser parser(limits);
  RequestViews views;
  ByteBuffer input;
  input.append("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::size_t head = input.size();
  for (std::size_t i = 1; i <= 1000; ++i) {
    input.append("1;" + std::string(500, 'e') + "\r\nx\r\n");
    ASSERT_EQ(parser.parse(input, views), Progress::incomplete);
    ASSERT_EQ(input.size(), head + i);
  }
  input.append("0\r\n\r\n");
  ASSERT_EQ(parser.parse(input, views), Progress::complete);
  EXPECT_EQ(views.request.body, std::string(1000, 'x'));
}

TEST(HttpParser, SaysThatAClientWaitsForTheContinue) {
  HttpParser parser(kSmallLimits);
  RequestViews views;
  ByteBuffer input;
  input.append("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n");
  ASSERT_EQ(parser.parse(input, views), Progress::incomplete);
  EXPECT_FALSE(parser.expectsContinue()) << "the head is not complete";
  input.append("\r\n");
  ASSERT_EQ(parser.parse(input, views), Progress::incomplete);
  EXPECT_TRUE(parser.expectsContinue());
  parser.continued();
  EXPECT_FALSE(parser.expectsContinue());
  input.append("x");
  ASSERT_EQ(parser.parse(input, views), Progress::complete);
  EXPECT_EQ(views.request.header("expect"), "100-Continue");
}

TEST(HttpParser, SendsNoContinueToHttp10OrForABodyThatIsThere) {
  for (const char* text :
       {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"}) {
    SCOPED_TRACE(text);
    HttpParser parser(kSmallLimits);
    RequestViews views;
    ByteBuffer input;
    input.append(text);
    ASSERT_NE(parser.parse(input, views), Progress::refused);
    EXPECT_FALSE(parser.expectsContinue());
  }
}

TEST(HttpParser, RefusesWhatIsNoRequest) {
  const std::string tooLong(600, 'a');
  const std::pair<std::string, int> cases[] = {
      // the first line
      {"\x16\x03\x01\x02", 400},
      {" GET / HTTP/1.1\r\n\r\n", 400},
      {"\rGET / HTTP/1.1\r\n\r\n", 400},
      {"{\"method\":\"do\"}", 400},
      {"GET\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\n\r\n", 400},
      {"GET / http/1.1\r\n\r\n", 400},
      {"GET / HTTP/1\r\n\r\n", 400},
      {"GET / HTTP/1.1x\r\n\r\n", 400},
      {"GET example HTTP/1.1\r\n\r\n", 400},
      {"GET ftp://192.0.2.1/ HTTP/1.1\r\n\r\n", 400},
      {"GET http:///x HTTP/1.1\r\n\r\n", 400},
      {"GET http://192.0.2.1?x HTTP/1.1\r\n\r\n", 400},
      {std::string("GET /\0 HTTP/1.1\r\n\r\n", 20), 400},
      {"G\x80T / HTTP/1.1\r\n\r\n", 400},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\n\r\n", 505},
      {"GET /" + tooLong, 431},
      {"GET /" + tooLong + " HTTP/1.1\r\n\r\n", 431},
      // headers
      {"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n A: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400},
      {std::string("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 23), 400},
      {"GET / HTTP/1.1\r\nA: " + tooLong, 431},
      {"GET / HTTP/1.1\r\nA: " + tooLong + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\n" + repeated("A: b\r\n", 9) + "\r\n", 431},
      // lengths
      {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 65\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nContent-Length: 65\r\nExpect: 100-continue\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
  };
  for (const auto& [text, status] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parseOne(text).refusal, status);
    const auto split = parseStream(byteByByte(text), kSmallLimits);
    ASSERT_EQ(split.size(), 1U);
    EXPECT_EQ(split[0].refusal, status) << "byte by byte";
  }
}

TEST(HttpParser, RefusesChunksThatAreNone) {
  const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::pair<std::string, int> cases[] = {
      {"\r\n", 400},
      {"x\r\n", 400},
      {"-1\r\n", 400},
      {"0x1\r\na\r\n", 400},
      {"1 1\r\na\r\n", 400},
      {"1;\x01\r\na\r\n", 400},
      {"11111111111111111\r\n", 400},
      {"1;" + std::string(1100, 'e'), 400},
      {"1\r\nab\r\n", 400},
      {"1\r\na\rb", 400},
      {"41\r\n", 413},
      {"20\r\n" + std::string(32, 'a') + "\r\n21\r\n", 413},
      {"FFFFFFFFFFFFFFFF\r\n", 413},
      {"0\r\nno colon\r\n\r\n", 400},
      {"0\r\n" + repeated("A: b\r\n", 9), 431},
      {"0\r\nA: " + std::string(600, 'a'), 431},
      {"0\r\n" + repeated("A: " + std::string(150, 'a') + "\r\n", 4), 431},
  };
  for (const auto& [body, status] : cases) {
    SCOPED_TRACE(body);
    EXPECT_EQ(parseOne(head + body).refusal, status);
    const auto split = parseStream(byteByByte(head + body), kSmallLimits);
    ASSERT_EQ(split.size(), 1U);
    EXPECT_EQ(split[0].refusal, status) << "byte by byte";
  }
}

TEST(HttpParser, AllowsExactlyTheLimits) {
  const std::string line = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(parseOne(line + repeated("A: b\r\n", 8) + "\r\n").refusal, 0);
  const std::string head = line + "A: ";
  EXPECT_EQ(parseOne(head + std::string(512 - head.size() - 4, 'a') + "\r\n\r\n").refusal, 0);
  EXPECT_EQ(parseOne(head + std::string(512 - head.size() - 3, 'a') + "\r\n\r\n").refusal, 431);
  EXPECT_EQ(
      parseOne("POST / HTTP/1.1\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'b')).refusal, 0);
  EXPECT_EQ(parseOne("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" +
                     std::string(64, 'b') + "\r\n0\r\n\r\n")
                .body.size(),
            64U);
}

TEST(HttpParser, AcceptsALengthThatIsSaidTwiceAlike) {
  EXPECT_EQ(parseOne("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx").body,
            "x");
}

TEST(HttpParser, FindsHeadersInAnyCase) {
  HttpParser parser(kSmallLimits);
  RequestViews views;
  ByteBuffer input;
  input.append("GET / HTTP/1.1\r\nSourceTYPE: \t vigi_web \t\r\n\r\n");
  ASSERT_EQ(parser.parse(input, views), Progress::complete);
  EXPECT_EQ(views.request.header("sourcetype"), "vigi_web");
  EXPECT_EQ(views.request.header("absent"), "");
}

}  // namespace stoklab::emulator
