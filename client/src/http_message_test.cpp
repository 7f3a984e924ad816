#include "http_message.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::Execution;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

constexpr std::size_t kPlenty = 1'000'000;

// The whole answer at once, and the end of the connection behind it if it is not complete.
Result<HttpAnswer> readWhole(std::string_view bytes, std::string_view method = "POST") {
  AnswerReader reader(method, kPlenty);
  if (auto taken = reader.take(bytes); !taken) return taken.error();
  if (auto ended = reader.takeEnd(); !ended) return ended.error();
  return reader.takeAnswer();
}

bool keepsConnection(std::string_view bytes) {
  AnswerReader reader("POST", kPlenty);
  EXPECT_THAT(reader.take(bytes), IsOk());
  EXPECT_TRUE(reader.complete());
  return reader.keepsConnection();
}

}  // namespace

TEST(HttpRequest, IsHeadAndBodyInOneText) {
  const auto text = printHttpRequest({.path = "/stok=t/ds", .body = "{}"}, "192.0.2.7");
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text,
            "POST /stok=t/ds HTTP/1.1\r\nHost: 192.0.2.7\r\nConnection: keep-alive\r\n"
            "Content-Type: application/json; charset=UTF-8\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(HttpRequest, AnnouncesAnEmptyBodyOnlyWhereOneIsExpected) {
  EXPECT_THAT(*printHttpRequest({.method = "POST"}, "h"), HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(*printHttpRequest({.method = "GET"}, "h"), Not(HasSubstr("Content-")));
}

TEST(HttpRequest, IsRefusedIfAPartWouldBreakOutOfItsPlace) {
  for (const HttpExchange& request :
       {HttpExchange{.method = "PO ST"}, HttpExchange{.path = "ds"}, HttpExchange{.path = "/a b"},
        HttpExchange{.path = "/a\r\nX: y"}, HttpExchange{.body = "{}", .contentType = "a\r\nX: y"},
        HttpExchange{.headers = {{"X", "y\r\nZ: z"}}},
        HttpExchange{.headers = {{"X: y\r\nZ", "z"}}}, HttpExchange{.headers = {{"", "y"}}}}) {
    SCOPED_TRACE(request.method + " " + request.path);
    EXPECT_THAT(printHttpRequest(request, "h"), FailsWith(ErrorKind::malformed));
  }
}

TEST(HttpRequest, CarriesFurtherHeadersInOrder) {
  const auto text = printHttpRequest(
      {.method = "GET",
       .path = "/a.js",
       .contentType = {},
       .headers = {{"Cookie", "a=b; c"}, {"If-None-Match", "\"x\""}, {"Cookie", "d\te"}}},
      "h");
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text,
            "GET /a.js HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n"
            "Cookie: a=b; c\r\nIf-None-Match: \"x\"\r\nCookie: d\te\r\n\r\n");
}

TEST(HttpRequest, TakesNoFurtherHeaderThatWouldContradictItsOwn) {
  for (const char* name :
       {"host", "Connection", "CONTENT-LENGTH", "Transfer-Encoding", "content-type"}) {
    SCOPED_TRACE(name);
    EXPECT_THAT(printHttpRequest({.body = "{}", .headers = {{name, "x"}}}, "h"),
                FailsSaying(HasSubstr("the transport's to write")));
  }
  EXPECT_THAT(
      *printHttpRequest(
          {.body = "{}", .contentType = {}, .headers = {{"content-type", "text/plain"}}}, "h"),
      HasSubstr("content-type: text/plain\r\n"));
}

TEST(HttpRequest, NamesTheHostAndAnUnusualPort) {
  EXPECT_EQ(hostField("192.0.2.7", 443, 443), "192.0.2.7");
  EXPECT_EQ(hostField("camera.test", 8443, 443), "camera.test:8443");
  EXPECT_EQ(hostField("2001:db8::7", 8443, 443), "[2001:db8::7]:8443");
}

TEST(HttpAnswer, HasStatusHeadersAndBody) {
  const auto answer = readWhole(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nX-Empty:\r\nx-padded: \t a b \r\n\r\n{}");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(*findHeader(*answer, "x-EMPTY"), "");
  EXPECT_EQ(*findHeader(*answer, "X-Padded"), "a b");
  EXPECT_EQ(findHeader(*answer, "Server"), nullptr);
}

TEST(HttpAnswer, ReadsTheSameByteByByte) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n00A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
  AnswerReader reader("POST", kPlenty);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ASSERT_FALSE(reader.complete()) << "before byte " << i;
    ASSERT_THAT(reader.take(bytes.substr(i, 1)), IsOk()) << "at byte " << i;
  }
  ASSERT_TRUE(reader.complete());
  EXPECT_TRUE(reader.keepsConnection());
  const auto answer = reader.takeAnswer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "abc0123456789");
}

TEST(HttpAnswer, MayUseBareLineFeedsAndNoReason) {
  const auto answer = readWhole("HTTP/1.0 200\nContent-Length: 2\n\n{}");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, "{}");
}

