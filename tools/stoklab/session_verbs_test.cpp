// The verbs that talk to a device, over TLS, against one that answers from a script: what they
// send, what they print, and what they refuse to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <mutex>

#include "program_run.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/identity.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using emulator::HttpReply;
using emulator::HttpRequest;
using emulator::HttpsServer;
using protocol::Json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

// Keys and certificates take long to make, so all tests share them.
const std::string& challengeKey() {
  static const std::string key = protocol::RsaPrivateKey::generate(1024).publicSpkiBase64();
  return key;
}

emulator::Identity makeIdentity(const std::string& name) {
  return *emulator::makeIdentity({.commonName = name});
}
const emulator::Identity& identity() {
  static const emulator::Identity made = makeIdentity("first");
  return made;
}
const emulator::Identity& otherIdentity() {
  static const emulator::Identity made = makeIdentity("second");
  return made;
}

// Hands out challenges and sessions, and answers every command in the same way.
class ScriptedCamera : public emulator::Endpoint {
 public:
  bool acceptsLogins = true;
  std::string answer = R"({"error_code":0})";

  HttpReply handle(const HttpRequest& request, const emulator::Peer&) override {
    const std::string body(request.body);
    const std::lock_guard lock(mutex_);
    if (request.target == "/") {
      if (body.find("\"login\"") == std::string::npos) return challenge(-40407);
      ++logins_;
      if (!acceptsLogins) return challenge(-40401);
      return {.body = R"({"error_code":0,"stok":"0123456789abcdef","user_group":"root"})"};
    }
    if (body.find("logout") == std::string::npos) commands_.push_back(body);
    return {.body = answer};
  }

  int logins() const {
    const std::lock_guard lock(mutex_);
    return logins_;
  }
  // The bodies of all commands but the logout.
  std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }

 private:
  static HttpReply challenge(int code) {
    const protocol::Challenge data{.code = code,
                                   .encryptTypes = {"1", "2"},
                                   .key = challengeKey(),
                                   .nonce = "abcdefgh",
                                   .attemptsLeft = 9,
                                   .maxAttempts = 10};
    const Json body = Json::object({{"error_code", -40401}, {"data", toJson(data)}});
    return {.status = 401, .body = printJson(body)};
  }

  mutable std::mutex mutex_;
  int logins_ = 0;
  std::vector<std::string> commands_;
};

class SessionVerbs : public testing::Test {
 protected:
  SessionVerbs() {
    EXPECT_NE(mkdtemp(state_.data()), nullptr);
    serve(identity(), 0);
  }
  ~SessionVerbs() override { std::filesystem::remove_all(state_); }

  void serve(const emulator::Identity& shown, std::uint16_t port) {
    server_.reset();
    server_ = *HttpsServer::start(camera_, {.port = port, .tls = {.identity = shown}});
  }

  // Runs the program against the camera under a name of this machine.
  ProgramRun run(std::vector<std::string> arguments, const std::string& host = "127.0.0.1") {
    return ProgramRun(
        arguments, {{"STOKLAB_PASSWORD", "correct horse"},
                    {"STOKLAB_TARGET", "https://" + host + ":" + std::to_string(server_->port())},
                    {"XDG_STATE_HOME", state_}});
  }

  ScriptedCamera camera_;
  std::unique_ptr<HttpsServer> server_;

 private:
  std::string state_ = testing::TempDir() + "session_verbs_test_XXXXXX";
};

// It leads to this machine, but not by a name that the program takes for it.
constexpr auto kForeignName = "0.0.0.0";

}  // namespace

TEST_F(SessionVerbs, ReadSeveralSettingsWithOneRequest) {
  camera_.answer = R"({"image":{"switch":{"ldc":"off"},"common":{"luma":"50"}},"error_code":0})";
  const ProgramRun get = run({"get", "image.switch.ldc", "image.common"});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_EQ(get.out, "image.switch.ldc = off\nimage.common.luma = 50\n");
  EXPECT_THAT(camera_.commands(),
              ElementsAre(R"({"method":"get","image":{"name":["switch","common"]}})"));
}

