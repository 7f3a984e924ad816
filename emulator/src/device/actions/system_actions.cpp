// system: reboot, firmware upgrade, logout and the user id that playback asks for.
#include <array>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Checked<Json> reboot(ActionContext& context, const fixtures::Section& action, const Json&) {
  context.rebootRequested = true;
  return action.answer;
}

// A device wants the file next, at the place that the answer names. An emulated one knows already
// what it becomes.
Checked<Json> firmwareUpgrade(ActionContext& context, const fixtures::Section& action,
                              const Json&) {
  context.upgradeRequested = true;
  return action.answer;
}

Checked<Json> logout(ActionContext& context, const fixtures::Section& action, const Json&) {
  context.sessionEnded = true;
  return action.answer;
}

// One number a session (facts.md D11): asking twice gives the same. Only so many are given out.
Checked<Json> getUserId(ActionContext& context, const fixtures::Section&, const Json&) {
  const auto most = static_cast<std::size_t>(context.profile.actions.playbackMaxUsers.value);
  const auto id = context.authentication.sessions().userIdOf(context.session.token, most);
  if (!id) return Refusal{.kind = "playback_users_full"};
  return Json::object({{"system", Json::object({{"user_id", *id}})}});
}

constexpr std::array<ActionRow, 4> kRows = {{
    {"system", "reboot", reboot},
    {"system", "firmware_upgrade", firmwareUpgrade},
    {"system", "logout", logout},
    {"system", "get_user_id", getUserId},
}};

}  // namespace

std::span<const ActionRow> systemActions() { return kRows; }

}  // namespace stoklab::emulator
