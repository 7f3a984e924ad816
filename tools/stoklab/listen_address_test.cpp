#include "listen_address.h"

#include <gmock/gmock.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsWith;

TEST(ListenAddress, HasAPortOrNone) {
  struct Case {
    const char* text;
    const char* address;
    std::optional<std::uint16_t> port;
  };
  for (const Case& each : {Case{"127.0.0.1", "127.0.0.1", {}}, Case{"127.0.0.1:0", "127.0.0.1", 0},
                           Case{"0.0.0.0:65535", "0.0.0.0", 65535}, Case{"::1", "::1", {}},
                           Case{"[::1]", "::1", {}}, Case{"[::1]:8443", "::1", 8443}}) {
    SCOPED_TRACE(each.text);
    const auto listen = parseListenAddress(each.text);
    ASSERT_TRUE(listen.has_value());
    EXPECT_EQ(listen->address, each.address);
    EXPECT_EQ(listen->port, each.port);
  }
}

TEST(ListenAddress, RefusesWhatIsNone) {
  for (const char* text : {"", ":1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                           "127.0.0.1:1x", "[::1", "[::1]8443", "[]:1"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseListenAddress(text), FailsWith(ErrorKind::malformed));
  }
}

TEST(ListenAddress, KnowsThisMachine) {
  EXPECT_TRUE(parseListenAddress("127.0.0.1:0")->isLoopback());
  EXPECT_TRUE(parseListenAddress("[::1]:0")->isLoopback());
  EXPECT_FALSE(parseListenAddress("0.0.0.0:0")->isLoopback());
  EXPECT_FALSE(parseListenAddress("192.0.2.1")->isLoopback());
  EXPECT_FALSE(parseListenAddress("::")->isLoopback());
  EXPECT_EQ(ListenAddress::authority("::1", 8443), "[::1]:8443");
}

}  // namespace stoklab::cli
