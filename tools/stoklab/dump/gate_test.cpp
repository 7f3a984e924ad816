#include "dump/gate.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli::dump {

using client::HttpAnswer;
using client::HttpExchange;
using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using std::chrono::milliseconds;

namespace {

// Answers everything with the same.
class SameAnswer final : public client::Transport {
 public:
  explicit SameAnswer(std::string body) : body_(std::move(body)) {}
  Result<HttpAnswer> exchange(const HttpExchange&) override {
    ++sent;
    return HttpAnswer{.status = 200, .body = body_};
  }
  int sent = 0;

 private:
  std::string body_;
};

// A clock that sleepers move.
struct StillTime {
  std::chrono::steady_clock::time_point now = {};
  Time time() {
    return {.now = [this] { return now; }, .sleep = [this](milliseconds by) { now += by; }};
  }
};

Passes judgeDs(std::string body) {
  return judge({.path = "/stok=9c0ffee1/ds", .body = std::move(body)});
}
Passes judgeRoot(std::string body) { return judge({.path = "/", .body = std::move(body)}); }

}  // namespace

TEST(Gate, LetsReadsPass) {
  for (const char* body :
       {R"({"method":"get","image":{"name":"switch"}})", R"({"image":{"name":"switch"}})",
        R"({"method":7,"image":{"name":"switch"}})", R"({"method":"stoklab"})", "", "[1]",
        R"({"method":"get",)"}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(judgeDs(body), Passes::asRead);
  }
}

TEST(Gate, LetsNothingPassThatCouldChangeADevice) {
  for (const char* body :
       {R"({"method":"set","led":{"config":{"enabled":"on"}}})",
        R"({"method":"do","system":{"reboot":null}})",
        R"({"method":"add","user_management":{"table":"admin","name":"a","para":{}}})",
        R"({"method":"delete","user_management":{"name":["a"]}})", R"({"method":"forward"})",
        R"({"method":"SET","led":{}})", R"({"method":"%73et","led":{}})",
        R"({"method":"get","method":"set","led":{}})", R"({"method":["set"],"led":{}})",
        R"([{"method":"do","system":{"reboot":null}}])", R"({"method":"do","system":{"reboot":)",
        R"({"method":"do","system":{"logout":null,"reboot":null}})",
        R"({"method":"do","system":{"logout":null},"led":{}})"}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(judgeDs(body), Passes::never);
  }
}

TEST(Gate, TellsTheLoginFromTheOtherDoors) {
  EXPECT_EQ(judgeRoot(R"({"method":"do","user_management":{"get_encrypt_info":null}})"),
            Passes::asDoor);
  EXPECT_EQ(judgeDs(R"({"method":"do","system":{"logout":"null"}})"), Passes::asDoor);
  EXPECT_EQ(judgeRoot(R"({"method":"do","login":{"username":"admin"}})"), Passes::asLogin);
  EXPECT_EQ(judgeRoot(R"({"method":"do","set_password":{"username":"admin"}})"), Passes::never);
}

TEST(Gate, LetsOnlyReadingHttpMethodsPass) {
  EXPECT_EQ(judge({.method = "GET", .path = "/"}), Passes::asRead);
  EXPECT_EQ(judge({.method = "PUT", .path = "/"}), Passes::never);
  EXPECT_EQ(judge({.method = "DELETE", .path = "/"}), Passes::never);
}

TEST(Gate, SendsAWriteOnceThatWasPermittedWordByWord) {
  SameAnswer device(R"({"error_code":0})");
  StillTime still;
  Throttle throttle(0, still.time());
  Gate gate(device, throttle, {});
  const HttpExchange write{.path = "/stok=1/ds",
                           .body = R"({"method":"set","led":{"config":{"enabled":"on"}}})"};
  EXPECT_THAT(gate.exchange(write), FailsWith(ErrorKind::safety));
  gate.permit(write.body);
  EXPECT_THAT(gate.exchange(write), IsOk());
  EXPECT_THAT(gate.exchange(write), FailsWith(ErrorKind::safety));
  EXPECT_EQ(device.sent, 1);
}

TEST(Gate, MakesNoMoreLoginsThanItMay) {
  SameAnswer device(R"({"error_code":0})");
  StillTime still;
  Throttle throttle(0, still.time());
  Gate gate(device, throttle, {.logins = 1});
  const HttpExchange login{.body = R"({"method":"do","login":{}})"};
  EXPECT_THAT(gate.exchange(login), IsOk());
  EXPECT_THAT(gate.exchange(login), FailsWith(ErrorKind::safety));
  gate.allowLogins(1);
  EXPECT_THAT(gate.exchange(login), IsOk());
  EXPECT_EQ(gate.logins(), 2);
}

TEST(Gate, ShutsAtTheFirstSignOfALock) {
  for (const char* answer :
       {R"({"error_code":-40404})", R"({"error_code":-40401,"data":{"code":-40404}})",
        R"({"error_code":-40401,"data":{"code":-40408}})",
        R"({"error_code":-40401,"data":{"code":-40401,"sec_left":12}})"}) {
    SCOPED_TRACE(answer);
    SameAnswer device(answer);
    StillTime still;
    Throttle throttle(0, still.time());
    Gate gate(device, throttle, {});
    EXPECT_THAT(gate.exchange({.body = "[1]"}), IsOk());
    EXPECT_THAT(gate.exchange({.body = "[1]"}), FailsWith(ErrorKind::locked));
    EXPECT_EQ(device.sent, 1);
  }
}

TEST(Throttle, KeepsRequestsApart) {
  StillTime still;
  Throttle throttle(4, still.time());
  throttle.wait();
  throttle.wait();
  throttle.wait();
  EXPECT_EQ(still.now.time_since_epoch(), milliseconds(500));
}

TEST(Throttle, LetsAllGoAtOnceWithoutARate) {
  StillTime still;
  Throttle throttle(0, still.time());
  for (int i = 0; i < 100; ++i) throttle.wait();
  EXPECT_EQ(still.now.time_since_epoch(), milliseconds(0));
}

}  // namespace stoklab::cli::dump
