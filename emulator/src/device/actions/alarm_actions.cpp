// msg_alarm.manual_msg_alarm: sounds the alarm by hand; it ends by itself (facts.md D18).
#include <array>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Checked<Json> manualAlarm(ActionContext& context, const fixtures::Section& action,
                          const Json& arguments) {
  const auto wanted = argumentText(arguments, "action");
  if (!wanted) return Refusal{.kind = "argument_missing"};
  if (*wanted == "start") {
    context.alarmUntil = context.now + context.profile.actions.manualAlarmTime.value;
  } else if (*wanted == "stop") {
    context.alarmUntil = context.now;
  } else {
    return Refusal{.kind = "argument_wrong"};
  }
  return action.answer;
}

constexpr std::array<ActionRow, 1> kRows = {{{"msg_alarm", "manual_msg_alarm", manualAlarm}}};

}  // namespace

std::span<const ActionRow> alarmActions() { return kRows; }

}  // namespace stoklab::emulator
