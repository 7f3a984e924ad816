// What a test does to a device: DeviceControl, member by member. Each takes the device's lock.
#include "stoklab/emulator/device_control.h"

#include <algorithm>
#include <utility>

#include "commands.h"
#include "device_impl.h"
#include "state_access.h"

namespace stoklab::emulator {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;
using protocol::Method;
using protocol::Result;

namespace {

struct KeptSettings final : DeviceControl::Snapshot {
  explicit KeptSettings(std::shared_ptr<const StateTree::Settings> kept)
      : settings(std::move(kept)) {}

  std::shared_ptr<const StateTree::Settings> settings;
};

// A camera that is away for longer will not be waited for, and any time of day and this make a
// time.
constexpr std::chrono::milliseconds kLongestAway = std::chrono::hours(24 * 365 * 30);

Error refusedBy(const fixtures::Profile& profile, const Refusal& refusal) {
  Error error{.kind = ErrorKind::refused, .detail = "the device refuses it: "};
  const auto kinds = fixtures::badRequestKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const auto& each) { return each.name == refusal.kind; });
  error.detail += kind == kinds.end() ? refusal.kind : kind->meaning;
  const auto answer = profile.badRequests.find(refusal.kind);
  if (refusal.errorCode)
    error.deviceCode = refusal.errorCode;
  else if (answer != profile.badRequests.end() && answer->second.value.errorCode != 0)
    error.deviceCode = answer->second.value.errorCode;
  return error;
}

}  // namespace

// Made before anybody can ask, and at a reset.
void Device::Impl::takeIdentity() {
  if (options_.identity.isNull()) return;
  // One that does not fit is left out; see DeviceOptions.
  static_cast<void>(patchState(state_, options_.identity, live()));
}

Result<Json> Device::Impl::read(const std::vector<std::string>& path) const {
  const std::lock_guard lock(mutex_);
  return readState(state_, profile_, path, live());
}

Result<void> Device::Impl::patch(const Json& modules) {
  const std::lock_guard lock(mutex_);
  return patchState(state_, modules, live());
}

Result<void> Device::Impl::change(Method method, const Json& modules) {
  if (method != Method::set && method != Method::add && method != Method::remove)
    return protocol::malformed("settings are changed by set, add and delete");
  if (!modules.isObject())
    return protocol::malformed("the change is an object of modules, not " +
                               std::string(kindName(modules)));
  if (modules.size() == 0) return refusedBy(profile_, {.kind = "module_missing"});
  const std::lock_guard lock(mutex_);
  const auto done = method == Method::set   ? setInState(state_, modules)
                    : method == Method::add ? addToState(state_, modules)
                                            : deleteFromState(state_, modules);
  if (!done) return refusedBy(profile_, done.refusal());
  return {};
}

std::shared_ptr<const DeviceControl::Snapshot> Device::Impl::snapshot() const {
  const std::lock_guard lock(mutex_);
  return std::make_shared<const KeptSettings>(state_.settings());
}

void Device::Impl::restore(const Snapshot& snapshot) {
  const auto* kept = dynamic_cast<const KeptSettings*>(&snapshot);
  const std::lock_guard lock(mutex_);
  if (kept != nullptr) state_.restore(*kept->settings);
}

void Device::Impl::reset() {
  const std::lock_guard lock(mutex_);
  authentication_.reset(options_);
  audio_.clear();
  alarmUntil_ = {};
  started_ = environment_.clock.now();
  if (downUntil_ != Clock::Time::max()) downUntil_ = {};
  state_.reset();
  takeIdentity();
}

std::vector<SessionFacts> Device::Impl::sessions() const {
  const std::lock_guard lock(mutex_);
  return authentication_.sessions().facts();
}

bool Device::Impl::expireSession(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  return authentication_.sessions().expire(number);
}

bool Device::Impl::revokeSession(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  return authentication_.sessions().revoke(number);
}

void Device::Impl::lock(LockKind kind, std::optional<std::chrono::seconds> time,
                        const std::string& client) {
  const std::lock_guard lock(mutex_);
  authentication_.impose(kind, time, client);
}

LockFacts Device::Impl::lockFacts() const {
  const std::lock_guard lock(mutex_);
  return authentication_.lockFacts();
}

void Device::Impl::reboot(std::optional<std::chrono::milliseconds> away) {
  const std::lock_guard lock(mutex_);
  restart(away);
}

// Under the lock.
void Device::Impl::restart(std::optional<std::chrono::milliseconds> away) {
  authentication_.restart();
  audio_.clear();
  alarmUntil_ = {};
  if (downUntil_ == Clock::Time::max()) return;
  if (!away) away = options_.rebootTime;
  if (!away) away = profile_.actions.rebootTime.value;
  downUntil_ =
      environment_.clock.now() + std::clamp(*away, std::chrono::milliseconds(0), kLongestAway);
  started_ = downUntil_;
}

std::optional<std::chrono::milliseconds> Device::Impl::awayFor() const {
  const std::lock_guard lock(mutex_);
  const auto now = environment_.clock.now();
  if (now >= downUntil_) return std::nullopt;
  if (downUntil_ == Clock::Time::max()) return std::chrono::milliseconds::max();
  return std::chrono::ceil<std::chrono::milliseconds>(downUntil_ - now);
}

}  // namespace stoklab::emulator
