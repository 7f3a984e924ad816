// What "do" does. Every action of the profile answers as the profile says; those that also change
// something have a row in the table, one file per module beside this one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audio_slots.h"
#include "authentication.h"
#include "field_check.h"
#include "state_tree.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// What an action may touch.
struct ActionContext {
  const fixtures::Profile& profile;
  StateTree& state;
  Authentication& authentication;
  AudioSlots& audio;
  const DeviceSession& session;  // the caller's, as it was when the request came
  std::string_view client;       // address
  Clock::Time now;
  Clock::Time& alarmUntil;  // a manual alarm sounds until then
  // Effects that the device carries out once the answer is made; an action sets them.
  bool rebootRequested = false;
  bool upgradeRequested = false;
  bool sessionEnded = false;
};

// `arguments` is what stands under the action's name; null and the text "null" mean none (E10).
// Returns the members of the answer besides error_code.
using RunAction = Checked<protocol::Json> (*)(ActionContext& context,
                                              const fixtures::Section& action,
                                              const protocol::Json& arguments);

struct ActionRow {
  std::string_view module, action;
  RunAction run;
};

// The tables of the files under actions/.
std::span<const ActionRow> alarmActions();
std::span<const ActionRow> audioActions();
std::span<const ActionRow> playbackActions();
std::span<const ActionRow> presetActions();
std::span<const ActionRow> regionActions();
std::span<const ActionRow> systemActions();
std::span<const ActionRow> userActions();

// Runs every action of a request, in order. Nothing runs unless the profile has them all.
Checked<protocol::Json> performActions(ActionContext& context, const protocol::Json& modules);

// Puts a sound into its slot in the device's state; the second half of an upload calls it.
void storeSound(StateTree& state, const AudioSlots::Announced& sound);

// Helpers for the rows. The text of an argument (numbers become text), nullopt if it is missing.
std::optional<std::string> argumentText(const protocol::Json& arguments, std::string_view name);
// One value or a list of them, as texts.
std::vector<std::string> argumentTexts(const protocol::Json& arguments, std::string_view name);

}  // namespace stoklab::emulator
