#include "trace_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/protocol/device_code.h"

namespace stoklab::cli {

using testing::IsEmpty;

namespace {

protocol::Json json(std::string_view text) { return protocol::parseJson(text).value(); }

std::string requestLine(std::string_view body) {
  const auto names = fixtures::namesIn(json(body));
  return valuesLine(valuesOf(fixtures::TraceRequest{.method = names.method, .body = json(body)}),
                    names.asks);
}

fixtures::TraceReply reply(std::string_view body) { return {.body = json(body)}; }

std::string replyLine(std::string_view body, const std::vector<std::string>& asks) {
  return valuesLine(valuesOf(reply(body)), asks);
}

}  // namespace

TEST(TraceText, SaysWhatARequestGives) {
  EXPECT_EQ(requestLine(R"({"method":"set","image":{"switch":{"a":"%e4%b8%ad%20x","b":3}}})"),
            "a=中 x, b=3");
  EXPECT_EQ(requestLine(R"({"method":"set","image":{"switch":{"a":"1"},"common":{"b":"2"}}})"),
            "image.switch.a=1, image.common.b=2");
  EXPECT_EQ(requestLine(R"({"method":"do","login":{"username":"admin","password":"{password}"}})"),
            "username=admin, password={password}");
  EXPECT_EQ(requestLine(R"({"method":"add","user_management":{"table":"admin","name":"admin_2",)"
                        R"("para":{"username":"guard"}}})"),
            "user_management.para.username=guard");
}

TEST(TraceText, SaysNothingOfWhatIsOnlyAskedFor) {
  for (const char* body : {R"({"method":"get","image":{"name":["switch","common"]}})",
                           R"({"method":"get","harddisk_manage":{"table":"hd_info"}})",
                           R"({"method":"do","system":{"reboot":null}})",
                           R"({"method":"do","system":{"logout":"null"}})", "3", "null"}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(requestLine(body), "");
  }
}

TEST(TraceText, SaysWhatAReplyGives) {
  EXPECT_EQ(
      replyLine(R"({"image":{"switch":{"flicker":"50hz"}},"error_code":0})", {"image.switch"}),
      "flicker=50hz");
  EXPECT_EQ(
      replyLine(R"({"OSD":{"label_info":[{"label_info_1":{"text":"a%20b"}}]},"error_code":0})",
                {"OSD.label_info"}),
      "label_info_1.text=a b");
  EXPECT_EQ(
      replyLine(R"({"x":{"list":[1,2],"rows":[{"a":1,"b":2}],"none":{}},"error_code":0})", {}),
      "x.list=[1,2], x.rows[0].a=1, x.rows[0].b=2, x.none={}");
  EXPECT_EQ(
      replyLine(R"({"error_code":-40401,"data":{"code":-40401,"time":9,"nonce":"{nonce}"}})", {}),
      "data.time=9");
  EXPECT_THAT(replyLine(R"({"error_code":-40401,"data":{"code":-40407,"key":"{key}"}})", {}),
              IsEmpty());
}

TEST(TraceText, ShowsPlaceholdersAndNoSecret) {
  EXPECT_EQ(replyLine(R"({"error_code":0,"stok":"{stok}"})", {}), "stok={stok}");
  EXPECT_EQ(replyLine(R"({"error_code":0,"stok":"0123456789abcdef"})", {}), "stok=***");
  EXPECT_EQ(replyLine(R"({"error_code":0,"password":12345})", {}), "password=***");
  EXPECT_EQ(
      printJson(withoutSecrets(json(R"([{"nonce":"{nonce}","a":{"stok":"0123","b":"%20"}}])"))),
      R"([{"nonce":"{nonce}","a":{"stok":"***","b":"%20"}}])");
}

TEST(TraceText, CannotBeMadeToStartANewLine) {
  EXPECT_EQ(replyLine(R"({"a":"x%0ay\u001b[31m","error_code":0})", {}), R"(a="x\ny\u001b[31m")");
}

TEST(TraceText, NamesTheOutcome) {
  EXPECT_EQ(outcomeText(reply(R"({"error_code":0})")), "ok");
  EXPECT_EQ(outcomeText(reply(R"({"error_code":-40106})")), protocol::describeDeviceCode(-40106));
  EXPECT_EQ(outcomeText(reply(R"({"error_code":-40401,"data":{"code":-40407}})")),
            "-40401 EUNAUTH, data " + protocol::describeDeviceCode(-40407));
  EXPECT_EQ(outcomeText(reply(R"({"error_code":-40401,"data":{"code":-40401}})")),
            protocol::describeDeviceCode(-40401));
  EXPECT_EQ(outcomeText(reply(R"({"error_code":9223372036854775807})")), "9223372036854775807");
  EXPECT_EQ(outcomeText(reply(R"({"error_code":"0"})")), "no error_code");
  EXPECT_EQ(outcomeText({.bodyNote = "5 bytes that are not JSON"}), "5 bytes that are not JSON");
  EXPECT_EQ(outcomeText({}), "no body");
}

TEST(TraceText, IsShortenedBetweenCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(shortened("中中中中中中", 6), "中中中中中中");
  EXPECT_EQ(shortened("中中中中中中中", 6), "中中中...");
  EXPECT_EQ(shortened("", 6), "");
}

TEST(TraceText, IsWrappedAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 20, 2), "one two three");
  EXPECT_EQ(wrapped("one two three", 10, 2), "one two\n  three");
  EXPECT_EQ(wrapped("averylongword x", 5, 0), "averylongword\nx");
  EXPECT_EQ(wrapped("", 5, 0), "");
}

TEST(TraceText, WritesTimeInSeconds) {
  EXPECT_EQ(secondsText(std::chrono::milliseconds(0)), "0.000");
  EXPECT_EQ(secondsText(std::chrono::milliseconds(61'005)), "61.005");
}

}  // namespace stoklab::cli
