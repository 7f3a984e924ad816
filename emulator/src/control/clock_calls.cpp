#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "control/arguments.h"
#include "control/handlers.h"
#include "control/time_text.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::size_t kCamerasAtOnce = 256;

ControlAnswer describeClock(SteerableClock& clock) {
  const auto now = clock.now();
  return {
      .body = Json::object(
          {{"now", timeText(now)}, {"now_ms", millisecondsOf(now)}, {"frozen", clock.isFrozen()}})};
}

// Why the clock cannot do it; nullopt if it can.
std::optional<ControlAnswer> objection(const Json& steps) {
  if (steps.size() != 1)
    return refuse(400, "bad_body",
                  "the clock does one thing at a time: give one of advance_ms, set_ms, set, freeze "
                  "and reset");
  if (isGiven(steps, "set") && !parseTime(textOf(steps, "set")))
    return refuse(400, "bad_body",
                  "set must be a time from 1970 to 2199 such as 2026-01-01T00:00:00Z");
  const Json* reset = steps.find("reset");
  if (reset != nullptr && !*reset->boolean())
    return refuse(400, "bad_body", "reset can only be true");
  return std::nullopt;
}

// False if that would be later than there is time.
bool steer(SteerableClock& clock, const Json& steps) {
  if (isGiven(steps, "advance_ms")) {
    const std::int64_t by = integerOf(steps, "advance_ms", 0);
    if (millisecondsOf(clock.now()) > kLatestMs - by) return false;
    clock.advance(std::chrono::milliseconds(by));
  } else if (isGiven(steps, "set_ms")) {
    clock.setNow(timeOf(integerOf(steps, "set_ms", 0)));
  } else if (isGiven(steps, "set")) {
    clock.setNow(*parseTime(textOf(steps, "set")));
  } else if (const Json* freeze = steps.find("freeze")) {
    *freeze->boolean() ? clock.freeze() : clock.letGo();
  } else {
    clock.reset();
  }
  return true;
}

ControlAnswer steerAll(ControlState& state, const Json& steps) {
  std::int64_t done = 0;
  for (std::size_t first = 0; first < state.cameras.size(); first += kCamerasAtOnce) {
    for (const CameraFacts& facts : state.cameras.list(first, kCamerasAtOnce)) {
      ControlledCamera* camera = state.cameras.find(facts.id);
      if (camera != nullptr && steer(camera->clock(), steps)) ++done;
    }
  }
  return {.body = Json::object({{"cameras", done}})};
}

}  // namespace

ControlAnswer getClock(ControlState&, const ControlCall& call) {
  return describeClock(call.camera->clock());
}

ControlAnswer steerClock(ControlState& state, const ControlCall& call) {
  if (auto refusal = objection(call.body)) return *std::move(refusal);
  if (call.camera == nullptr) return steerAll(state, call.body);
  if (!steer(call.camera->clock(), call.body))
    return refuse(422, "too_late",
                  "the clock ends with the year 2199; {\"reset\":true} sets it back");
  return describeClock(call.camera->clock());
}

}  // namespace stoklab::emulator
