#include "redirect.h"

#include <gtest/gtest.h>

namespace stoklab::emulator {

namespace {
HttpReply ask(std::string_view host, std::uint16_t httpsPort) {
  const HttpHeader header{.name = "host", .value = host};
  Redirect redirect(302, httpsPort);
  return redirect.handle({.method = "GET", .target = "/x", .headers = std::span(&header, 1)},
                         {.localAddress = "127.0.0.1"});
}
}  // namespace

TEST(Redirect, SendsToTheHostThatWasAskedOnTheHttpsPort) {
  const auto reply = ask("camera.example:8080", 8443);
  EXPECT_EQ(reply.status, 302);
  ASSERT_EQ(reply.headers.size(), 1U);
  EXPECT_EQ(reply.headers[0].first, "Location");
  EXPECT_EQ(reply.headers[0].second, "https://camera.example:8443/");
}

TEST(Redirect, LeavesTheUsualPortOut) {
  EXPECT_EQ(ask("camera.example", 443).headers[0].second, "https://camera.example/");
  EXPECT_EQ(ask("[::1]:80", 443).headers[0].second, "https://[::1]/");
}

TEST(Redirect, UsesItsOwnAddressWhereTheHostIsNone) {
  for (const char* host : {"", "a b", "x\"y", "evil/path", "user@host"}) {
    SCOPED_TRACE(host);
    EXPECT_EQ(ask(host, 8443).headers[0].second, "https://127.0.0.1:8443/");
  }
}

}  // namespace stoklab::emulator
