#include "harness/redaction.h"

#include <gmock/gmock.h>

#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

std::string redacted(std::string_view text) { return Redactor().redact(text).text(); }

TEST(Redactor, HidesATokenInAPath) {
  EXPECT_EQ(redacted("POST /stok=9c0ffee1/ds HTTP/1.1"), "POST /stok=***/ds HTTP/1.1");
  EXPECT_EQ(redacted("/stok=9c0ffee1"), "/stok=***");
}

TEST(Redactor, HidesSecretMembers) {
  EXPECT_EQ(redacted(R"({"error_code":0,"stok":"9c0ffee1","user_group":"root"})"),
            R"({"error_code":0,"stok":"***","user_group":"root"})");
  for (const char* name : {"password", "nonce", "key", "key_2", "passwd", "old_passwd"}) {
    SCOPED_TRACE(name);
    const std::string member = "{\"" + std::string(name) + "\": ";
    EXPECT_EQ(redacted(member + R"("secret"})"), member + R"("***"})");
  }
}

TEST(Redactor, HidesMembersWithEscapedQuotes) {
  EXPECT_EQ(redacted(R"("{\"stok\":\"9c0ffee1\"}")"), R"("{\"stok\":\"***\"}")");
}

TEST(Redactor, LeavesMembersThatOnlySoundSecret) {
  EXPECT_EQ(redacted(R"({"passwdType":"md5","keyType":"1"})"),
            R"({"passwdType":"md5","keyType":"1"})");
}

TEST(Redactor, HidesWhatItLearnedWhereverItStands) {
  Redactor redactor;
  redactor.learn("pass word+1");
  EXPECT_EQ(redactor.redact("a pass word+1 b pass%20word%2b1 c pass%20word%2B1 d").text(),
            "a *** b *** c *** d");
  EXPECT_EQ(redactor.redact(percentEncodeAll("pass word+1")).text(), "***");
}

TEST(Redactor, HidesALongSecretBeforeItsBeginning) {
  Redactor redactor;
  redactor.learn("abcd");
  redactor.learn("abcdefgh");
  EXPECT_EQ(redactor.redact("abcdefgh abcd").text(), "*** ***");
}

TEST(Redactor, DoesNotLearnWhatIsTooShortToHide) {
  Redactor redactor;
  redactor.learn("abc");
  redactor.learn("");
  EXPECT_EQ(redactor.redact("abc").text(), "abc");
}

TEST(Printable, KeepsTextAndShowsOtherBytes) {
  EXPECT_EQ(printable("caf\xc3\xa9\n\t"), "caf\xc3\xa9\n\t");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1B[31m");
}

TEST(Printable, ShowsBrokenUtf8AsBytes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\xff", "\\xFF"},
      {"\xc3", "\\xC3"},
      {"\xc0\xaf", "\\xC0\\xAF"},
      {"\xed\xa0\x80", "\\xED\\xA0\\x80"},
      {"\xf5\x80\x80\x80", "\\xF5\\x80\\x80\\x80"},
  };
  for (const auto& [bytes, shown] : cases) {
    SCOPED_TRACE(shown);
    EXPECT_EQ(printable(bytes), shown);
  }
}

}  // namespace
}  // namespace stoklab::conformance
