#include "interruption.h"

#include <array>
#include <csignal>

namespace stoklab::cli {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

std::atomic<int> theSignal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler writes it");

void note(int signal) { theSignal = signal; }

}  // namespace

Interruption::Interruption() {
  theSignal = 0;
  struct sigaction action {};
  action.sa_handler = note;
  // The second one of a kind finds what the system does by default.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : kSignals) ::sigaction(signal, &action, nullptr);
}

Interruption::~Interruption() {
  for (const int signal : kSignals) ::signal(signal, SIG_DFL);
}

const std::atomic<int>& Interruption::signal() const { return theSignal; }

}  // namespace stoklab::cli
