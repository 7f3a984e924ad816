#include "capture/login_gate.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <vector>

#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using emulator::HttpRequest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

namespace {

constexpr const char* kLogin = R"({"method":"do","login":{"username":"admin","password":"x"}})";
constexpr const char* kChallenge = R"({"method":"do","user_management":{"get_encrypt_info":null}})";
constexpr const char* kRefused =
    R"({"error_code":-40401,"data":{"code":-40401,"time":7,"max_time":10}})";
constexpr const char* kAdmitted = R"({"error_code":0,"stok":"0123456789abcdef"})";

// Answers from a list, and remembers what reached it.
class FakeUpstream final : public Upstream {
 public:
  void answer(const std::string& body, int status = 401) {
    passages_.push_back({.outcome = Passage::Outcome::answered,
                         .answer = {.status = status, .body = body},
                         .reply = {.status = status, .body = body}});
  }
  void fail(Passage::Outcome outcome) {
    passages_.push_back({.outcome = outcome, .reply = {.status = 502}});
  }
  Passage pass(const HttpRequest& request) override {
    bodies.emplace_back(request.body);
    if (passages_.empty()) return {.outcome = Passage::Outcome::lost};
    Passage passage = std::move(passages_.front());
    passages_.pop_front();
    return passage;
  }

  std::vector<std::string> bodies;

 private:
  std::deque<Passage> passages_;
};

class LoginGateOfAProxy : public testing::Test {
 protected:
  ~LoginGateOfAProxy() override { std::filesystem::remove_all(folder_); }

  emulator::HttpReply send(const char* body) {
    return gate_.pass({.method = "POST", .target = "/", .body = body}).reply;
  }
  void loginAndMeet(const char* answer) {
    device_.answer(answer);
    send(kLogin);
  }
  // Whether a login reaches the device now. Made to be lost if it does.
  bool passesLogins() {
    const auto before = device_.bodies.size();
    send(kLogin);
    return device_.bodies.size() > before;
  }

  static std::string makeFolder() {
    std::string name = testing::TempDir() + "login_gate_test_XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    return name;
  }

  const std::string folder_ = makeFolder();
  std::chrono::steady_clock::time_point now_{1000s};
  std::chrono::system_clock::time_point wall_{1'700'000'000s};
  std::vector<std::string> told_;
  FakeUpstream device_;
  LoginBudget budget_{
      {.directory = folder_, .authority = "192.0.2.7:443", .patience = 20ms, .now = [this] {
         return wall_;
       }}};
  LoginGate gate_{device_,
                  {.budget = &budget_,
                   .now = [this] { return now_; },
                   .tell = [this](const std::string& what) { told_.push_back(what); }}};
};

}  // namespace

TEST(LoginRequest, IsKnownByItsBodyHoweverItIsWritten) {
  for (const char* body :
       {kLogin, R"({"login":{},"method":"do"})", R"({"method":"do","log\u0069n":{}})",
        R"({"login":null})", R"({"login":{"a":1},"login":null})",
        R"({"method":"do", "login" : {"username":)", "{\"a\":\xff,\"login\":{}}x"}) {
    SCOPED_TRACE(body);
    EXPECT_TRUE(asksForLogin(body));
  }
}

TEST(LoginRequest, IsNotSeenWhereNobodyLogsIn) {
  for (const char* body :
       {"", kChallenge, "login", R"(["login"])", R"({"method":"get","system":{"name":"login"}})",
        R"({"unusual_detection":{"login_error":{}}})",
        R"({"method":"do","system":{"logout":"null"}})", R"({"a":"\"login\""})"}) {
    SCOPED_TRACE(body);
    EXPECT_FALSE(asksForLogin(body));
  }
}

TEST_F(LoginGateOfAProxy, PassesOnWhatIsNoLoginWhateverHappened) {
  for (int i = 0; i < 10; ++i) {
    device_.answer(R"({"error_code":-40401,"data":{"code":-40404,"sec_left":1800}})");
    EXPECT_EQ(send(kChallenge).status, 401);
  }
  EXPECT_THAT(device_.bodies, SizeIs(10));
  EXPECT_EQ(gate_.heldBack(), 0);
}

