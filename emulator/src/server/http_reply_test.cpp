#include "http_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace stoklab::emulator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

std::string written(const HttpReply& reply, ReplyForm form = {},
                    const ReplyWriter& writer = ReplyWriter(Headers{})) {
  ByteBuffer out;
  writer.write(reply, form, out);
  return std::string(out.view());
}

}  // namespace

TEST(ReplyWriter, WritesHeadAndBody) {
  EXPECT_EQ(written({.body = "{\"error_code\":0}"}),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=UTF-8\r\n"
            "Content-Length: 16\r\n"
            "Connection: keep-alive\r\n"
            "\r\n"
            "{\"error_code\":0}");
}

TEST(ReplyWriter, PutsTheServersHeadersBeforeTheReplys) {
  EXPECT_EQ(written({.status = 401, .contentType = "", .headers = {{"X-B", "2"}}},
                    {.keepAlive = false}, ReplyWriter(Headers{{"Server", "camera"}, {"X-A", "1"}})),
            "HTTP/1.1 401 Unauthorized\r\n"
            "Server: camera\r\n"
            "X-A: 1\r\n"
            "X-B: 2\r\n"
            "Content-Length: 0\r\n"
            "Connection: close\r\n"
            "\r\n");
}

TEST(ReplyWriter, GivesAHeadRequestTheLengthAndNoBody) {
  const std::string text = written({.body = "12345"}, {.withBody = false});
  EXPECT_THAT(text, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(text, ::testing::EndsWith("\r\n\r\n"));
}

TEST(ReplyWriter, GivesSomeStatusesNeitherBodyNorLength) {
  for (const int status : {204, 304}) {
    SCOPED_TRACE(status);
    const std::string text = written({.status = status, .body = "ignored"});
    EXPECT_THAT(text, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(text, Not(HasSubstr("ignored")));
  }
}

TEST(ReplyWriter, LetsNoHeaderEndEarly) {
  const std::string text =
      written({.contentType = "text/html\r\nX-Injected: 1",
               .headers = {{"X-A", "b\r\n\r\n<html>"}, {"X-B: c\r\nX-Injected", "2"}, {"", "3"}},
               .body = {}},
              {}, ReplyWriter(Headers{{"Server", std::string("a\0b\nX-Injected: 4", 17)}}));
  EXPECT_EQ(text,
            "HTTP/1.1 200 OK\r\n"
            "Server: a b X-Injected: 4\r\n"
            "Content-Type: text/html  X-Injected: 1\r\n"
            "X-A: b    <html>\r\n"
            "Content-Length: 0\r\n"
            "Connection: keep-alive\r\n"
            "\r\n");
}

TEST(ReplyWriter, KeepsLengthAndConnectionToItself) {
  const std::string text = written({.headers = {{"content-length", "99"},
                                                {"Transfer-Encoding", "chunked"},
                                                {"CONNECTION", "upgrade"}},
                                    .body = "x"});
  EXPECT_THAT(text, Not(HasSubstr("99")));
  EXPECT_THAT(text, Not(HasSubstr("chunked")));
  EXPECT_THAT(text, Not(HasSubstr("upgrade")));
  EXPECT_THAT(text, HasSubstr("Content-Length: 1\r\n"));
}

TEST(ReplyWriter, NamesEveryStatusItSendsItself) {
  for (const int status : {200, 400, 401, 404, 408, 413, 431, 500, 501, 505}) {
    EXPECT_NE(reasonPhrase(status), "Unknown") << status;
  }
  EXPECT_EQ(reasonPhrase(418), "Unknown");
  EXPECT_EQ(reasonPhrase(999), "Unknown");
}

TEST(ReplyWriter, RefusesWithAnEmptyBodyAndACloseAndTheServersHeaders) {
  ByteBuffer out;
  ReplyWriter(Headers{{"Server", "camera"}}).writeRefusal(413, out);
  EXPECT_EQ(out.view(),
            "HTTP/1.1 413 Content Too Large\r\nServer: camera\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

}  // namespace stoklab::emulator
