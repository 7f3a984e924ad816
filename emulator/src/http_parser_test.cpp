#include "http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace stoklab::emulator {
namespace {

using Progress = HttpParser::Progress;

// What came of one request, without views, so that it can be compared and printed.
struct Outcome {
  int refusal = 0;  // 0: a complete request, -1: incomplete
  std::string method = {}, target = {}, body = {}, headers = {};
  int minorVersion = 0;
  bool keepAlive = false;

  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << "{refusal " << outcome.refusal << ", " << outcome.method << ' ' << outcome.target
       << " HTTP/1." << outcome.minorVersion << ", headers <" << outcome.headers << ">, body <"
       << outcome.body.substr(0, 200) << ">, keepAlive " << outcome.keepAlive << "}";
}

constexpr ServerLimits kSmallLimits = {.maxHeaderBytes = 512, .maxHeaders = 8, .maxBodyBytes = 64};

// All requests in a stream that arrives in the given pieces. Each piece is a copy in memory of its
// own, so that a view kept across a move is seen by AddressSanitizer.
std::vector<Outcome> parseStream(const std::vector<std::string>& pieces,
                                 const ServerLimits& limits) {
  std::vector<Outcome> outcomes;
  HttpParser parser(limits);
  RequestViews views;
  ByteBuffer input;
  for (const std::string& piece : pieces) {
    ByteBuffer moved;
    moved.append(input.view());
    moved.append(piece);
    input = std::move(moved);
    Progress progress = Progress::complete;
    while (!input.empty() && (progress = parser.parse(input, views)) == Progress::complete) {
      const HttpRequest& request = views.request;
      Outcome outcome{.method = std::string(request.method),
                      .target = std::string(request.target),
                      .body = std::string(request.body),
                      .minorVersion = request.minorVersion,
                      .keepAlive = parser.keepAlive()};
      for (const HttpHeader& header : request.headers) {
        outcome.headers += std::string(header.name) + "=" + std::string(header.value) + ";";
      }
      outcomes.push_back(std::move(outcome));
      input.consume(parser.length());
      parser.reset();
    }
    if (progress == Progress::refused) {
      outcomes.push_back({.refusal = parser.refusal()});
      return outcomes;
    }
  }
  if (!input.empty()) outcomes.push_back({.refusal = -1});
  return outcomes;
}

Outcome parseOne(const std::string& text, const ServerLimits& limits = kSmallLimits) {
  const auto outcomes = parseStream({text}, limits);
  return outcomes.size() == 1 ? outcomes[0] : Outcome{.refusal = -2};
}

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

namespace {

// Streams of good, odd and broken requests, from a fixed seed.
class StreamMaker {
 public:
  explicit StreamMaker(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

  std::string garbage(std::size_t longest) {
    std::string text(below(longest) + 1, '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  std::string oneOf(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

  // Pieces that are likely to meet the parser in the middle of something.
  std::string stream() {
    std::string text;
    for (std::size_t parts = below(12) + 1; parts > 0; --parts) {
      text += oneOf({"GET / HTTP/1.1\r\n\r\n",
                     "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
                     "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2;e\n{}\n1\nx\n0\n\n",
                     "GET http://a/b HTTP/1.0\r\nX: y\r\n\r\n",
                     "GET / HTTP/1.1\r\n",
                     "POST /ds HTTP/1.1\r\n",
                     "POST /ds HTTP/1.0\n",
                     "\r\n",
                     "\r\n",
                     "\n",
                     "Content-Length: 4\r\n",
                     "Content-Length: " + std::to_string(below(80)) + "\r\n",
                     "Transfer-Encoding: chunked\r\n\r\n",
                     "Transfer-Encoding: chunked\r\n",
                     "Connection: close\r\n",
                     "Expect: 100-continue\r\n",
                     "X: y\r\n",
                     " folded\r\n",
                     "4\r\nabcd\r\n",
                     "2;x=y\r\nab\r\n",
                     "0\r\n\r\n",
                     "0\r\nT: u\r\n\r\n",
                     "{}{}",
                     "\r",
                     std::string(below(40), 'p'),
                     garbage(6)});
    }
    return text;
  }

  std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t count = std::min(text.size() - at, below(below(4) == 0 ? 64 : 4) + 1);
      pieces.push_back(text.substr(at, count));
      at += count;
    }
    return pieces;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST(HttpParser, ComesToTheSameOutcomeHoweverTheBytesAreCutUp) {
  StreamMaker make(20260701);
  int complete = 0;
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = make.stream();
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
    for (const Outcome& outcome : whole) {
      complete += outcome.refusal == 0 ? 1 : 0;
      refused += outcome.refusal > 0 ? 1 : 0;
    }
  }
  // The streams are worth something only if they reach both ends.
  EXPECT_GT(complete, 2'000);
  EXPECT_GT(refused, 2'000);
}

TEST(HttpParser, SurvivesRandomBytes) {
  StreamMaker make(7);
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = make.garbage(300);
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
  }
}

TEST(HttpParser, SurvivesGoodRequestsWithBytesChanged) {
  const std::string good =
      "POST /ds HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
      "4\r\nabcd\r\n3;e\r\nefg\r\n0\r\nT: u\r\n\r\nPOST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc";
  StreamMaker make(11);
  for (int i = 0; i < 10'000; ++i) {
    std::string text = good;
    for (std::size_t changes = make.below(3) + 1; changes > 0; --changes) {
      const std::size_t at = make.below(text.size());
      switch (make.below(3)) {
        case 0:
          text[at] = static_cast<char>(make.below(256));
          break;
        case 1:
          text.erase(at, make.below(5));
          break;
        default:
          text.insert(at, make.garbage(3));
      }
    }
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
  }
}

}  // namespace stoklab::emulator