TEST_F(LoginGateOfAProxy, StopsLoginsWhenTheBudgetOfRefusalsIsSpent) {
  for (int i = 0; i < 3; ++i) loginAndMeet(kRefused);
  EXPECT_THAT(device_.bodies, SizeIs(3));
  const auto reply = send(kLogin);
  EXPECT_THAT(device_.bodies, SizeIs(3));
  EXPECT_EQ(reply.status, 401);
  const auto body = protocol::parseJson(reply.body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(*body->find("error_code")->integer(), -40401);
  EXPECT_THAT(*body->at({"data", "stoklab_capture"})->string(),
              AllOf(HasSubstr("not passed on to the device"), HasSubstr("refused 3 logins")));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("a login was not passed on")));
  EXPECT_EQ(gate_.heldBack(), 1);
  wall_ += 31min;
  EXPECT_TRUE(passesLogins());
}

TEST_F(LoginGateOfAProxy, CountsNoLoginThatIsAccepted) {
  for (int i = 0; i < 20; ++i) {
    device_.answer(kAdmitted, 200);
    EXPECT_EQ(send(kLogin).status, 200);
  }
  EXPECT_THAT(device_.bodies, SizeIs(20));
}

TEST_F(LoginGateOfAProxy, CountsALoginWhoseAnswerWasLostAndNoneThatWasNotSent) {
  for (int i = 0; i < 10; ++i) {
    device_.fail(Passage::Outcome::unreached);
    send(kLogin);
  }
  EXPECT_THAT(device_.bodies, SizeIs(10));
  for (int i = 0; i < 3; ++i) {
    device_.fail(Passage::Outcome::lost);
    send(kLogin);
  }
  EXPECT_FALSE(passesLogins());
}

TEST_F(LoginGateOfAProxy, CountsAnAnswerThatMakesNoSenseAsARefusal) {
  for (const char* answer : {"", "<html>", R"({"error_code":0})"}) loginAndMeet(answer);
  EXPECT_FALSE(passesLogins());
}

TEST_F(LoginGateOfAProxy, TakesAnOutdatedNonceForNoVerdict) {
  for (int i = 0; i < 5; ++i)
    loginAndMeet(R"({"error_code":-40401,"data":{"code":-40410,"time":9}})");
  EXPECT_TRUE(passesLogins());
}

TEST_F(LoginGateOfAProxy, StopsAtTheFirstSignOfALockUntilItIsOver) {
  loginAndMeet(R"({"error_code":-40401,"data":{"code":-40404,"sec_left":60}})");
  EXPECT_FALSE(passesLogins());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("locked for another 60 s")));
  now_ += 59s;
  EXPECT_FALSE(passesLogins());
  now_ += 1s;
  EXPECT_TRUE(passesLogins());
}

TEST_F(LoginGateOfAProxy, StopsForGoodAtALockWithoutAnEnd) {
  for (const char* answer :
       {R"({"error_code":-40408})", R"({"error_code":-40404,"sec_left":-1})"}) {
    LoginGate gate(device_, {.now = [this] { return now_; }});
    device_.answer(answer);
    gate.pass({.method = "POST", .target = "/", .body = kChallenge});
    now_ += 24h;
    EXPECT_EQ(gate.pass({.method = "POST", .target = "/", .body = kLogin}).outcome,
              Passage::Outcome::held);
  }
}

TEST_F(LoginGateOfAProxy, LeavesTheLastAttemptToAPersonAtTheDevice) {
  device_.answer(R"({"error_code":-40401,"data":{"code":-40407,"time":1,"max_time":10}})");
  send(kChallenge);
  EXPECT_FALSE(passesLogins());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("takes only 1 more wrong password")));
  device_.answer(R"({"error_code":-40401,"data":{"code":-40407,"time":2,"max_time":10}})");
  send(kChallenge);
  EXPECT_TRUE(passesLogins());
}

TEST_F(LoginGateOfAProxy, DoesNotLogInWhileAnotherProcessDoes) {
  LoginBudget other(
      {.directory = folder_, .authority = "192.0.2.7:443", .patience = 20ms, .now = [this] {
         return wall_;
       }});
  ASSERT_TRUE(other.begin().has_value());
  EXPECT_FALSE(passesLogins());
  other.conclude(false);
  EXPECT_TRUE(passesLogins());
}

TEST_F(LoginGateOfAProxy, TellsNoSecret) {
  for (int i = 0; i < 3; ++i) loginAndMeet(kRefused);
  send(R"({"method":"do","login":{"username":"admin","password":"hunter2hunter2"}})");
  EXPECT_THAT(told_, ElementsAre(Not(HasSubstr("hunter2"))));
}

}  // namespace stoklab::cli
