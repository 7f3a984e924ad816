// What `stoklab conform` does to a device that it did not start: nothing without leave, everything
// undone whatever happens, and never so many wrong passwords that it locks. What the device was
// asked is read from the journal that the emulator writes.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "selftest/program.h"

namespace stoklab::conformance {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A device that writes down what is asked of it.
class WatchedDevice {
 public:
  explicit WatchedDevice(std::vector<std::string> options = {})
      : device_(withJournal(std::move(options))) {}

  std::string target() const { return device_.target(); }
  std::string state() const { return device_.state(); }

  std::vector<Value> exchanges() const {
    std::vector<Value> all;
    std::ifstream in(journal_.path());
    for (std::string line; std::getline(in, line);) {
      if (auto entry = parseJson(line)) all.push_back(*std::move(entry));
    }
    return all;
  }

  std::size_t count(std::string_view method) const {
    std::size_t found = 0;
    for (const Value& exchange : exchanges()) {
      const Value* name = exchange.find("method");
      if (name != nullptr && name->text == method) ++found;
    }
    return found;
  }

  // The error codes of all logins.
  std::vector<std::int64_t> logins() const {
    std::vector<std::int64_t> codes;
    for (const Value& exchange : exchanges()) {
      if (toText(exchange).find(R"("asks":["login"])") == std::string::npos) continue;
      const Value* code = exchange.find("error_code");
      codes.push_back(code == nullptr ? -1 : code->integer);
    }
    return codes;
  }

 private:
  std::vector<std::string> withJournal(std::vector<std::string> options) const {
    options.insert(options.end(), {"--journal", journal_.path()});
    return options;
  }

  TemporaryFile journal_;
  StrangeDevice device_;
};

// A run that is still going on.
class Running {
 public:
  explicit Running(const std::string& arguments) : pid_(::fork()) {
    if (pid_ != 0) return;
    const std::string command = "XDG_STATE_HOME='" + stateDirectory() + "' STOKLAB_PASSWORD='" +
                                kPassword + "' exec '" STOKLAB_PROGRAM "' " + arguments +
                                " </dev/null >/dev/null 2>&1";
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  // Returns when the process stands still.
  void freeze() const {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);
  }
  void goOn() const { ::kill(pid_, SIGCONT); }
  // Sends a signal and waits for the end. Returns the exit status as waitpid() gives it.
  int end(int signal) const {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return status;
  }

 private:
  pid_t pid_;
};

void waitForSets(const WatchedDevice& device, std::size_t sets) {
  for (int i = 0; i < 3000 && device.count("set") < sets; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_GE(device.count("set"), sets) << "the run changes nothing";
}

std::filesystem::path journalDirectory() { return stateDirectory() + "/stoklab/journal"; }

std::size_t journalsOfTheJudge() {
  std::error_code none;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(journalDirectory(), none))
    if (entry.is_regular_file()) ++files;
  return files;
}

// Changes that the journals announce and do not take back.
std::size_t changesPending() {
  std::error_code none;
  std::size_t announced = 0;
  std::size_t restored = 0;
  for (const auto& entry : std::filesystem::directory_iterator(journalDirectory(), none)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line) && !file.eof();) {
      if (line.find("\"change\":") != std::string::npos) ++announced;
      if (line.find("\"restored\":") != std::string::npos) ++restored;
    }
  }
  return announced - restored;
}

