#include "stoklab/protocol/session_token.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

TEST(SessionToken, NamesThePathThatCommandsGoTo) {
  const auto token = SessionToken::parse("9c0ffee1");
  ASSERT_THAT(token, IsOk());
  EXPECT_EQ(token->commandPath(), "/stok=9c0ffee1/ds");
  EXPECT_EQ(token->path("admin/system/x"), "/stok=9c0ffee1/admin/system/x");
}

TEST(SessionToken, MayArriveEncodedAndIsEncodedInThePath) {
  const auto token = SessionToken::parse("a%2fb%20c");
  ASSERT_THAT(token, IsOk());
  EXPECT_EQ(token->text(), "a/b c");
  EXPECT_EQ(token->commandPath(), "/stok=a%2Fb%20c/ds");
}

TEST(SessionToken, RejectsWhatCannotBeAToken) {
  for (const std::string stok : {"", "tab\t", "a%0d%0ab"}) {
    SCOPED_TRACE(stok);
    EXPECT_THAT(SessionToken::parse(stok), FailsWith(ErrorKind::malformed));
  }
  EXPECT_THAT(SessionToken::parse(std::string(1025, 'a')), FailsWith(ErrorKind::malformed));
}

TEST(SessionPath, IsTakenApart) {
  const auto path = splitSessionPath("/stok=abc/admin/x");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->token, "abc");
  EXPECT_EQ(path->rest, "admin/x");
  EXPECT_EQ(splitSessionPath("/stok=abc")->token, "abc");
  EXPECT_EQ(splitSessionPath("/stok=/ds")->token, "");
  EXPECT_FALSE(splitSessionPath("/"));
  EXPECT_FALSE(splitSessionPath("/x/stok=a/ds"));
}

TEST(RedactPath, HidesTheToken) {
  EXPECT_EQ(redactPath("/stok=9c0ffee1/ds"), "/stok=***/ds");
  EXPECT_EQ(redactPath("https://192.0.2.7/stok=9c0ffee1"), "https://192.0.2.7/stok=***");
  EXPECT_EQ(redactPath("/stok=a/x /stok=b/y"), "/stok=***/x /stok=***/y");
  EXPECT_EQ(redactPath("/"), "/");
}

}  // namespace stoklab::protocol