TEST_F(SessionVerbs, TellWhatTheAnswerDoesNotHold) {
  camera_.answer = R"({"image":{"switch":{"ldc":"off"}},"error_code":0})";
  const ProgramRun get = run({"get", "image.switch.ldc", "image.switch.flicker"});
  EXPECT_EQ(get.code, 1);
  EXPECT_EQ(get.out, "image.switch.ldc = off\n");
  EXPECT_THAT(get.err, HasSubstr("image.switch.flicker"));
}

TEST_F(SessionVerbs, ChangeSeveralSettingsWithOneRequest) {
  const ProgramRun set = run({"set", "image.switch.ldc=on", "image.switch.flicker=50hz",
                              "audio_config.speaker.volume:=80"});
  EXPECT_EQ(set.code, 0) << set.err;
  EXPECT_EQ(
      set.out,
      "image.switch.ldc = on\nimage.switch.flicker = 50hz\naudio_config.speaker.volume = 80\n");
  EXPECT_THAT(camera_.commands(),
              ElementsAre(R"({"method":"set","image":{"switch":{"ldc":"on","flicker":"50hz"}},)"
                          R"("audio_config":{"speaker":{"volume":80}}})"));
}

TEST_F(SessionVerbs, PrintNoChangeThatTheDeviceRefused) {
  camera_.answer = R"({"error_code":-60312})";
  const ProgramRun set = run({"set", "image.switch.ldc=perhaps"});
  EXPECT_EQ(set.code, 1);
  EXPECT_EQ(set.out, "");
  EXPECT_THAT(set.err, AllOf(HasSubstr("set image.switch.ldc"), HasSubstr("-60312")));
}

TEST_F(SessionVerbs, PerformAnActionWithoutArgumentsAsNull) {
  const ProgramRun done = run({"do", "system.reboot"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "done: system.reboot\n");
  EXPECT_THAT(camera_.commands(), ElementsAre(R"({"method":"do","system":{"reboot":null}})"));
}

TEST_F(SessionVerbs, PrintWhatAnActionAnswers) {
  camera_.answer = R"({"system":{"user_id":1},"error_code":0})";
  EXPECT_EQ(run({"do", "system.get_user_id", "kind=x"}).out, "system.user_id = 1\n");
  EXPECT_THAT(camera_.commands(),
              ElementsAre(R"({"method":"do","system":{"get_user_id":{"kind":"x"}}})"));
}

TEST_F(SessionVerbs, AddAndDeleteRows) {
  EXPECT_EQ(run({"add", "user_management.admin", "admin_2", "username=guard"}).code, 0);
  EXPECT_EQ(run({"delete", "user_management", "admin_2", "admin_3"}).code, 0);
  EXPECT_THAT(
      camera_.commands(),
      ElementsAre(R"({"method":"add","user_management":{"table":"admin",)"
                  R"("name":"admin_2","para":{"username":"guard"}}})",
                  R"({"method":"delete","user_management":{"name":["admin_2","admin_3"]}})"));
}

TEST_F(SessionVerbs, SendARawBodyAsItIs) {
  camera_.answer = R"({ "error_code" : 0 })";
  const ProgramRun raw = run({"raw", R"({ "method" : "get" , "a b":{"name":"%41"}})"});
  EXPECT_EQ(raw.code, 0) << raw.err;
  EXPECT_EQ(raw.out, "{ \"error_code\" : 0 }\n");
  EXPECT_THAT(camera_.commands(), ElementsAre(R"({ "method" : "get" , "a b":{"name":"%41"}})"));
}

TEST_F(SessionVerbs, HideSecretsInARawAnswerUnlessAsked) {
  camera_.answer = R"({"wifi":{"password":"hunter2"},"error_code":0})";
  EXPECT_THAT(run({"raw", "{}"}).out, Not(HasSubstr("hunter2")));
  EXPECT_THAT(run({"raw", "{}", "--show-secrets"}).out, HasSubstr("hunter2"));
}

TEST_F(SessionVerbs, LogInOnceWithAWrongPasswordAndStopForSafety) {
  camera_.acceptsLogins = false;
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"login"}, {"get", "image.switch"}, {"set", "a.b.c=1"}}) {
    SCOPED_TRACE(arguments.front());
    const int before = camera_.logins();
    const ProgramRun refused = run(arguments);
    EXPECT_EQ(refused.code, 4);
    EXPECT_EQ(camera_.logins() - before, 1);
    EXPECT_THAT(refused.err, Not(HasSubstr("correct horse")));
  }
  const ProgramRun fourth = run({"modules"});
  EXPECT_EQ(fourth.code, 4);
  EXPECT_THAT(fourth.err, HasSubstr("has refused 3 logins"));
  EXPECT_EQ(camera_.logins(), 3);
  EXPECT_THAT(camera_.commands(), IsEmpty());
}

