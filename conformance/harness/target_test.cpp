#include "harness/target.h"

#include <gtest/gtest.h>

namespace stoklab::conformance {
namespace {

TEST(JudgedTarget, IsReadFromAUrl) {
  const auto target = parseTarget("https://192.0.2.7:8443");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->tls);
  EXPECT_EQ(target->host, "192.0.2.7");
  EXPECT_EQ(target->port, 8443);
  EXPECT_EQ(target->hostHeader(), "192.0.2.7:8443");
  EXPECT_EQ(target->url(), "https://192.0.2.7:8443");
}

TEST(JudgedTarget, HasTheUsualPorts) {
  EXPECT_EQ(parseTarget("https://camera.example/")->port, 443);
  EXPECT_EQ(parseTarget("http://camera.example")->port, 80);
  EXPECT_EQ(parseTarget("https://camera.example")->url(), "https://camera.example");
}

TEST(JudgedTarget, MayBeAnIpv6Address) {
  const auto target = parseTarget("https://[2001:db8::7]:8443");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->host, "2001:db8::7");
  EXPECT_EQ(target->hostHeader(), "[2001:db8::7]:8443");
}

TEST(JudgedTarget, IsNothingElse) {
  for (const char* url : {"", "192.0.2.7", "ftp://192.0.2.7", "https://", "https://a/b",
                          "https://user:secret@192.0.2.7", "https://192.0.2.7?x=y"}) {
    SCOPED_TRACE(url);
    EXPECT_FALSE(parseTarget(url));
  }
}

}  // namespace
}  // namespace stoklab::conformance