// Stops the run at a moment when a change of its is on the device, or about to be sent, and not
// undone. It is asked again while it stands still: what was seen before may be over.
bool freezeWithAChangePending(const Running& running) {
  for (int i = 0; i < 20'000; ++i) {
    if (changesPending() > 0) {
      running.freeze();
      if (changesPending() > 0) return true;
      running.goOn();
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  return false;
}

TEST(TargetSafety, NothingIsWrittenWithoutLeave) {
  const WatchedDevice device;
  const Finished finished = run("conform" + device.target());
  EXPECT_EQ(finished.code, 0) << finished.text;
  for (const char* method : {"set", "add", "delete"}) EXPECT_EQ(device.count(method), 0U) << method;
  EXPECT_GT(device.count("get"), 50U);
  std::set<std::string> actions;
  for (const Value& exchange : device.exchanges()) {
    const Value* method = exchange.find("method");
    if (method != nullptr && method->text == "do") actions.insert(toText(*exchange.find("asks")));
  }
  EXPECT_THAT(actions,
              testing::IsSubsetOf({R"(["user_management.get_encrypt_info"])", R"(["login"])",
                                   R"(["system.get_user_id"])", R"(["system.logout"])",
                                   R"(["system.no_such_action"])"}));
}

TEST(TargetSafety, OneLoginServesEachGroupOfSuites) {
  const WatchedDevice device;
  const TemporaryFile report;
  run("conform --report json=" + report.path() + device.target());
  EXPECT_THAT(device.logins(), testing::SizeIs(testing::Le(2))) << "wire and client";
  EXPECT_THAT(device.logins(), Each(0)) << "no wrong password";
  const auto json = parseJson(report.text());
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("logins.accepted")->integer,
            static_cast<std::int64_t>(device.logins().size()));
}

TEST(TargetSafety, WhatIsChangedIsPutBack) {
  const WatchedDevice device;
  const std::string before = device.state();
  ASSERT_THAT(before, HasSubstr("label_info_1"));
  const Finished finished = run("conform --allow reversible" + device.target());
  EXPECT_EQ(finished.code, 0) << finished.text;
  EXPECT_GT(device.count("set"), 100U);
  EXPECT_EQ(device.state(), before);
  EXPECT_EQ(journalsOfTheJudge(), 0U);
}

TEST(TargetSafety, WhatAKilledRunLeavesIsPutBackAfterwards) {
  const WatchedDevice device;
  const std::string before = device.state();
  // A whole run sends more than a hundred.
  for (const std::size_t further : {1U, 7U, 40U}) {
    SCOPED_TRACE(further);
    const std::size_t sets = device.count("set");
    const Running running("conform --allow reversible" + device.target());
    waitForSets(device, sets + further);
    const bool pending = freezeWithAChangePending(running);
    running.end(SIGKILL);
    ASSERT_TRUE(pending) << "the run never had a change pending: the test shows nothing";
    const Finished next =
        run("conform --select CMD-SET-ANSWER --allow reversible" + device.target());
    EXPECT_EQ(next.code, 4) << next.text;
    EXPECT_THAT(next.text, HasSubstr("conform --restore --target"));
    const Finished restored = run("conform --restore" + device.target());
    EXPECT_EQ(restored.code, 0) << restored.text;
    EXPECT_EQ(device.state(), before);
    EXPECT_EQ(journalsOfTheJudge(), 0U);
  }
  EXPECT_THAT(run("conform --restore" + device.target()).text, HasSubstr("nothing to restore"));
}

TEST(TargetSafety, AnInterruptedRunPutsBackAndReports) {
  const WatchedDevice device;
  const TemporaryFile report;
  const std::string before = device.state();
  const Running running("conform --allow reversible --report json=" + report.path() +
                        device.target());
  waitForSets(device, 20);
  const int status = running.end(SIGINT);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_EQ(device.state(), before);
  EXPECT_EQ(journalsOfTheJudge(), 0U);
  const auto json = parseJson(report.text());
  ASSERT_TRUE(json) << "a report is written on every path";
  EXPECT_EQ(json->at("exit_code")->integer, 130);
  EXPECT_GT(json->at("totals.pass")->integer, 0);
  EXPECT_GT(json->at("totals.skipped")->integer, 0);
}

TEST(TargetSafety, TheBudgetIsSpentBeforeTheDeviceLocks) {
  const ChangedProfile profile("\"max_failed_logins\": {\n      \"value\": 10",
                               "\"max_failed_logins\": {\n      \"value\": 5");
  ASSERT_TRUE(profile.changed());
  const WatchedDevice device({"--profile", profile.path()});
  int stopped = 0;
  for (int i = 0; i < 4; ++i) {
    const Finished finished =
        run("conform --allow-failed-logins 3 --select AUTH-" + device.target());
    if (finished.code == 4) ++stopped;
    EXPECT_THAT(finished.code, testing::AnyOf(0, 1, 4)) << finished.text;
  }
  EXPECT_GE(stopped, 2);
  const auto codes = device.logins();
  EXPECT_LE(std::count_if(codes.begin(), codes.end(), [](auto code) { return code != 0; }), 3);
  TemporaryFile elsewhere;
  const Finished login = run("login" + device.target(), kPassword, elsewhere.path());
  EXPECT_EQ(login.code, 0) << "the device is locked: " << login.text;
  std::filesystem::remove_all(elsewhere.path());
}

TEST(TargetSafety, OtherVerbsShareTheBudget) {
  const WatchedDevice device;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run("login" + device.target(), "wrong").code, 4);
  const Finished fourth = run("login" + device.target());
  EXPECT_EQ(fourth.code, 4);
  EXPECT_THAT(fourth.text, HasSubstr("3 logins within the last 30 minutes"));
  EXPECT_EQ(run("conform --select CMD-GET" + device.target()).code, 4);
  EXPECT_EQ(device.logins().size(), 3U);
}

TEST(TargetSafety, OnlyTheDeviceThatIsMeantIsDisturbed) {
  const WatchedDevice device;
  const std::string disruptive = "conform --select CMD-ADD --allow disruptive" + device.target();
  const Finished nameless = run(disruptive);
  EXPECT_EQ(nameless.code, 2);
  EXPECT_THAT(nameless.text, HasSubstr("--device-id"));
  EXPECT_EQ(run(disruptive + "--device-id 00-00-5E-00-53-99").code, 4);
  EXPECT_EQ(device.count("add"), 0U);
  EXPECT_EQ(run(disruptive + "--device-id 00-00-5e-00-53-01").code, 0);
  EXPECT_GT(device.count("add"), 0U);
}

TEST(TargetSafety, NothingIsRestoredWithoutATarget) { EXPECT_EQ(run("conform --restore").code, 2); }

}  // namespace
}  // namespace stoklab::conformance
