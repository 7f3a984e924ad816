// The device as the suites see it: one function for each thing one can say to it. Every exchange is
// written down for the report, every secret that passes is learned by the redactor, and every login
// goes through the guard.
//
// Helpers that cannot go on throw: WireFailure if there was no answer, and what stops.h lists.
// judge() in run.h catches them all; a test needs no try.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/answer.h"
#include "harness/changed_settings.h"
#include "harness/journal.h"
#include "harness/login_guard.h"
#include "harness/redaction.h"
#include "harness/results.h"
#include "harness/second_opinion.h"
#include "harness/setting.h"
#include "harness/stops.h"
#include "harness/target.h"
#include "harness/wire.h"

namespace stoklab::conformance {

struct Credentials {
  std::string username = "admin";
  std::optional<std::string> password = {};
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
  std::string key = {};        // as it came, percent-encoded base64
  std::string nonce = {};      // decoded
  std::string secondKey = {};  // key_2 as it came; empty: there is none (C5)
};
// From any answer that carries one in "data". Empty if it does not.
std::optional<Challenge> challengeIn(const Answer& answer);

struct DeviceOptions {
  Target target = {};
  Credentials credentials = {};
  bool own = false;  // started by this run
  // Of such a one: its process, and how long its sessions live if that was made short.
  int process = -1;
  std::chrono::milliseconds sessionLifetime{0};
  LoginGuard* guard = nullptr;
  Redactor* redactor = nullptr;
  Transcript* transcript = nullptr;
  ChangeJournal* journal = nullptr;  // may be null
  // The certificate that every connection must show, lower-case hex of its SHA-256; empty: any.
  std::string pin = {};
  // How a password is prepared for it, and whether its key lacks the sign byte (C7).
  Transform transform = Transform::md5;
  bool keyLacksSignByte = false;
  Setting witness = {.module = "image", .section = "switch"};
  Setting nightSetting = {.module = "image", .section = "switch", .field = "pre_night_vision_mode"};
  // The number of a signal that has come, or 0; may be null.
  const std::atomic<int>* interrupted = nullptr;
};

// Used from one thread. Does not own what the options point to.
class Device {
 public:
  explicit Device(DeviceOptions options)
      : options_(std::move(options)), changed_(options_.journal) {}

  const Target& target() const { return options_.target; }
  bool own() const { return options_.own; }
  bool hasPassword() const { return options_.credentials.password.has_value(); }
  const Credentials& credentials() const { return options_.credentials; }

  // How many bytes the process of an own emulator occupies in memory; nothing of another device.
  std::optional<std::size_t> residentBytes() const;
  // How long a session lives without being used, if that is known and short.
  std::optional<std::chrono::milliseconds> sessionLifetime() const;

  // The section by which tests see that the device serves, without a field: image.switch, or
  // another one if the device has no picture.
  const Setting& witness() const { return options_.witness; }
  // What is written to choose night vision: the preference of a C350, or the mode itself (D20).
  const Setting& nightSetting() const { return options_.nightSetting; }
  void setPlaces(Setting witness, Setting nightSetting) {
    options_.witness = std::move(witness);
    options_.nightSetting = std::move(nightSetting);
  }

  // --- one exchange on a connection of its own
  Answer send(const HttpRequest& request, TlsOffer offer = TlsOffer::usual);
  Answer post(std::string_view path, std::string_view body);
  Answer get(std::string_view path);
  // On a connection that the test keeps.
  Answer exchange(Connection& connection, const HttpRequest& request);
  // Reads an answer to bytes that the test sent itself.
  Answer receive(Connection& connection);
  // Throws WireFailure, too, if the device shows another certificate than the pinned one.
  Connection connect(TlsOffer offer = TlsOffer::usual) const;
  // An exchange that somebody else makes: `exchange` sends `request` its own way, and gives nothing
  // if no answer came. It is written down, its secrets are learned, and if it is a login it goes
  // through the guard (`risky` as with login()), as if the judge had sent it.
  void watch(const HttpRequest& request, bool risky,
             const std::function<std::optional<HttpAnswer>()>& exchange);

  // --- challenge and login
  Answer askForChallenge();
  Challenge challenge();  // Blocked if the answer holds none
  // A login that is right unless `shape` says otherwise. Its password and user name are those of
  // the target if `shape` gives none. `risky`: may cost an attempt.
  Answer login(LoginShape shape, const Challenge& challenge, bool risky);
  Answer login(const LoginShape& shape, bool risky) { return login(shape, challenge(), risky); }
  Answer loginNormally() { return login({}, false); }
  // The same with key_2; Blocked if the challenge has none.
  Answer loginWithSecondKey(bool risky);
  // Sends a login body that the test made itself.
  Answer sendLogin(std::string_view body, bool risky);

  // --- sessions
  // The login that opened session(): one for a run, as a device is not to be hammered with logins.
  const Answer& sessionLogin();
  std::string newSession();  // the token, decoded; Blocked if the login is refused
  // The one that tests of a group share; made anew if later logins have ended it.
  const std::string& session();
  // Ends the shared session, if there is one.
  void logOut();

  // --- commands
  Answer commandAs(std::string_view token, std::string_view body);
  // On a connection that is kept from one command to the next, if the device keeps it: a handshake
  // costs more than all the rest. What changes something is never sent twice.
  Answer command(std::string_view body);
  // The section or row that a setting is in; empty if it cannot be read.
  std::optional<Value> readSection(const Setting& setting);
  // The wire text of one field. Blocked if it cannot be read.
  std::string read(const Setting& setting);
  std::optional<std::string> tryToRead(const Setting& setting);
  // Notes the present value of a setting, to be put back by restore(). Call it before anything is
  // sent that may change the setting, even if it should be refused.
  void remember(const Setting& setting);
  // The same of a setting that has just been read; `present` is its value in wire form.
  void remember(const Setting& setting, const Value& present);
  // remember(), then a set of that one field to a wire value.
  Answer change(const Setting& setting, std::string_view wireValue);
  // Puts every remembered setting back, the last one first, whatever signal has come. Returns what
  // could not be put back.
  std::vector<std::string> restore();
  // The same for what an earlier run has left.
  std::vector<std::string> restore(const std::vector<PendingChange>& changes);

  // Whether a path of the specification ("image.switch", "OSD.label_info[]") is there; asks once.
  // Empty if the device could not be asked.
  std::optional<bool> offers(const std::string& path);

 private:
  enum class Keeps { unknown, yes, no };

  void learn(const Answer& answer);
  void stopIfInterrupted() const;

  DeviceOptions options_;
  std::optional<Answer> sessionLogin_;
  std::optional<std::string> session_;
  std::optional<Connection> kept_;
  Keeps keeps_ = Keeps::unknown;  // whether the device keeps a connection
  bool restoring_ = false;        // which no signal interrupts
  bool otherLogins_ = false;      // since session_ was last known to be alive
  ChangedSettings changed_;
  std::vector<std::pair<std::string, bool>> offered_;
};

}  // namespace stoklab::conformance
