// A child process that announces itself by a line on its standard output, and that never outlives
// the judge: it is told to end when the owner goes, killed if it does not, and the kernel ends it
// if the judge itself is killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace stoklab::conformance {

struct ProcessOptions {
  std::vector<std::string> command = {};                              // found through PATH
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to the judge's own
  std::chrono::milliseconds readyTime{20'000};
  std::chrono::milliseconds stopTime{5'000};  // between SIGTERM and SIGKILL
};

// Used from one thread: the one that started it, because the kernel ties the child to that thread.
class Process {
 public:
  // Starts the command and waits for a line that begins with "READY ". Throws std::runtime_error
  // with what went wrong and the end of the child's standard error.
  explicit Process(ProcessOptions options);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  // What followed "READY ".
  const std::string& announcement() const { return announcement_; }
  pid_t pid() const { return pid_; }

  // False once the child has ended by itself.
  bool isRunning();

  // SIGTERM, then SIGKILL after stopTime. Idempotent. Returns the exit status as waitpid() gives
  // it.
  int stop();

  // The last bytes that the child wrote to its standard error.
  std::string errorTail() const;

 private:
  void spawn();
  void waitUntilReady();
  bool reap(bool block);

  ProcessOptions options_;
  pid_t pid_ = -1;
  int output_ = -1;  // read end of the child's standard output
  int errors_ = -1;  // a file in memory that holds its standard error
  bool running_ = false;
  int status_ = 0;
  std::string announcement_;
};

}  // namespace stoklab::conformance
