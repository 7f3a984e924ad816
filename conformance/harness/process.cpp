#include "harness/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTail = 2000;

}  // namespace

Process::Process(ProcessOptions options) : options_(std::move(options)) {
  if (options_.command.empty()) throw std::runtime_error("no command to start");
  try {
    spawn();
    waitUntilReady();
  } catch (...) {
    stop();
    if (output_ >= 0) ::close(output_);
    if (errors_ >= 0) ::close(errors_);
    throw;
  }
}

Process::~Process() {
  stop();
  if (output_ >= 0) ::close(output_);
  if (errors_ >= 0) ::close(errors_);
}

void Process::spawn() {
  // Everything that allocates happens before fork(): the child may only do what is safe between
  // fork and exec.
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string variable = *entry;
    bool replaced = false;
    for (const auto& [name, value] : options_.environment)
      replaced = replaced || variable.rfind(name + "=", 0) == 0;
    if (!replaced) variables.push_back(variable);
  }
  for (const auto& [name, value] : options_.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::vector<char*> arguments;
  for (std::string& argument : options_.command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  output_ = pipe[0];
  errors_ = ::memfd_create("stderr", MFD_CLOEXEC);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) {
    ::close(pipe[1]);
    throw std::runtime_error(std::string("cannot fork: ") + std::strerror(errno));
  }
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);  // a Ctrl-C is for the judge, who ends the child when it is done
    if (::getppid() != parent) ::_exit(127);  // the judge died before the line above
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(pipe[1], STDOUT_FILENO);
    if (errors_ >= 0) ::dup2(errors_, STDERR_FILENO);
    ::execvpe(arguments[0], arguments.data(), environment.data());
    constexpr std::string_view kMessage = "cannot execute the command\n";
    const ssize_t ignored = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
    static_cast<void>(ignored);
    ::_exit(127);
  }
  running_ = true;
  ::close(pipe[1]);
}

void Process::waitUntilReady() {
  const auto deadline = Clock::now() + options_.readyTime;
  std::string text;
  constexpr std::string_view kReady = "READY ";
  for (;;) {
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      if (text.rfind(kReady, 0) == 0) {
        announcement_ = text.substr(kReady.size(), end - kReady.size());
        return;
      }
      text.erase(0, end + 1);
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    pollfd entry{output_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) == 0) {
      throw std::runtime_error(options_.command.front() + " did not say READY within " +
                               std::to_string(options_.readyTime.count()) + " ms: " + errorTail());
    }
    std::array<char, 4096> chunk{};
    const ssize_t size = ::read(output_, chunk.data(), chunk.size());
    if (size > 0) {
      text.append(chunk.data(), static_cast<std::size_t>(size));
    } else if (size == 0) {
      reap(true);
      throw std::runtime_error(options_.command.front() +
                               " ended before it was ready: " + errorTail());
    }
  }
}

bool Process::reap(bool block) {
  if (!running_) return true;
  pid_t ended = 0;
  do {
    ended = ::waitpid(pid_, &status_, block ? 0 : WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended != 0) running_ = false;
  return !running_;
}

bool Process::isRunning() { return !reap(false); }

int Process::stop() {
  if (reap(false)) return status_;
  ::kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + options_.stopTime;
  while (Clock::now() < deadline) {
    if (reap(false)) return status_;
    std::this_thread::sleep_for(milliseconds(2));
  }
  ::kill(pid_, SIGKILL);
  reap(true);
  return status_;
}

std::string Process::errorTail() const {
  if (errors_ < 0) return {};
  const off_t size = ::lseek(errors_, 0, SEEK_CUR);
  const off_t start = size > static_cast<off_t>(kTail) ? size - static_cast<off_t>(kTail) : 0;
  std::string text(static_cast<std::size_t>(size - start), '\0');
  const ssize_t got = ::pread(errors_, text.data(), text.size(), start);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace stoklab::conformance