TEST_F(SessionVerbs, ShowTheTokenOnlyWhenAsked) {
  const ProgramRun login = run({"login"});
  EXPECT_EQ(login.code, 0) << login.err;
  EXPECT_THAT(login.out, AllOf(HasSubstr("root"), HasSubstr("30 minutes"),
                               Not(HasSubstr("0123456789abcdef"))));
  EXPECT_THAT(run({"login", "--show-token"}).out, HasSubstr("0123456789abcdef"));
}

TEST_F(SessionVerbs, ShowAChallengeWithoutALogin) {
  const ProgramRun challenge = run({"challenge"});
  EXPECT_EQ(challenge.code, 0) << challenge.err;
  EXPECT_THAT(challenge.out, AllOf(HasSubstr("RSA, 1024 bits"), HasSubstr("9 of 10"),
                                   HasSubstr("AES256-GCM-SHA384"), Not(HasSubstr("abcdefgh"))));
  EXPECT_EQ(camera_.logins(), 0);
}

TEST_F(SessionVerbs, FindAnEmulatorThatIsReady) {
  const std::string url = "https://127.0.0.1:" + std::to_string(server_->port());
  EXPECT_EQ(run({"ready", "--url", url}).code, 0);
  EXPECT_EQ(camera_.logins(), 0);
}

TEST_F(SessionVerbs, RememberTheCertificateOfADeviceAtTheFirstContact) {
  const ProgramRun first = run({"login"}, kForeignName);
  EXPECT_EQ(first.code, 0) << first.err;
  const std::string fingerprint = *emulator::certificateFingerprint(identity());
  EXPECT_THAT(first.err, AllOf(HasSubstr("first contact"), HasSubstr(fingerprint)));
  const ProgramRun second = run({"login"}, kForeignName);
  EXPECT_EQ(second.code, 0);
  EXPECT_EQ(second.err, "");
}

TEST_F(SessionVerbs, SendNothingToADeviceWhoseCertificateHasChanged) {
  ASSERT_EQ(run({"login"}, kForeignName).code, 0);
  serve(otherIdentity(), server_->port());
  const ProgramRun changed = run({"login"}, kForeignName);
  EXPECT_EQ(changed.code, 3);
  EXPECT_THAT(changed.err, AllOf(HasSubstr(*emulator::certificateFingerprint(identity())),
                                 HasSubstr(*emulator::certificateFingerprint(otherIdentity())),
                                 HasSubstr("known_devices.json")));
  EXPECT_EQ(camera_.logins(), 1);
  EXPECT_EQ(run({"login", "--insecure"}, kForeignName).code, 0);
}

TEST_F(SessionVerbs, AcceptOnlyAPinnedCertificate) {
  const std::string right = *emulator::certificateFingerprint(identity());
  EXPECT_EQ(run({"login", "--tls-pin", right}).code, 0);
  EXPECT_EQ(run({"login", "--tls-pin", std::string(64, 'a')}).code, 3);
  EXPECT_EQ(run({"login", "--tls-pin", "short"}).code, 2);
  EXPECT_EQ(camera_.logins(), 1);
}

}  // namespace stoklab::cli
