#include <algorithm>
#include <array>
#include <utility>

#include "control/arguments.h"
#include "control/handlers.h"
#include "control/time_text.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

struct KindWord {
  std::string_view word;
  LockKind kind;
};
constexpr std::array<KindWord, 5> kKinds = {{{"none", LockKind::none},
                                             {"timed", LockKind::timed},
                                             {"for_good", LockKind::forGood},
                                             {"factory", LockKind::factory},
                                             {"clients_full", LockKind::clientsFull}}};

Json asInteger(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Json secondsLeft(const std::optional<std::chrono::seconds>& left) {
  return left ? Json(std::int64_t{left->count()}) : Json();
}

ControlAnswer endSessions(const ControlCall& call, std::string_view event,
                          bool (DeviceControl::*end)(std::uint64_t)) {
  ControlAnswer answer = withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    std::int64_t ended = 0;
    if (!isGiven(call.body, "id")) {
      for (const SessionFacts& session : device.sessions())
        if ((device.*end)(session.number)) ++ended;
      return {.body = Json::object({{"ended", ended}})};
    }
    const std::int64_t id = integerOf(call.body, "id", 0);
    if (!(device.*end)(static_cast<std::uint64_t>(id)))
      return refuse(404, "no_such_session",
                    "there is no session " + std::to_string(id) + "; GET sessions lists them");
    return {.body = Json::object({{"ended", 1}})};
  });
  if (answer.status == 200) call.camera->journal().recordEvent(event, answer.body);
  return answer;
}

Json lockoutAsJson(const LockFacts& facts) {
  const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                [&](const KindWord& each) { return each.kind == facts.kind; });
  Json clients = Json::array();
  for (const LockedClient& client : facts.clients)
    clients.push(Json::object({{"address", client.address},
                               {"failures", client.failures},
                               {"seconds_left", secondsLeft(client.left)}}));
  return Json::object({{"kind", row->word},
                       {"seconds_left", secondsLeft(facts.left)},
                       {"clients", std::move(clients)}});
}

}  // namespace

ControlAnswer listSessions(ControlState& state, const ControlCall& call) {
  return withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    Json list = Json::array();
    const auto now = call.camera->clock().now();
    for (const SessionFacts& session : device.sessions()) {
      Json entry = Json::object(
          {{"id", asInteger(session.number)},
           {"user_group", session.userGroup},
           {"opened_at", timeText(session.opened)},
           {"expires_at", timeText(session.expires)},
           {"expires_in_ms",
            std::max<std::int64_t>(millisecondsOf(session.expires) - millisecondsOf(now), 0)}});
      if (state.reveal == Reveal::secrets) entry.set("token", session.token);
      list.push(std::move(entry));
    }
    return {.body = Json::object({{"sessions", std::move(list)}})};
  });
}

ControlAnswer expireSessions(ControlState&, const ControlCall& call) {
  return endSessions(call, "sessions_expired", &DeviceControl::expireSession);
}

ControlAnswer revokeSessions(ControlState&, const ControlCall& call) {
  return endSessions(call, "sessions_revoked", &DeviceControl::revokeSession);
}

ControlAnswer getLockout(ControlState&, const ControlCall& call) {
  return withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    return {.body = lockoutAsJson(device.lockFacts())};
  });
}

ControlAnswer setLockout(ControlState&, const ControlCall& call) {
  const std::string word = textOf(call.body, "kind");
  const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                [&](const KindWord& each) { return each.word == word; });
  std::optional<std::chrono::seconds> time;
  if (isGiven(call.body, "seconds")) {
    if (row->kind != LockKind::timed)
      return refuse(400, "bad_body", "seconds are for the kind timed only");
    time = std::chrono::seconds(integerOf(call.body, "seconds", 0));
  }
  ControlAnswer answer = withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    device.lock(row->kind, time, textOf(call.body, "client"));
    return {.body = lockoutAsJson(device.lockFacts())};
  });
  if (answer.status == 200)
    call.camera->journal().recordEvent("lockout", Json::object({{"kind", word}}));
  return answer;
}

}  // namespace stoklab::emulator