TEST(HttpAnswer, WithoutALengthEndsWithTheConnection) {
  AnswerReader reader("POST", kPlenty);
  ASSERT_THAT(reader.take("HTTP/1.1 200 OK\r\n\r\n{\"error_code\""), IsOk());
  ASSERT_THAT(reader.take(":0}"), IsOk());
  EXPECT_FALSE(reader.complete());
  ASSERT_THAT(reader.takeEnd(), IsOk());
  EXPECT_TRUE(reader.complete());
  EXPECT_FALSE(reader.keepsConnection());
  EXPECT_EQ(reader.takeAnswer().body, "{\"error_code\":0}");
}

TEST(HttpAnswer, ToHeadAndWithStatus204HasNoBody) {
  EXPECT_EQ(readWhole("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD")->body, "");
  EXPECT_EQ(readWhole("HTTP/1.1 204 No Content\r\n\r\n")->body, "");
}

TEST(HttpAnswer, SaysWhetherTheConnectionIsKept) {
  const std::string length = "Content-Length: 0\r\n";
  EXPECT_TRUE(keepsConnection("HTTP/1.1 200 OK\r\n" + length + "\r\n"));
  EXPECT_FALSE(keepsConnection("HTTP/1.1 200 OK\r\n" + length + "Connection: Close\r\n\r\n"));
  EXPECT_FALSE(keepsConnection("HTTP/1.1 200 OK\r\n" + length + "Connection: x, close\r\n\r\n"));
  EXPECT_FALSE(keepsConnection("HTTP/1.0 200 OK\r\n" + length + "\r\n"));
  EXPECT_TRUE(keepsConnection("HTTP/1.0 200 OK\r\n" + length + "Connection: Keep-Alive\r\n\r\n"));
  // Something follows that nobody asked for.
  EXPECT_FALSE(keepsConnection("HTTP/1.1 200 OK\r\n" + length + "\r\nHTTP/1.1 200 OK\r\n"));
  // Two lengths at once: the chunks count, but what follows is not to be trusted.
  EXPECT_FALSE(keepsConnection("HTTP/1.1 200 OK\r\n" + length +
                               "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"));
}

TEST(HttpAnswer, ThatIsNotHttpIsRecognisedAtOnce) {
  AnswerReader reader("POST", kPlenty);
  EXPECT_THAT(reader.take("SSH-2.0-x"), FailsSaying(HasSubstr("not HTTP/1.x")));
  EXPECT_THAT(readWhole(std::string("\x15\x03\x01\x00", 4)), FailsWith(ErrorKind::malformed));
}

TEST(HttpAnswer, IsRefusedWhenItContradictsItself) {
  for (const char* head : {
           "HTTP/1.1 2x0 OK\r\n",
           "HTTP/1.1 99 OK\r\n",
           "HTTP/1.1 101 Switching Protocols\r\n",
           "HTTP/1.1 200 OK\r\nno colon\r\n",
           "HTTP/1.1 200 OK\r\nname : value\r\n",
           "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
       }) {
    SCOPED_TRACE(head);
    EXPECT_THAT(readWhole(std::string(head) + "\r\n"), FailsWith(ErrorKind::malformed));
  }
}

TEST(HttpAnswer, ThatWasCutOffSaysHowFarItCame) {
  const struct {
    const char* bytes;
    const char* detail;
  } cases[] = {
      {"", "without an answer"},
      {"HTTP/1.1 200 OK\r\nCont", "within the head of the answer, after 21 bytes"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n{\"image\"", "after 8 of 2048 bytes"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", "within a chunked body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "after 3 bytes"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "within a chunked body"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.bytes);
    const auto answer = readWhole(each.bytes);
    EXPECT_THAT(answer, FailsWith(ErrorKind::transport));
    EXPECT_THAT(answer, FailsSaying(HasSubstr(each.detail)));
    EXPECT_EQ(answer.error().execution, Execution::mayHaveRun);
  }
}

TEST(HttpAnswer, IsBoundedInEveryDirection) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  std::string manyFields = ok;
  for (int i = 0; i < 300; ++i) manyFields += "a: b\r\n";
  std::string manyInterims;
  for (int i = 0; i < 5'000; ++i) manyInterims += "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& bytes :
       {ok + "X: " + std::string(100'000, 'x'), manyFields + "\r\n", manyInterims,
        ok + "Content-Length: 101\r\n\r\n", chunked + "65\r\n", ok + "\r\n" + std::string(101, 'x'),
        chunked + std::string(2'000, '0'), chunked + "0\r\n" + std::string(2'000, 'x'),
        chunked + "32\r\n" + std::string(50, 'x') + "\r\n33\r\n"}) {
    SCOPED_TRACE(bytes.substr(0, 60));
    AnswerReader reader("POST", 100);
    EXPECT_THAT(reader.take(bytes), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::client
