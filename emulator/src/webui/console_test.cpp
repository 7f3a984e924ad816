#include "webui/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/test_endpoints.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

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
  for (const char* file : {"console.css", "console.js", "console_link.js", "console_journal.js",
                           "console_state.js", "console_panels.js"}) {
    SCOPED_TRACE(file);
    const HttpReply reply = get("/stoklab/" + std::string(file));
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, Not(EndsWith(std::string(file) + " ")));
    EXPECT_THAT(reply.contentType,
                HasSubstr(std::string(file).ends_with("css") ? "css" : "script"));
  }
  EXPECT_THAT(page, HasSubstr("/stoklab/console.js"));
}

TEST_F(ConsolePage, LeavesEverythingElseToTheCamera) {
  EXPECT_EQ(get("/stoklab/console.txt").body, "GET /stoklab/console.txt ");
  EXPECT_EQ(get("/stoklab/console_none.js").body, "GET /stoklab/console_none.js ");
  EXPECT_EQ(get("/stoklab/console.html", "POST").body, "POST /stoklab/console.html ");
  EXPECT_EQ(get("/").body, "GET / ");
}

}  // namespace stoklab::emulator
