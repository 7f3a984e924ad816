// `stoklab conform` as its users meet it: exit codes, messages, what it does to a device that it
// did not start, and what its reports give away. Everything happens on the loopback.
#include "selftest/program.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "harness/json_view.h"

namespace stoklab::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Breaks just SESS-DEAD-TOKEN-STATUS.
constexpr const char* kFault = "dead-token-status-200";

// Listens on a free port and greets whoever connects with something that is no TLS.
class Garbage {
 public:
  Garbage() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 4);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) {
        constexpr std::string_view kText = "220 a mail server, perhaps\r\n";
        ::send(fd, kText.data(), kText.size(), MSG_NOSIGNAL);
        std::array<char, 512> buffer{};
        [[maybe_unused]] const ssize_t read = ::read(fd, buffer.data(), buffer.size());
      }
    });
  }
  Garbage(const Garbage&) = delete;
  Garbage& operator=(const Garbage&) = delete;
  ~Garbage() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  int port() const { return port_; }

 private:
  int listener_;
  int port_ = 0;
  std::thread thread_;
};

TEST(ConformProgram, TellsThatTheTargetIsDown) {
  int port = 0;
  {
    const Garbage gone;
    port = gone.port();
  }
  const Finished finished =
      run("conform --select AUTH- --target https://127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(finished.code, 3) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("cannot reach the target: TCP connection"));
}

TEST(ConformProgram, TellsThatTheTargetSpeaksNoTls) {
  const Garbage garbage;
  const Finished finished =
      run("conform --select AUTH- --target https://127.0.0.1:" + std::to_string(garbage.port()));
  EXPECT_EQ(finished.code, 3) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("cannot reach the target: TLS: handshake"));
}

TEST(ConformProgram, TellsThatTheCertificateIsAnother) {
  const StrangeDevice device;
  const Finished finished =
      run("conform --select TLS-" + device.target() + "--tls-pin " + std::string(64, '0'));
  EXPECT_EQ(finished.code, 3) << finished.text;
  EXPECT_THAT(finished.text,
              HasSubstr("cannot reach the target: TLS: the certificate has the fingerprint"));
}

TEST(ConformProgram, StopsAfterOneWrongPassword) {
  const StrangeDevice device;
  const TemporaryFile report;
  const Finished finished = run("conform --select AUTH-LOGIN --select SESS-" + device.target() +
                                    "--report json=" + report.path(),
                                "Another-Password-2");
  EXPECT_EQ(finished.code, 4) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("login: the device refused the user name or password"));
  const auto json = parseJson(report.text());
  ASSERT_TRUE(json) << report.text();
  EXPECT_EQ(json->at("logins.accepted")->integer, 0);
  EXPECT_EQ(json->at("logins.refused")->integer, 1);
  EXPECT_EQ(json->at("exit_code")->integer, 4);
}

TEST(ConformProgram, TellsThatNothingWasSelected) {
  const Finished finished = run("conform --select NO-SUCH-REQUIREMENT");
  EXPECT_EQ(finished.code, 6) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("nothing was run"));
}

TEST(ConformProgram, TellsThatAReportCannotBeWritten) {
  const Finished finished =
      run("conform --select TLS-CERTIFICATE --report junit=/no/such/directory/report.xml");
  EXPECT_EQ(finished.code, 5) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("cannot write /no/such/directory/report.xml"));
  EXPECT_THAT(finished.text, HasSubstr("0 not kept"));
}

TEST(ConformProgram, RefusesAnUnknownKindOfReport) {
  EXPECT_EQ(run("conform --report poem=x.txt").code, 2);
}

TEST(ConformProgram, OnlyReadsWhatItDidNotStart) {
  const StrangeDevice device;
  const TemporaryFile report;
  const std::string before = device.state();
  ASSERT_THAT(before, HasSubstr("label_info_1"));
  const Finished finished = run("conform --report json=" + report.path() + device.target());
  EXPECT_EQ(finished.code, 0) << finished.text;
  EXPECT_EQ(device.state(), before);
  const auto json = parseJson(report.text());
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("logins.refused")->integer, 0);
  EXPECT_GT(json->at("totals.pass")->integer, 50);
  EXPECT_THAT(finished.text,
              AllOf(HasSubstr("changes settings: needs --allow reversible"),
                    HasSubstr("may cost a login attempt"), HasSubstr("disturbs the device")));
}

TEST(ConformProgram, PutsBackWhatItChanges) {
  const StrangeDevice device;
  const std::string before = device.state();
  ASSERT_THAT(before, HasSubstr("label_info_1"));
  const Finished finished =
      run("conform --allow reversible --select CMD- --select ERR-" + device.target());
  EXPECT_EQ(finished.code, 0) << finished.text;
  EXPECT_EQ(device.state(), before);
}

TEST(ConformProgram, PutsBackTheSettingsOfEveryModule) {
  const StrangeDevice device;
  const std::string before = device.state();
  ASSERT_THAT(before, HasSubstr("label_info_1"));
  const Finished finished = run("conform --allow reversible --select SETTING- --profile " +
                                std::string(STOKLAB_PROFILE) + device.target());
  EXPECT_EQ(finished.code, 0) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("pass  must    SETTING-IMAGE-ACCEPTS"));
  EXPECT_THAT(finished.text, HasSubstr("skip  must    SETTING-NETWORK-REFUSES"));
  EXPECT_EQ(device.state(), before);
}

