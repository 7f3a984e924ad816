#include "harness/http.h"

#include <gmock/gmock.h>

namespace stoklab::conformance {
namespace {

using State = Reading::State;

TEST(HttpAnswer, IsReadByItsLength) {
  const std::string text = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}";
  const Reading reading = readAnswer(text + "HTTP", false);
  ASSERT_EQ(reading.state, State::complete);
  EXPECT_EQ(reading.answer.statusLine, "HTTP/1.1 401 Unauthorized");
  EXPECT_EQ(reading.answer.status, 401);
  EXPECT_EQ(reading.answer.body, "{}");
  EXPECT_EQ(reading.consumed, text.size());
}

TEST(HttpAnswer, FindsAHeaderInAnyCase) {
  const Reading reading = readAnswer("HTTP/1.0 200 OK\r\ncontent-LENGTH:  0 \r\n\r\n", false);
  ASSERT_EQ(reading.state, State::complete);
  EXPECT_EQ(reading.answer.minorVersion, 0);
  EXPECT_EQ(reading.answer.header("Content-Length"), "0");
  EXPECT_EQ(reading.answer.header("Content"), std::nullopt);
}

TEST(HttpAnswer, IsIncompleteAtEveryCut) {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
  for (std::size_t size = 0; size < text.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(readAnswer(text.substr(0, size), false).state, State::incomplete);
    EXPECT_EQ(readAnswer(text.substr(0, size), true).state, State::malformed);
  }
}

TEST(HttpAnswer, IsReadInChunks) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(readAnswer(text.substr(0, size), false).state, State::incomplete) << size;
  const Reading reading = readAnswer(text, false);
  ASSERT_EQ(reading.state, State::complete);
  EXPECT_EQ(reading.answer.body, "abc0123456789");
  EXPECT_EQ(reading.consumed, text.size());
}

TEST(HttpAnswer, IsReadToTheEndOfTheConnection) {
  EXPECT_EQ(readAnswer("HTTP/1.0 200 OK\r\n\r\n{}", false).state, State::incomplete);
  const Reading reading = readAnswer("HTTP/1.0 200 OK\r\n\r\n{}", true);
  ASSERT_EQ(reading.state, State::complete);
  EXPECT_TRUE(reading.answer.delimitedByClose);
  EXPECT_EQ(reading.answer.body, "{}");
}

TEST(HttpAnswer, RemembersInterimOnes) {
  const Reading reading = readAnswer(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false);
  ASSERT_EQ(reading.state, State::complete);
  EXPECT_EQ(reading.answer.status, 200);
  EXPECT_THAT(reading.answer.interim, testing::ElementsAre(100));
}

TEST(HttpAnswer, SaysWhatIsMalformed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SSH-2.0-x\r\n", "what came does not begin with HTTP/1."},
      {"HTTP/1.1 abc x\r\n\r\n", "the status is no number"},
      {"HTTP/1.1 20\r\n\r\n", "the first line is no HTTP/1 status line"},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a header line has no name"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length is no number: -1"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk has no size"},
  };
  for (const auto& [text, why] : cases) {
    SCOPED_TRACE(text);
    const Reading reading = readAnswer(text, false);
    EXPECT_EQ(reading.state, State::malformed);
    EXPECT_EQ(reading.why, why);
  }
}

TEST(HttpRequest, HasTheUsualHeaders) {
  EXPECT_EQ(toText({.body = "{}"}, "192.0.2.7"),
            "POST / HTTP/1.1\r\nHost: 192.0.2.7\r\n"
            "Content-Type: application/json; charset=UTF-8\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(HttpRequest, CanLeaveOutAndReplaceHeaders) {
  EXPECT_EQ(toText({.path = "/x",
                    .headers = {{"content-type", ""}, {"CONTENT-LENGTH", "9"}, {"X-Y", "z"}},
                    .version = "HTTP/1.0"},
                   "192.0.2.7"),
            "POST /x HTTP/1.0\r\nHost: 192.0.2.7\r\nCONTENT-LENGTH: 9\r\nX-Y: z\r\n\r\n");
}

TEST(HttpRequest, OfAGetHasNoBodyHeaders) {
  EXPECT_EQ(toText({.method = "GET"}, "192.0.2.7"), "GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n");
}

}  // namespace
}  // namespace stoklab::conformance
