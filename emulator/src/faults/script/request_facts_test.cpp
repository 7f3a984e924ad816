#include "faults/script/request_facts.h"

#include <gtest/gtest.h>

namespace stoklab::emulator {
namespace {

RequestKind kindOf(std::string_view method, std::string_view target, std::string_view body = {}) {
  const HttpRequest request{.method = method, .target = target, .body = body};
  return RequestFacts(request).kind();
}

bool speaks(std::string_view body, std::string_view module, std::string_view section = {},
            std::string_view field = {}) {
  const HttpRequest request{.method = "POST", .target = "/stok=t/ds", .body = body};
  return RequestFacts(request).speaksOf(module, section, field);
}

}  // namespace

TEST(RequestFacts, TellRequestsApart) {
  EXPECT_EQ(kindOf("POST", "/", R"({"method":"do","login":{}})"), kLoginRequest);
  EXPECT_EQ(kindOf("POST", "", R"({"login":{}})"), kLoginRequest);
  EXPECT_EQ(kindOf("POST", "/", R"({"method":"do","user_management":{"get_encrypt_info":null}})"),
            kChallengeRequest);
  EXPECT_EQ(kindOf("POST", "/pc/Content.htm", "{}"), kChallengeRequest);
  EXPECT_EQ(kindOf("POST", "/", "no JSON"), kChallengeRequest);
  EXPECT_EQ(kindOf("POST", "/stok=t/ds?x=1", "{}"), kCommandRequest);
  EXPECT_EQ(kindOf("POST", "/stok=t/admin/system/upload_usr_def_audio"), kUploadRequest);
  EXPECT_EQ(kindOf("GET", "/"), kPageRequest);
  EXPECT_EQ(kindOf("GET", "/stok=t/pc/Content.htm"), kPageRequest);
  EXPECT_EQ(kindOf("POST", "/elsewhere"), kOtherRequest);
  EXPECT_EQ(kindOf("PUT", "/"), kOtherRequest);
}

TEST(RequestFacts, KnowWhatIsAskedForByName) {
  const char* const body = R"({"method":"get","image":{"name":["switch","common"]},"OSD":{}})";
  EXPECT_TRUE(speaks(body, "image"));
  EXPECT_TRUE(speaks(body, "", "common"));
  EXPECT_TRUE(speaks(body, "image", "switch"));
  EXPECT_FALSE(speaks(body, "OSD", "switch"));
  EXPECT_FALSE(speaks(body, "image", "name"));
  EXPECT_FALSE(speaks(body, "method"));
  EXPECT_TRUE(speaks(R"({"method":"get","led":{"name":"con%66ig"}})", "led", "config"));
  EXPECT_TRUE(speaks(R"({"method":"get","preset":{"table":"preset"}})", "preset", "preset"));
}

TEST(RequestFacts, KnowWhatIsSet) {
  const char* const body =
      R"({"method":"set","image":{"switch":{"flicker":"50hz"},"common":{"luma":"50"}}})";
  EXPECT_TRUE(speaks(body, "image", "switch", "flicker"));
  EXPECT_TRUE(speaks(body, "", "", "luma"));
  EXPECT_FALSE(speaks(body, "image", "switch", "luma"));
  EXPECT_FALSE(speaks(body, "OSD", "switch", "flicker"));
}

TEST(RequestFacts, KnowRowsAndArguments) {
  EXPECT_TRUE(speaks(R"({"OSD":{"label_info":{"label_info_1":{"text":"x"}}}})", "OSD", "label_info",
                     "text"));
  EXPECT_TRUE(
      speaks(R"({"OSD":{"label_info":[{"label_info_1":{"text":"x"}}]}})", "OSD", "", "text"));
  EXPECT_TRUE(speaks(R"({"method":"do","msg_alarm":{"manual_msg_alarm":{"action":"start"}}})",
                     "msg_alarm", "manual_msg_alarm", "action"));
  EXPECT_TRUE(speaks(R"({"method":"do","system":{"reboot":null}})", "system", "reboot"));
  EXPECT_TRUE(speaks(R"({"method":"add","users":{"name":"u_2","para":{"comment":"c"}}})", "users",
                     "u_2", "comment"));
}

TEST(RequestFacts, FindNothingWhereThereIsNoJson) {
  EXPECT_FALSE(speaks("", "image"));
  EXPECT_FALSE(speaks("[1]", ""));
  EXPECT_FALSE(speaks(R"({"image":"text"})", "image", "switch"));
}

TEST(RequestFacts, DecodeTokenAndUser) {
  const HttpRequest login{
      .method = "POST", .target = "/", .body = R"({"method":"do","login":{"username":"gu%61rd"}})"};
  EXPECT_EQ(RequestFacts(login).loginUser(), "guard");
  EXPECT_EQ(RequestFacts(login).token(), "");
  EXPECT_EQ(RequestFacts(login).method(), "do");
  const HttpRequest command{.method = "POST", .target = "/stok=a%2bb/ds"};
  EXPECT_EQ(RequestFacts(command).token(), "a+b");
  EXPECT_EQ(RequestFacts(command).method(), "");
}

}  // namespace stoklab::emulator
