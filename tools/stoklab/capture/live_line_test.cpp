#include "capture/live_line.h"

#include <gmock/gmock.h>

namespace stoklab::cli {

using fixtures::Exchange;
using fixtures::TraceReply;
using protocol::Json;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(LiveLine, SaysWhatWasAskedAndWhatCameOfIt) {
  const Exchange exchange{
      .at = 1250ms,
      .session = "s1",
      .request = {.method = "get", .asks = {"image.switch", "led.config"}},
      .reply = TraceReply{.status = 200, .body = Json::object({{"error_code", 0}})},
      .duration = 12ms};
  EXPECT_EQ(liveLine(exchange), "    1.250 s  s1  get image.switch, led.config  200 0  12 ms");
}

TEST(LiveLine, SaysThatNoAnswerCame) {
  EXPECT_EQ(liveLine({.request = {.method = "do", .asks = {"system.reboot"}}}),
            "    0.000 s  -   do system.reboot  no answer");
  EXPECT_EQ(liveLine({.request = {.http = "GET", .path = "/stok={stok}/ds"},
                      .reply = TraceReply{.status = 405}}),
            "    0.000 s  -   GET /stok={stok}/ds  405");
}

TEST(LiveLine, LetsNothingFromTheNetworkControlTheTerminal) {
  const Exchange exchange{
      .request = {.method = "get\x1b[2J",
                  .asks = {"a\r\n.b\x9b", "\xe2\x80\xae", std::string(500, 'x')}}};
  const std::string line = liveLine(exchange);
  for (const char c : line) EXPECT_TRUE(c >= 0x20 && c <= 0x7e) << int{c};
  EXPECT_THAT(line, HasSubstr("get?[2J a??.b?, ???"));
  EXPECT_LT(line.size(), 200U);
}

}  // namespace stoklab::cli
