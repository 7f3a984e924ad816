// What one client does next. Every mode is a row of steps, first those that are done once and then
// those that are done over and over; one round of the latter is an operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "login_text.h"
#include "options.h"
#include "tls_link.h"

namespace stoklab::bench {

enum class Step { connect, resume, challenge, login, get, set, stay, close };

// The steps of a mode; of `mixed` those of a kind of operation that `chance` chooses.
struct Steps {
  std::span<const Step> once, again;
};
Steps stepsOf(Mode mode, std::uint64_t chance);

// What all clients share.
struct Shared {
  const Options& options;
  PasswordMaker passwords;
  std::string path;  // of commands, for those who do not log in themselves
  std::mt19937_64 chance{1};
};

// The requests of one client and what it makes of their answers.
class ClientScript {
 public:
  explicit ClientScript(Shared& shared) : shared_(shared) {}

  // The request of a step that has one; empty if it cannot be made (no challenge to answer).
  std::string requestOf(Step step, bool lastOnConnection);
  // Why the answer is not what it should be; nullopt if it is.
  std::optional<std::string> judge(Step step, const Answer& answer);

 private:
  Shared& shared_;
  std::string challenge_;
  std::string path_;  // of the own session; empty: none
  bool odd_ = false;
};

}  // namespace stoklab::bench
