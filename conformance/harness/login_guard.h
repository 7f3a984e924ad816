// Watches over logins on a target: a camera locks after too many wrong passwords (facts.md L5, L6).
// On an emulator that the run started nothing is at stake and everything passes.
//
// Around every login: before(), and then after() or, if there was no answer, lost().
#pragma once

#include "harness/answer.h"
#include "stoklab/conformance/conform.h"

namespace stoklab::conformance {

class LoginGuard {
 public:
  // `ledger` may be null. Neither it nor the device is asked about an emulator of the run.
  LoginGuard(bool ownTarget, int allowedFailures, LoginLedger* ledger = nullptr)
      : ownTarget_(ownTarget), failuresLeft_(allowedFailures), ledger_(ledger) {}

  // `risky`: the device may refuse it. Throws NotAllowed if no refusal may be risked any more, and
  // SafetyStop if the ledger forbids any login.
  void before(bool risky);
  // Throws SafetyStop at a lock, when few attempts are left, and when a login that had to succeed
  // was refused.
  void after(const Answer& answer, bool risky);
  void lost();

  // Any answer that may tell how many attempts are left, before one is spent (C4). Throws
  // SafetyStop if the device is locked, or has few left.
  void look(const Answer& answer) const;

  int accepted() const { return accepted_; }
  int refused() const { return refused_; }

 private:
  void conclude(bool refused);

  bool ownTarget_;
  int failuresLeft_;
  LoginLedger* ledger_;
  int accepted_ = 0;
  int refused_ = 0;
};

}  // namespace stoklab::conformance
