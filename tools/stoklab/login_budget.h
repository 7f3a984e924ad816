// How many logins a device may refuse us, over all runs of the program on this machine: a camera
// locks after 5 to 10 wrong passwords (facts.md L6, L8), and it counts them whichever process sends
// them.
//
// The one thing not to get wrong: a login is made while the turn is held, so two processes never
// log in to one device at once, and a refusal is on disk before the next login is looked at.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

using WallClock = std::function<std::chrono::system_clock::time_point()>;

struct LoginBudgetOptions {
  std::filesystem::path directory = {};  // made if it is not there
  std::string authority = {};            // "192.0.2.7:443"
  int refusals = 3;                      // so many within `window`, and no more login is made
  std::chrono::seconds window = std::chrono::minutes(30);
  std::chrono::milliseconds patience = std::chrono::seconds(30);  // for the turn
  WallClock now = {};
};

// Not thread-safe. The turn ends with the object at the latest.
class LoginBudget {
 public:
  explicit LoginBudget(LoginBudgetOptions options);
  LoginBudget(const LoginBudget&) = delete;
  LoginBudget& operator=(const LoginBudget&) = delete;
  ~LoginBudget();

  // Takes the turn. Fails with ErrorKind::safety if the budget is spent or another process holds
  // the turn for too long, and with ErrorKind::malformed if the file cannot be used.
  protocol::Result<void> begin();

  // Writes down whether the device refused, and ends the turn. A login whose answer was lost counts
  // as refused: the device may have counted it.
  void conclude(bool refused);

 private:
  protocol::Result<std::vector<std::int64_t>> recentRefusals() const;
  protocol::Result<void> takeTurn();
  void endTurn();

  LoginBudgetOptions options_;
  std::filesystem::path file_;
  int turn_ = -1;  // a locked descriptor
};

}  // namespace stoklab::cli
