#include "guarded_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "test_endpoints.h"

namespace stoklab::emulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const HttpRequest kRequest{.method = "POST", .target = "/stok=9c0ffee1/ds"};

std::string messageOf(Endpoint& endpoint, int& status) {
  testing::internal::CaptureStderr();
  const HttpReply reply = handleGuarded(endpoint, kRequest, {});
  status = reply.status;
  EXPECT_TRUE(reply.body.empty());
  EXPECT_TRUE(reply.contentType.empty());
  return testing::internal::GetCapturedStderr();
}

}  // namespace

TEST(GuardedEndpoint, PassesAnswersOn) {
  EchoEndpoint endpoint;
  EXPECT_EQ(handleGuarded(endpoint, kRequest, {}).body, "POST /stok=9c0ffee1/ds ");
}

TEST(GuardedEndpoint, TurnsAnExceptionInto500AndSaysSoWithoutTheToken) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer&) -> HttpReply {
    throw std::runtime_error("what it was");
  });
  int status = 0;
  EXPECT_THAT(
      messageOf(endpoint, status),
      AllOf(StartsWith("emulator bug: "), HasSubstr("what it was"), Not(HasSubstr("9c0ffee1"))));
  EXPECT_EQ(status, 500);
}

TEST(GuardedEndpoint, TurnsWhateverElseIsThrownInto500) {
  FunctionEndpoint endpoint([](const HttpRequest&, const Peer&) -> HttpReply { throw 42; });
  int status = 0;
  EXPECT_THAT(messageOf(endpoint, status), StartsWith("emulator bug: "));
  EXPECT_EQ(status, 500);
}

TEST(GuardedEndpoint, TurnsAStatusThatIsNoneInto500) {
  for (const int wrong : {-1, 0, 100, 199, 1000}) {
    SCOPED_TRACE(wrong);
    FunctionEndpoint endpoint([wrong](const HttpRequest&, const Peer&) {
      return HttpReply{.status = wrong, .body = "x"};
    });
    int status = 0;
    EXPECT_THAT(messageOf(endpoint, status), StartsWith("emulator bug: "));
    EXPECT_EQ(status, 500);
  }
}

TEST(GuardedEndpoint, TakesAnEndpointForQuickThatThrowsWhenAsked) {
  class Thrower : public EchoEndpoint {
   public:
    Effort effortOf(const HttpRequest&) const override { throw std::runtime_error("asked"); }
  };
  const Thrower endpoint;
  testing::internal::CaptureStderr();
  EXPECT_EQ(effortGuarded(endpoint, kRequest), Effort::light);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), StartsWith("emulator bug: asked"));
}

}  // namespace stoklab::emulator
