// The device as the suites see it: one function for each thing one can say to it. Every exchange is
// written down for the report, every secret that passes is learned by the redactor, and every login
// goes through the guard.
//
// Helpers that cannot go on throw: WireFailure if there was no answer, Blocked if something that
// the test builds on did not work, SafetyStop if the run has to end. judge() in run.h catches all
// three; a test needs no try.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/answer.h"
#include "harness/redaction.h"
#include "harness/results.h"
#include "harness/second_opinion.h"
#include "harness/target.h"
#include "harness/wire.h"

namespace stoklab::conformance {

// The test cannot say anything about its requirement: something before it went wrong.
class Blocked : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The requirement is about something that this device does not have.
class NotApplicable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The run must end now, before harm is done.
class SafetyStop : public std::runtime_error {
 public:
  SafetyStop(const std::string& what, std::optional<int> secondsLeft)
      : std::runtime_error(what), secondsLeft_(secondsLeft) {}
  std::optional<int> secondsLeft() const { return secondsLeft_; }

 private:
  std::optional<int> secondsLeft_;
};

struct Credentials {
  std::string username = "admin";
  std::optional<std::string> password = {};
};

// Watches over logins on a target. On an emulator that the run started nothing is at stake and
// everything passes.
class LoginGuard {
 public:
  LoginGuard(bool ownTarget, int allowedFailures)
      : ownTarget_(ownTarget), failuresLeft_(allowedFailures) {}

  // Before a login that may be refused. Throws Blocked if no refusal may be risked any more.
  void beforeRisky() const;
  // After any login. Throws SafetyStop at a lock, or when few attempts are left.
  void after(const Answer& answer, bool risky);

  int accepted() const { return accepted_; }
  int refused() const { return refused_; }

 private:
  bool ownTarget_;
  int failuresLeft_;
  int accepted_ = 0;
  int refused_ = 0;
};

// The last exchanges of the requirement that is being tested, raw.
class Transcript {
 public:
  void clear() { lines_.clear(); }
  void request(std::string_view line, std::string_view body);
  void answer(const HttpAnswer& answer);
  void failure(std::string_view what);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void add(std::string line);
  std::vector<std::string> lines_;
};

// The part of a challenge that a login is made of.
struct Challenge {
  std::string key = {};    // as it came, percent-encoded base64
  std::string nonce = {};  // decoded
};
// From any answer that carries one in "data". Empty if it does not.
std::optional<Challenge> challengeIn(const Answer& answer);

// A field of a section, or of a table's row if `table` is given.
struct Setting {
  std::string module = {};
  std::string section = {};  // or the row's name
  std::string field = {};
  std::string table = {};
};

// Told about each change before it is sent and after it was put back. The place for a journal that
// outlives the process.
class ChangeJournal {
 public:
  virtual ~ChangeJournal() = default;
  virtual void aboutToChange(const Setting& setting, const std::string& oldWireValue) = 0;
  virtual void restored(const Setting& setting) = 0;
};

struct DeviceOptions {
  Target target = {};
  Credentials credentials = {};
  bool own = false;  // started by this run
  LoginGuard* guard = nullptr;
  Redactor* redactor = nullptr;
  Transcript* transcript = nullptr;
  ChangeJournal* journal = nullptr;  // may be null
};

// Used from one thread. Does not own what the options point to.
class Device {
 public:
  explicit Device(DeviceOptions options) : options_(std::move(options)) {}

  const Target& target() const { return options_.target; }
  bool own() const { return options_.own; }
  bool hasPassword() const { return options_.credentials.password.has_value(); }

  // --- one exchange on a connection of its own
  Answer send(const HttpRequest& request, TlsOffer offer = TlsOffer::usual);
  Answer post(std::string_view path, std::string_view body);
  Answer get(std::string_view path);
  // On a connection that the test keeps.
  Answer exchange(Connection& connection, const HttpRequest& request);
  // Reads an answer to bytes that the test sent itself.
  Answer receive(Connection& connection);
  Connection connect(TlsOffer offer = TlsOffer::usual) const;

  // --- challenge and login
  Answer askForChallenge();
  Challenge challenge();  // Blocked if the answer holds none
  // A login that is right unless `shape` says otherwise. Its password and user name are those of
  // the target if `shape` gives none. `risky`: may cost an attempt.
  Answer login(LoginShape shape, const Challenge& challenge, bool risky);
  Answer login(const LoginShape& shape, bool risky) { return login(shape, challenge(), risky); }
  Answer loginNormally() { return login({}, false); }
  // Sends a login body that the test made itself.
  Answer sendLogin(std::string_view body, bool risky);

  // --- sessions
  std::string newSession();  // the token, decoded; Blocked if the login is refused
  // The one that tests of a group share; made anew if later logins have ended it.
  const std::string& session();

  // --- commands
  Answer commandAs(std::string_view token, std::string_view body);
  Answer command(std::string_view body) { return commandAs(session(), body); }
  // The wire text of one field. Blocked if it cannot be read.
  std::string read(const Setting& setting);
  std::optional<std::string> tryToRead(const Setting& setting);
  // Notes the present value of a setting, to be put back by restore(). Call it before anything is
  // sent that may change the setting, even if it should be refused.
  void remember(const Setting& setting);
  // remember(), then a set of that one field to a wire value.
  Answer change(const Setting& setting, std::string_view wireValue);
  // Puts every remembered setting back, the last one first. Returns what could not be put back.
  std::vector<std::string> restore();

  // Whether a path of the specification ("image.switch", "OSD.label_info[]") is there; asks once.
  // Empty if the device could not be asked.
  std::optional<bool> offers(const std::string& path);

 private:
  struct Remembered {
    Setting setting;
    std::string wireValue;
  };

  void learn(const Answer& answer);

  DeviceOptions options_;
  std::optional<std::string> session_;
  bool otherLogins_ = false;  // since session_ was last known to be alive
  std::vector<Remembered> remembered_;
  std::vector<std::pair<std::string, bool>> offered_;
};

// {"method":"set","image":{"switch":{"flicker":"50hz"}}}; `json` is the value as JSON text.
std::string setBody(const Setting& setting, std::string_view json);

}  // namespace stoklab::conformance
