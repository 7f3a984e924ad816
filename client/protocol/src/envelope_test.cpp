#include "stoklab/protocol/envelope.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

using ::testing::HasSubstr;

TEST(Request, IsPrintedAsTheDeviceExpectsIt) {
  EXPECT_EQ(printRequest(getSections("image", {"switch"})),
            R"({"method":"get","image":{"name":"switch"}})");
  EXPECT_EQ(printRequest(getSections("image", {"switch", "common"})),
            R"({"method":"get","image":{"name":["switch","common"]}})");
  EXPECT_EQ(printRequest(getTables("harddisk_manage", {"hd_info"})),
            R"({"method":"get","harddisk_manage":{"table":"hd_info"}})");
  EXPECT_EQ(printRequest(setSection("system", "sys", Json::object({{"dev_alias", "Back door"}}))),
            R"({"method":"set","system":{"sys":{"dev_alias":"Back%20door"}}})");
  EXPECT_EQ(printRequest(performAction("system", "reboot")),
            R"({"method":"do","system":{"reboot":null}})");
  EXPECT_EQ(
      printRequest(addRow("firewall", "blacklist", "blacklist_2", Json::object({{"desc", "b2"}}))),
      R"({"method":"add","firewall":{"table":"blacklist","name":"blacklist_2",)"
      R"("para":{"desc":"b2"}}})");
  EXPECT_EQ(printRequest(deleteRows("firewall", {"blacklist_2"})),
            R"({"method":"delete","firewall":{"name":["blacklist_2"]}})");
}

TEST(Request, MayAddressSeveralModules) {
  auto request = getSections("image", {"switch"});
  request.modules.set("led", Json::object({{"name", "config"}}));
  EXPECT_EQ(printRequest(request),
            R"({"method":"get","image":{"name":"switch"},"led":{"name":"config"}})");
}

TEST(Request, IsReadWhereverTheMethodStands) {
  for (const char* text : {R"({"method":"set","led":{"config":{"enabled":"a%20b"}}})",
                           R"({"led":{"config":{"enabled":"a%20b"}},"method":"set"})"}) {
    SCOPED_TRACE(text);
    const auto request = parseRequest(*parseJson(text));
    ASSERT_THAT(request, IsOk());
    EXPECT_EQ(request->method, Method::set);
    EXPECT_EQ(printJson(request->modules), R"({"led":{"config":{"enabled":"a b"}}})");
  }
}

TEST(Request, ComesBackFromItsOwnPrint) {
  for (const auto& request :
       {getSections("a", {"b", "c"}), getTables("a", {"t"}), performAction("a", "b"),
        setSection("a", "b", Json::object({{"c", "1/2 : %"}})), deleteRows("a", {"r"}),
        addRow("a", "t", "r", Json::object())}) {
    const auto back = parseRequest(*parseJson(printRequest(request)));
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(toJson(*back), toJson(request));
  }
}

TEST(Request, SaysWhatIsWrongWithIt) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"[]", "object"},
      {"{}", "method"},
      {R"({"method":1,"led":{}})", "not a string"},
      {R"({"method":"put","led":{}})", "put"},
      {R"({"method":"get"})", "module"}};
  for (const auto& [text, part] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseRequest(*parseJson(text)), FailsSaying(HasSubstr(part)));
  }
}

TEST(Method, EveryOneComesBackFromItsText) {
  for (const auto method :
       {Method::get, Method::set, Method::perform, Method::add, Method::remove}) {
    EXPECT_EQ(methodFromText(toText(method)), method);
    EXPECT_EQ(changesDevice(method), method != Method::get);
  }
  EXPECT_EQ(methodFromText("GET"), std::nullopt);
}

TEST(Reply, IsDecodedAndKeepsUnknownMembers) {
  const auto reply =
      parseReply(R"({"new_thing":[1,"x%3ay"],"led":{"config":{"enabled":"on"}},"error_code":0})");
  ASSERT_THAT(reply, IsOk());
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ(printJson(reply->body),
            R"({"new_thing":[1,"x:y"],"led":{"config":{"enabled":"on"}},"error_code":0})");
}

TEST(Reply, CarriesTheCodeOfAFailure) {
  const auto reply = parseReply(R"({"error_code":-40401,"data":{"code":-40407}})");
  ASSERT_THAT(reply, IsOk());
  EXPECT_FALSE(reply->ok());
  EXPECT_EQ(reply->errorCode, -40401);
  ASSERT_NE(reply->data(), nullptr);
  EXPECT_EQ(*reply->data()->find("code")->integer(), -40407);
}

TEST(Reply, IsMalformedWithoutAnIntegerErrorCode) {
  for (const char* text : {"", "<html>", "[]", "{}", R"({"error_code":"0"})",
                           R"({"error_code":99999999999})", R"({"error_code":0.5})"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseReply(text), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::protocol
