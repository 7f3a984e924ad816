#include "stoklab/emulator/control_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "control/doorkeeper.h"
#include "control/test_camera.h"
#include "server/test_endpoints.h"

namespace stoklab::emulator {

using protocol::ErrorKind;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ControlServer, SaysThatItIsThereAndHowManyCamerasThereAre) {
  TestControl control(3);
  EXPECT_EQ(control.call("GET", "/healthz"), R"(200 {"status":"ok"})");
  EXPECT_EQ(control.call("GET", "/readyz"), R"(200 {"ready":true,"cameras":3})");
  EXPECT_EQ(control.send("GET", "/healthz").header("Cache-Control"), "no-store");
}

TEST(ControlServer, ListensElsewhereThanOnLoopbackOnlyWithAToken) {
  FakeDirectory cameras;
  const auto fails = [&](const ControlOptions& options) {
    const auto started = ControlServer::start(cameras, options);
    return !started && started.error().kind == ErrorKind::safety;
  };
  EXPECT_TRUE(fails({.address = "0.0.0.0"}));
  EXPECT_TRUE(fails({.address = "::"}));
  EXPECT_TRUE(fails({.address = "192.0.2.7"}));
  EXPECT_TRUE(fails({.address = "0.0.0.0", .token = "t", .revealSecrets = true}));
  EXPECT_TRUE(ControlServer::start(cameras, {.address = "0.0.0.0", .token = "t"}).has_value());
}

TEST(ControlServer, RefusesForeignHostsAndOrigins) {
  TestControl control;
  const auto status = [&](const std::string& headers) {
    return control.send("GET", "/healthz", {}, headers).status;
  };
  EXPECT_EQ(status("Host: localhost:8444\r\n"), 200);
  EXPECT_EQ(status("Host: [::1]:8444\r\n"), 200);
  EXPECT_EQ(status("Host: attacker.example\r\n"), 403);
  EXPECT_EQ(status("Host: 192.0.2.7\r\n"), 403);
  EXPECT_EQ(status(""), 403);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: https://attacker.example\r\n"), 403);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: null\r\n"), 403);
  EXPECT_EQ(status("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: https://127.0.0.1:8443\r\n"), 200);
}

TEST(ControlServer, KnowsTheNamesOfLoopback) {
  for (const char* host : {"localhost", "LocalHost:1", "127.0.0.1", "127.9.8.7:65535", "[::1]"})
    EXPECT_TRUE(isLoopbackHost(host)) << host;
  for (const char* host :
       {"", "localhost.", "localhost.example", "127.0.0.1.example", "::1", "[::1", "[127.0.0.1]",
        "127.0.0.1:x", "127.0.0.1:80:80", "10.0.0.1", "localhost "})
    EXPECT_FALSE(isLoopbackHost(host)) << host;
}

TEST(ControlServer, LetsTheCamerasOwnPagesInAcrossOrigins) {
  TestControl control;
  const std::string headers = "Host: localhost\r\nOrigin: https://127.0.0.1:8443\r\n";
  const auto preflight = control.send("OPTIONS", "/reset", {}, headers);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://127.0.0.1:8443");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "Authorization, Content-Type");
  const auto answer = control.send("GET", "/nothing", {}, headers);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://127.0.0.1:8443");
  EXPECT_EQ(control.send("OPTIONS", "/reset").status, 405);
}

TEST(ControlServer, AsksForItsToken) {
  TestControl control(1, {.token = "open-sesame"});
  const auto status = [&](const std::string& headers) {
    return control.send("GET", "/healthz", {}, headers).status;
  };
  EXPECT_EQ(status("Host: anything\r\n"), 401);
  EXPECT_EQ(status("Authorization: Bearer open-sesam\r\n"), 401);
  EXPECT_EQ(status("Authorization: Basic open-sesame\r\n"), 401);
  EXPECT_EQ(status("Host: camera\r\nAuthorization: Bearer open-sesame\r\n"), 200);
  EXPECT_EQ(status("Origin: https://attacker.example\r\nAuthorization: Bearer open-sesame\r\n"),
            403);
}

TEST(ControlServer, RefusesWhatItDoesNotKnow) {
  TestControl control;
  EXPECT_EQ(control.errorOf("GET", "/nothing"), "404 no_such_path");
  EXPECT_EQ(control.errorOf("GET", "/cameras/9/state"), "404 no_such_camera");
  EXPECT_EQ(control.errorOf("GET", "/cameras/1/camera"), "404 no_such_path");
  EXPECT_EQ(control.errorOf("GET", "/cameras/1/healthz"), "404 no_such_path");
  EXPECT_EQ(control.errorOf("GET", "/reset"), "405 no_such_method");
  EXPECT_EQ(control.send("PUT", "/clock").header("Allow"), "GET, POST");
  EXPECT_EQ(control.errorOf("GET", "/state?paht=image"), "400 bad_query");
  EXPECT_EQ(control.errorOf("GET", "/state?path=a&path=b"), "400 bad_query");
  EXPECT_EQ(control.errorOf("GET", "/journal?since=-1"), "400 bad_query");
  EXPECT_EQ(control.errorOf("GET", "/journal?since=1x"), "400 bad_query");
  EXPECT_EQ(control.errorOf("GET", "/journal?module=%zz"), "400 bad_query");
  EXPECT_EQ(control.errorOf("POST", "/reset", R"({"snapshto":"a"})"), "400 bad_body");
  EXPECT_EQ(control.errorOf("POST", "/reset", R"({"snapshot":1})"), "400 bad_body");
  EXPECT_EQ(control.errorOf("POST", "/reset", "[]"), "400 bad_body");
  EXPECT_EQ(control.errorOf("POST", "/reset", "{"), "400 bad_body");
  EXPECT_EQ(control.errorOf("GET", "/clock", "{}"), "400 bad_body");
  EXPECT_EQ(control.errorOf("PATCH", "/state"), "400 bad_body");
}

