#include "webui/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "server/test_endpoints.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

class ConsolePage : public testing::Test {
 protected:
  HttpReply get(std::string_view target, std::string_view method = "GET") {
    return endpoint_.handle({.method = method, .target = target}, {});
  }
  static std::string header(const HttpReply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers)
      if (key == name) return value;
    return {};
  }

  ConsoleLink link_;
  ConsoleEndpoint endpoint_{std::make_unique<EchoEndpoint>(), link_, "yard-7"};
};

}  // namespace

TEST_F(ConsolePage, SaysWhereTheControlInterfaceIs) {
  EXPECT_EQ(get("/stoklab/console.json").body,
            R"({"schema_version":1,"control_url":null,"camera":"yard-7"})");
  link_.set("http://127.0.0.1:8444");
  EXPECT_EQ(get("/stoklab/console.json").body,
            R"({"schema_version":1,"control_url":"http://127.0.0.1:8444","camera":"yard-7"})");
}

TEST_F(ConsolePage, MayTalkToTheControlInterfaceAndNobodyElse) {
  const std::string before = header(get("/stoklab/console.html"), "Content-Security-Policy");
  EXPECT_THAT(before, HasSubstr("connect-src 'self';"));
  link_.set("http://127.0.0.1:8444");
  const std::string after = header(get("/stoklab/console.html"), "Content-Security-Policy");
  EXPECT_THAT(after, HasSubstr("connect-src 'self' http://127.0.0.1:8444;"));
  EXPECT_THAT(after, HasSubstr("default-src 'none'"));
}

TEST_F(ConsolePage, HasAllFilesThatItAsksFor) {
  const std::string page = get("/stoklab/console.html").body;
  // From the camera itself it asks for nothing.
  for (const char* attribute : {"href=\"", "src=\""}) {
    for (auto at = page.find(attribute); at != std::string::npos;
         at = page.find(attribute, at + 1)) {
      const auto begin = at + std::string_view(attribute).size();
      const std::string path = page.substr(begin, page.find('"', begin) - begin);
      if (path == "/" || path.starts_with('#')) continue;
      EXPECT_THAT(path, StartsWith("/stoklab/console/"));
    }
  }
  for (const char* file :
       {"console.css", "style.css", "console.js", "console_link.js", "console_journal.js",
        "console_state.js", "console_panels.js", "views.js", "camera.js", "wire.js", "icon.svg"}) {
    SCOPED_TRACE(file);
    const HttpReply reply = get("/stoklab/console/" + std::string(file));
    EXPECT_EQ(reply.status, 200);
    EXPECT_GT(reply.body.size(), 100U);
    EXPECT_THAT(reply.contentType, AnyOf(HasSubstr("css"), HasSubstr("script"), HasSubstr("svg")));
  }
}

TEST_F(ConsolePage, LeavesEverythingElseToTheCamera) {
  EXPECT_EQ(get("/stoklab/console/none.txt").body, "GET /stoklab/console/none.txt ");
  EXPECT_EQ(get("/stoklab/console/none.js").body, "GET /stoklab/console/none.js ");
  EXPECT_EQ(get("/stoklab/console.html", "POST").body, "POST /stoklab/console.html ");
  EXPECT_EQ(get("/").body, "GET / ");
}

}  // namespace stoklab::emulator
