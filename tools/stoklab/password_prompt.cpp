#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "password_source.h"

namespace stoklab::cli {

namespace {

// Set by the handler below, which exists so that a signal interrupts read() and the echo can be
// switched on again before the signal does its work.
volatile std::sig_atomic_t caughtSignal = 0;

extern "C" void catchSignal(int number) { caughtSignal = number; }

// Echo off and SIGINT caught while it lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int terminal) : terminal_(terminal) {
    caughtSignal = 0;
    struct sigaction action = {};
    action.sa_handler = catchSignal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &previousAction_);
    isSilent_ = tcgetattr(terminal_, &previousMode_) == 0;
    termios silent = previousMode_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    isSilent_ = isSilent_ && tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }

  ~SilentTerminal() {
    if (isSilent_) tcsetattr(terminal_, TCSAFLUSH, &previousMode_);
    sigaction(SIGINT, &previousAction_, nullptr);
    if (caughtSignal != 0) std::raise(caughtSignal);
  }

  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool isSilent() const { return isSilent_; }

 private:
  int terminal_;
  bool isSilent_ = false;
  termios previousMode_ = {};
  struct sigaction previousAction_ = {};
};

void writeAll(int file, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t step = write(file, text.data() + written, text.size() - written);
    if (step <= 0 && errno != EINTR) return;
    if (step > 0) written += static_cast<std::size_t>(step);
  }
}

Result<std::string> ask(int terminal, const std::string& question) {
  const SilentTerminal silent(terminal);
  if (!silent.isSilent()) return protocol::malformed("the terminal cannot hide what is typed");
  writeAll(terminal, question);
  std::string line;
  char c = 0;
  while (read(terminal, &c, 1) == 1 && c != '\n') line += c;
  writeAll(terminal, "\n");
  if (caughtSignal != 0) return protocol::malformed("interrupted");
  return line;
}

}  // namespace

Result<std::string> promptOnTerminal(const std::string& question) {
  const int terminal = isatty(STDIN_FILENO) == 1 ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1;
  if (terminal < 0) return protocol::malformed("standard input is no terminal to ask on");
  auto answer = ask(terminal, question);
  close(terminal);
  return answer;
}

}  // namespace stoklab::cli
