// The server over real sockets on loopback: what one client sees that behaves.
#include "stoklab/emulator/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "raw_client.h"
#include "stoklab/protocol/testing/result_matchers.h"
#include "test_endpoints.h"

namespace stoklab::emulator {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpsServer, AnswersOverTls) {
  EchoEndpoint endpoint;
  const auto server = startServer(endpoint, tlsOptions());
  RawClient client(server->port());
  const auto answer = client.ask("POST /ds HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /ds hello");
  EXPECT_EQ(answer->header("Content-Type"), "text/plain");
  EXPECT_EQ(answer->header("Connection"), "keep-alive");
}

}  // namespace stoklab::emulator