TEST(ConformProgram, SaysThatSettingsNeedAProfile) {
  const StrangeDevice device;
  const Finished finished = run("conform --select SETTING-IMAGE-" + device.target());
  EXPECT_EQ(finished.code, 6) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("did not run: 7  no profile is named: give --profile"));
}

TEST(ConformProgram, KnowsTheSettingsOfAProfile) {
  const Finished list = run("conform --list --select SETTING-LED-");
  EXPECT_EQ(list.code, 0) << list.text;
  EXPECT_THAT(list.text, HasSubstr("SETTING-LED-SHAPE"));
  const Finished explained = run("explain SETTING-LED-ACCEPTS");
  EXPECT_EQ(explained.code, 0) << explained.text;
  EXPECT_THAT(explained.text, AllOf(HasSubstr("in the module led"), HasSubstr("client-code")));
  EXPECT_EQ(run("explain SETTING-NO-SUCH-THING").code, 2);
}

TEST(ConformProgram, SpendsNoMoreAttemptsThanAllowed) {
  const StrangeDevice device;
  const TemporaryFile report;
  run("conform --allow-failed-logins 2 --select AUTH-REFUSED --select AUTH-HASH" + device.target() +
      "--report json=" + report.path());
  const auto json = parseJson(report.text());
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("logins.refused")->integer, 2);
}

TEST(ConformProgram, FindsADeviationAndGivesNoSecretAway) {
  const TemporaryFile junit;
  const TemporaryFile json;
  const Finished finished =
      run("conform --select SESS-DEAD --select SESS-TOKEN --fault " + std::string(kFault) +
          " --report junit=" + junit.path() + " --report json=" + json.path());
  EXPECT_EQ(finished.code, 1) << finished.text;
  EXPECT_THAT(finished.text, HasSubstr("FAIL  must    SESS-DEAD-TOKEN-STATUS"));
  EXPECT_THAT(finished.text, HasSubstr("7 requirements: 6 kept, 1 not kept"));
  EXPECT_THAT(finished.text, HasSubstr("expected  HTTP status 401"));
  for (const std::string& text : {finished.text, junit.text(), json.text()}) {
    EXPECT_THAT(text, HasSubstr("POST /stok=***/ds"));
    EXPECT_THAT(text, Not(testing::ContainsRegex("stok=[0-9a-f]{8}")));
    EXPECT_THAT(text, Not(testing::ContainsRegex("nonce[^a-z,]+[0-9A-Za-z]{8}")));
    EXPECT_THAT(text, Not(HasSubstr("MIGf")));
  }
}

TEST(ConformProgram, LeavesExpectationsAloneThatAreThereAlready) {
  const TemporaryFile file;
  const std::string arguments = "conform --select TLS-NO --write-expectations " + file.path();
  const Finished first = run(arguments);
  EXPECT_EQ(first.code, 0) << first.text;
  EXPECT_THAT(file.text(), HasSubstr("\"deviations\": []"));
  std::ofstream(file.path()) << "mine";
  const Finished second = run(arguments);
  EXPECT_EQ(second.code, 2) << second.text;
  EXPECT_THAT(second.text, HasSubstr("is there already"));
  EXPECT_EQ(file.text(), "mine");
}

// The same device judged again: what was found before is no news, what is found since is.
TEST(ConformProgram, ComparesWithEarlierReports) {
  const TemporaryFile before;
  const TemporaryFile after;
  const std::string arguments = "conform --select SESS-DEAD ";
  const std::string fault = "--fault " + std::string(kFault) + " ";
  EXPECT_EQ(run(arguments + "--report json=" + before.path()).code, 0);
  EXPECT_EQ(run(arguments + fault + "--report json=" + after.path()).code, 1);
  const Finished worse = run(arguments + fault + "--baseline " + before.path());
  EXPECT_EQ(worse.code, 1) << worse.text;
  EXPECT_THAT(worse.text, HasSubstr("broken"));
  const Finished same = run(arguments + fault + "--baseline " + after.path());
  EXPECT_EQ(same.code, 0) << same.text;
  const Finished fixed = run(arguments + "--baseline " + after.path());
  EXPECT_EQ(fixed.code, 0) << fixed.text;
  EXPECT_THAT(fixed.text, HasSubstr("fixed"));
  const Finished flaky =
      run(arguments + fault + "--baseline " + before.path() + " --baseline " + after.path());
  EXPECT_EQ(flaky.code, 0) << flaky.text;
  EXPECT_THAT(flaky.text, HasSubstr("flaky"));
}

TEST(ConformProgram, SaysTheSameTwice) {
  const StrangeDevice device;
  const std::string arguments = "conform --select CMD-GET --select TLS-" + device.target();
  const Finished first = run(arguments + "--format json");
  EXPECT_EQ(first.code, 0) << first.text;
  EXPECT_EQ(run(arguments + "--format json").text, first.text);
}

}  // namespace
}  // namespace stoklab::conformance
