// What a device is made of. Its members are written in device.cpp (the way of a request with a
// session), device_doors.cpp (without one) and device_control.cpp (what a test does to it).
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio_slots.h"
#include "authentication.h"
#include "device_model.h"
#include "live_values.h"
#include "state_tree.h"
#include "stoklab/emulator/device.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

// The token in the path of a session: most are sent as they are, and then nothing is copied.
class PathToken {
 public:
  // `sent` must outlive this.
  explicit PathToken(std::string_view sent) : sent_(sent) {
    if (sent.find('%') != std::string_view::npos) decoded_ = protocol::percentDecode(sent);
  }
  std::string_view text() const { return decoded_.empty() ? sent_ : std::string_view(decoded_); }

 private:
  std::string_view sent_;
  std::string decoded_ = {};
};

// Where a request goes; the session's token is taken off.
struct Destination {
  enum class Place { root, page, webUi, command, upload, elsewhere };

  Place place = Place::elsewhere;
  std::optional<PathToken> token = {};  // nullopt where the path has none
};

class Device::Impl final : public DeviceControl {
 public:
  Impl(std::shared_ptr<const DeviceModel> model, DeviceOptions options, Environment environment);

  HttpReply handle(const HttpRequest& request, const Peer& peer);
  std::optional<HttpReply> turnAway(const HttpRequest& request, const Peer& peer);
  const fixtures::Profile& profile() const { return profile_; }

  std::vector<SettingChange> changedSettings();
  std::size_t adopt(const std::vector<SettingChange>& changes);

  protocol::Result<protocol::Json> read(const std::vector<std::string>& path) const override;
  protocol::Result<void> patch(const protocol::Json& modules) override;
  protocol::Result<void> change(protocol::Method method, const protocol::Json& modules) override;
  std::shared_ptr<const Snapshot> snapshot() const override;
  void restore(const Snapshot& snapshot) override;
  void reset() override;
  std::vector<SessionFacts> sessions() const override;
  bool expireSession(std::uint64_t number) override;
  bool revokeSession(std::uint64_t number) override;
  void lock(LockKind kind, std::optional<std::chrono::seconds> time,
            const std::string& client) override;
  LockFacts lockFacts() const override;
  void reboot(std::optional<std::chrono::milliseconds> away) override;
  std::optional<std::chrono::milliseconds> awayFor() const override;

 private:
  using Place = Destination::Place;

  // One request on its way through.
  struct Visit {
    const HttpRequest& request;
    const Peer& peer;
    Destination destination;
    const DeviceSession* session = nullptr;  // checked, where the place needs one
  };
  using Handler = HttpReply (Impl::*)(const Visit&);
  struct Route {
    std::string_view method;
    Place place;
    bool needsSession;
    Handler run;
  };
  static const std::array<Route, 10> kRoutes;

  // Without a session.
  using DoorHandler = HttpReply (Impl::*)(const Visit&, const protocol::Json& modules);
  struct Door {
    std::string_view module, action;  // empty action: the module key alone is the call
    DoorHandler run;
  };
  static const std::array<Door, 4> kDoors;

  HttpReply index(const Visit&);
  HttpReply webUiFile(const Visit&);
  HttpReply page(const Visit&);
  HttpReply door(const Visit&);
  HttpReply command(const Visit&);
  HttpReply upload(const Visit&);

  HttpReply giveChallenge(const Visit&, const protocol::Json&);
  HttpReply login(const Visit&, const protocol::Json&);
  HttpReply authLog(const Visit&, const protocol::Json&);
  HttpReply setPassword(const Visit&, const protocol::Json&);

  HttpReply unauthorized(int status, int errorCode, const protocol::Challenge& challenge) const;
  HttpReply challengeReply(const Peer& peer);
  HttpReply deadTokenReply(const Peer& peer);
  HttpReply formlessLogin(const protocol::Challenge& challenge) const;
  HttpReply admission(const DeviceSession& session) const;

  HttpReply perform(const Visit& visit, const protocol::Json& modules);
  std::optional<int> maxFailedLogins() const;
  bool isAway() const {
    return downUntil_ != Clock::Time{} && environment_.clock.now() < downUntil_;
  }
  LiveContext live() const { return {.clock = environment_.clock, .started = started_}; }
  void restart(std::optional<std::chrono::milliseconds> away);
  void takeIdentity();

  const std::shared_ptr<const DeviceModel> model_;
  const fixtures::Profile& profile_;  // the model's, as are the next two
  const Answers& answers_;
  const WireStyle& style_;
  const DeviceOptions options_;
  const Environment environment_;

  mutable std::mutex mutex_;  // covers everything below
  StateTree state_;
  Authentication authentication_;
  AudioSlots audio_;
  Clock::Time started_;
  Clock::Time alarmUntil_ = {};
  Clock::Time downUntil_ = {};  // none: it is there; the end of time: it becomes another firmware
};

}  // namespace stoklab::emulator