TEST(ControlServer, SaysWhatIsWrongAndWhatWouldBeRight) {
  TestControl control;
  EXPECT_THAT(control.call("POST", "/lockout", R"({"kind":"forever"})"),
              HasSubstr("kind must be one of none, timed, for_good, factory, clients_full"));
  EXPECT_THAT(control.call("GET", "/journal?limit=0"),
              HasSubstr("limit must be from 1 to 1000 and is 0"));
  EXPECT_THAT(control.call("POST", "/reboot", R"({"away":1})"),
              HasSubstr("there is no member away; there are away_ms"));
}

TEST(ControlServer, TakesBodiesAsJsonOnly) {
  TestControl control;
  const auto answer = control.send("POST", "/reset", {},
                                   "Host: localhost\r\nContent-Type: text/plain\r\n"
                                   "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.status, 415);
  EXPECT_THAT(control.call("POST", "/reset"), StartsWith("200 ")) << "none at all is an empty one";
}

TEST(ControlServer, WantsToKnowWhichOfSeveralCameras) {
  TestControl control(2);
  EXPECT_EQ(control.errorOf("GET", "/state"), "409 which_camera");
  EXPECT_EQ(control.errorOf("GET", "/camera"), "409 which_camera");
  EXPECT_THAT(control.call("GET", "/cameras/2"), StartsWith(R"(200 {"id":"2")"));
  EXPECT_EQ(control.call("POST", "/reset"), R"(200 {"cameras":2})");
  EXPECT_EQ(control.call("POST", "/clock", R"({"advance_ms":1000})"), R"(200 {"cameras":2})");
  EXPECT_THAT(control.call("GET", "/cameras/2/clock"), HasSubstr("2026-01-01T00:00:01.000Z"));
  EXPECT_THAT(control.call("GET", "/cameras?first=1"),
              HasSubstr(R"("total":2,"cameras":[{"id":"2")"));
}

TEST(ControlServer, DescribesACameraWithoutItsIdentity) {
  TestControl control;
  const std::string camera = control.call("GET", "/camera");
  EXPECT_THAT(camera, HasSubstr(R"("model":"VIGI C350")"));
  EXPECT_THAT(camera, HasSubstr(R"("requests":3)"));
  EXPECT_THAT(camera, Not(HasSubstr("00-00-5E-00-53-17")));
  TestControl open(1, {.revealSecrets = true});
  EXPECT_THAT(open.call("GET", "/camera"), HasSubstr(R"("mac":"00-00-5E-00-53-17")"));
}

namespace {

// As many waits as there may be, and one more, which is refused when all others are under way.
class ManyWaits {
 public:
  explicit ManyWaits(const TestControl& control) {
    for (int i = 0; i < 33; ++i) {
      clients_.push_back(
          std::make_unique<RawClient>(control.server->port(), RawOptions{.tls = false}));
      EXPECT_TRUE(clients_.back()->send(
          "GET /journal/wait?timeout_ms=60000 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }
    EXPECT_TRUE(eventually([&] { return takeAnswered(429) > 0; }));
  }
  // How many have been answered by now; all of them with `status`.
  std::size_t takeAnswered(int status) {
    return std::erase_if(clients_, [&](const auto& client) {
      if (!client->hears(std::chrono::milliseconds(0))) return false;
      const auto answer = client->read();
      EXPECT_EQ(answer ? answer->status : 0, status);
      return true;
    });
  }
  bool allAnswered(int status) {
    return eventually([&] {
      takeAnswered(status);
      return clients_.empty();
    });
  }
  std::size_t left() const { return clients_.size(); }

 private:
  std::vector<std::unique_ptr<RawClient>> clients_;
};

}  // namespace

TEST(ControlServer, LetsWaitsHoldUpNobodyElse) {
  TestControl control;
  ManyWaits waits(control);
  EXPECT_EQ(waits.left(), 32U);
  EXPECT_THAT(control.call("GET", "/journal"), StartsWith("200 "));
  control.directory.at(0).receive(R"({"method":"get","image":{"name":"switch"}})");
  EXPECT_TRUE(waits.allAnswered(200));
}

TEST(ControlServer, EndsWaitsWhenItStops) {
  TestControl control;
  ManyWaits waits(control);
  control.server->stop(std::chrono::minutes(1));
  EXPECT_TRUE(waits.allAnswered(409));
}

}  // namespace stoklab::emulator
