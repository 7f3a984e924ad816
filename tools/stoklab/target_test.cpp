#include "target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using testing::HasSubstr;
using testing::Not;

TEST(Target, HasThePortOfItsSchemeUnlessAnotherIsGiven) {
  EXPECT_EQ(parseTarget("https://192.0.2.7")->text(), "https://192.0.2.7:443");
  EXPECT_EQ(parseTarget("http://192.0.2.7/")->text(), "http://192.0.2.7:80");
  EXPECT_EQ(parseTarget("https://camera.example:8443")->text(), "https://camera.example:8443");
}

TEST(Target, KeepsAnAddressOfVersionSixWithoutItsBrackets) {
  const auto target = parseTarget("https://[2001:db8::7]:8443");
  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->host, "2001:db8::7");
  EXPECT_EQ(target->authority(), "[2001:db8::7]:8443");
}

TEST(Target, KnowsWhatCanOnlyBeThisMachine) {
  for (const char* text :
       {"https://127.0.0.1", "https://127.8.0.9:1", "https://localhost", "https://[::1]:5"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(parseTarget(text)->isLoopback());
  }
  for (const char* text : {"https://192.0.2.7", "https://127.example.org", "https://[2001:db8::1]",
                           "https://localhost.example"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parseTarget(text)->isLoopback());
  }
}

TEST(Target, SaysWhatIsWrongAndWhatWouldBeRight) {
  for (const char* text :
       {"", "192.0.2.7", "ftp://192.0.2.7", "https://", "https://:443", "https://192.0.2.7:0",
        "https://192.0.2.7:65536", "https://192.0.2.7:", "https://192.0.2.7:44x",
        "https://192.0.2.7/ds", "https://192.0.2.7?x", "https://[::1", "https://[name]",
        "https://[::1]8", "https://two words"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseTarget(text), FailsWith(ErrorKind::malformed));
    EXPECT_THAT(parseTarget(text), FailsSaying(HasSubstr("https://192.0.2.7:8443")));
  }
}

TEST(Target, DoesNotRepeatAPasswordThatStandsInTheUrl) {
  const auto target = parseTarget("https://admin:hunter2@192.0.2.7");
  EXPECT_THAT(target, FailsSaying(Not(HasSubstr("hunter2"))));
  EXPECT_THAT(target, FailsSaying(HasSubstr("STOKLAB_PASSWORD")));
}

}  // namespace stoklab::cli
