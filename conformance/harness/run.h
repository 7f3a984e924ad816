// One run of the suite: which requirements, on which device, and what came out. There is one at a
// time; judge() and the GoogleTest listener find it through current().
//
// Exceptions of the harness and of the suites end here (judge) and in conform.cpp, nowhere else.
#pragma once

#include <gtest/gtest.h>

#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/capabilities.h"
#include "harness/device.h"
#include "harness/device_model.h"
#include "harness/process.h"
#include "harness/results.h"
#include "harness/spec.h"
#include "stoklab/conformance/conform.h"

namespace stoklab::conformance {

// Why a requirement is not run, before anything was tried. `state` is skipped or notApplicable.
struct Verdict {
  State state = State::skipped;
  std::string reason = {};
  bool blocked = false;
};

// Whether the effect of a requirement is allowed on the target. Empty: it is.
std::optional<Verdict> forbiddenBy(const Requirement& requirement, const ConformOptions& options);

class Run {
 public:
  // `selected` are the requirements that have a test. Makes itself current() until it goes.
  Run(const ConformOptions& options, std::vector<Requirement> selected, std::ostream* progress);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  static Run& current();

  // Makes sure that there is a device that answers a challenge, that it is the one that was meant,
  // and finds out what it offers. Throws WireFailure if the target does not answer,
  // std::runtime_error if the emulator does not start, and SafetyStop or Interrupted.
  void reachTarget();
  // The same for a target of which nothing is to be judged. Puts back what an earlier run has left;
  // returns what could not be put back.
  std::vector<std::string> restoreTarget(const std::vector<PendingChange>& changes);

  // --- called by judge() and the listener, in this order for each test
  void enterSuite(const std::string& suite);
  void begin(const std::string& slug);
  std::optional<Verdict> whyNot();
  Device& device();
  // What the device is taken for; null: no profile is named. Throws ModelError.
  const DeviceModel* model();
  bool mayDisrupt() const { return !options_.target || options_.allow == Tier::disruptive; }
  // Whether the emulator behind the present test has ended by itself. The next test gets another;
  // in the present one device() throws WireFailure. After a connection failed, one that is just
  // falling over is given the moment that this takes.
  enum class Patience { none, aMoment };
  bool emulatorFell(Patience patience);
  void note(Finding finding);      // something failed
  void conclude(Verdict verdict);  // it did not run after all
  void noAnswer(const WireFailure& failure);
  void stop(Stop stop);
  void stopBefore(Stop stop);           // before any test
  void broke(const std::string& what);  // the judge is at fault
  void end();
  void leaveSuite();
  // The number of a signal that has come, or 0.
  int signal() const;

  Redacted redact(std::string_view text) const { return redactor_.redact(text); }

  // Everything, with a result for each selected requirement, whether or not it was reached.
  Report finish();

 private:
  struct Place;  // a device, with the emulator behind it if it is one of ours

  enum class Pace { usual, hurried };
  std::unique_ptr<Place> openPlace(Pace pace);
  void connectToTarget();
  void openJournal();
  std::unique_ptr<Place>& place() { return wantsOwn_ ? own_ : shared_; }
  std::optional<Verdict> lacks(const std::string& need);
  void noteTls(const TlsFacts& tls);

  const ConformOptions& options_;
  std::map<std::string, Requirement> selected_;
  std::ostream* progress_;
  Redactor redactor_;
  Transcript transcript_;
  LoginGuard guard_;
  std::unique_ptr<JournalFile> journal_;  // only if a target may be changed
  std::unique_ptr<Place> shared_, own_;
  Setting witness_ = DeviceOptions{}.witness;
  Setting nightSetting_ = DeviceOptions{}.nightSetting;
  std::optional<DeviceModel> model_;  // read when it is asked for
  bool wantsOwn_ = false;             // the present suite
  Pace pace_ = Pace::usual;           // likewise
  std::map<std::string, Result> results_;
  Result* present_ = nullptr;
  std::vector<Fact> facts_;
  std::vector<Capability> capabilities_;
  std::optional<Stop> stop_;
};

// What GoogleTest tells, carried to the current run. GoogleTest owns it.
testing::TestEventListener* makeListener();

}  // namespace stoklab::conformance
