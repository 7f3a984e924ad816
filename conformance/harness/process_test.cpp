#include "harness/process.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

ProcessOptions shell(const std::string& script) { return {.command = {"/bin/sh", "-c", script}}; }

std::string failureOf(ProcessOptions options) {
  try {
    const Process process(std::move(options));
    return "it started";
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
}

bool exists(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

TEST(Process, TellsWhatTheChildAnnounced) {
  Process process(shell("echo noise; echo 'READY {\"url\":\"x\"}'; exec sleep 60"));
  EXPECT_EQ(process.announcement(), R"({"url":"x"})");
  EXPECT_TRUE(process.isRunning());
}

TEST(Process, GivesTheChildItsEnvironment) {
  ProcessOptions options = shell("echo \"READY $STOKLAB_PASSWORD\"; exec sleep 60");
  options.environment = {{"STOKLAB_PASSWORD", "for the child"}};
  EXPECT_EQ(Process(options).announcement(), "for the child");
}

TEST(Process, EndsTheChildWhenItGoes) {
  pid_t pid = 0;
  {
    const Process process(shell("echo 'READY x'; exec sleep 60"));
    pid = process.pid();
    EXPECT_TRUE(exists(pid));
  }
  EXPECT_FALSE(exists(pid));
}

TEST(Process, AsksBeforeItKills) {
  Process process(shell("trap 'exit 7' TERM; echo 'READY x'; while :; do sleep 0.01; done"));
  const int status = process.stop();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Process, KillsAChildThatDoesNotListen) {
  ProcessOptions options = shell("trap '' TERM; echo 'READY x'; while :; do sleep 0.01; done");
  options.stopTime = milliseconds(50);
  Process process(options);
  const int status = process.stop();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(Process, SaysWhatTheChildSaidWhenItFails) {
  EXPECT_THAT(failureOf(shell("echo 'port is taken' >&2; exit 1")),
              HasSubstr("ended before it was ready: port is taken"));
}

TEST(Process, SaysThatTheChildIsLate) {
  ProcessOptions options = shell("exec sleep 60");
  options.readyTime = milliseconds(50);
  EXPECT_THAT(failureOf(options), HasSubstr("did not say READY within 50 ms"));
}

TEST(Process, SaysThatThereIsNoSuchCommand) {
  EXPECT_THAT(failureOf({.command = {"/no/such/command"}}), HasSubstr("cannot execute"));
  EXPECT_THAT(failureOf({}), HasSubstr("no command"));
}

}  // namespace
}  // namespace stoklab::conformance
