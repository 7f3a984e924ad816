// User-defined alarm sounds: system.upload_usr_def_audio and the module usr_def_audio_alarm
// (facts.md D17).
#include <algorithm>
#include <array>
#include <charconv>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

std::string rowName(std::string_view id) { return "usr_def_audio_" + std::string(id); }

const StateTree::Entry* audioTable(const ActionContext& context) {
  return context.state.find("usr_def_audio_alarm", "usr_def_audio");
}

std::optional<std::string> rowOf(const Json& rows, std::string_view id) {
  for (const auto& row : *rows.members()) {
    const Json* known = row.value.find("id");
    if (known != nullptr && known->string() != nullptr && *known->string() == id) return row.key;
  }
  return std::nullopt;
}

bool isUserSlot(const fixtures::Profile& profile, std::string_view id) {
  int number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const int first = profile.actions.audioFirstSlot.value;
  return error == std::errc{} && end == id.data() + id.size() && number >= first &&
         number < first + profile.actions.audioSlots.value;
}

// With "audio_name" this is the first of two steps and the answer says where to post the file; with
// "name" the file has been posted already.
Checked<Json> upload(ActionContext& context, const fixtures::Section& action,
                     const Json& arguments) {
  const auto id = argumentText(arguments, "id");
  const auto announced = argumentText(arguments, "audio_name");
  const auto named = argumentText(arguments, "name");
  if (!id || (!announced && !named)) return Refusal{.kind = "argument_missing"};
  if (!isUserSlot(context.profile, *id)) return Refusal{.kind = "argument_wrong"};
  if (named && context.audio.takeFile()) {
    storeSound(context.state, {.id = *id, .name = *named});
    return Json::object();
  }
  if (!announced) return Refusal{.kind = "upload_refused"};
  context.audio.announce({.id = *id, .name = *announced});
  return action.answer;
}

// Playing a sound changes nothing; a slot that holds none is refused.
Checked<Json> test(ActionContext& context, const fixtures::Section& action, const Json& arguments) {
  const auto id = argumentText(arguments, "id");
  if (!id) return Refusal{.kind = "argument_missing"};
  const auto* table = audioTable(context);
  const bool builtIn = *id == "0" || *id == "1";
  const bool stored = table != nullptr && rowOf(context.state.content(*table), *id);
  if (!builtIn && !stored) return Refusal{.kind = "row_unknown"};
  return action.answer;
}

// Deleting an empty slot is fine too.
Checked<Json> remove(ActionContext& context, const fixtures::Section& action,
                     const Json& arguments) {
  const auto ids = argumentTexts(arguments, "id");
  if (ids.empty()) return Refusal{.kind = "argument_missing"};
  const auto* table = audioTable(context);
  if (table == nullptr) return action.answer;
  Json rows = context.state.content(*table);
  for (const auto& id : ids)
    if (const auto row = rowOf(rows, id)) rows.erase(*row);
  context.state.replace(*table, std::move(rows));
  return action.answer;
}

Checked<Json> rename(ActionContext& context, const fixtures::Section& action,
                     const Json& arguments) {
  const auto ids = argumentTexts(arguments, "id");
  const auto names = argumentTexts(arguments, "name");
  if (ids.empty() || ids.size() != names.size()) return Refusal{.kind = "argument_missing"};
  const auto* table = audioTable(context);
  if (table == nullptr) return Refusal{.kind = "section_unknown"};
  Json rows = context.state.content(*table);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto row = rowOf(rows, ids[i]);
    if (!row) return Refusal{.kind = "row_unknown"};
    rows.find(*row)->set("name", names[i]);
  }
  context.state.replace(*table, std::move(rows));
  return action.answer;
}

constexpr std::array<ActionRow, 4> kRows = {{
    {"system", "upload_usr_def_audio", upload},
    {"usr_def_audio_alarm", "test_audio", test},
    {"usr_def_audio_alarm", "delete_audio", remove},
    {"usr_def_audio_alarm", "modify_audio", rename},
}};

}  // namespace

void storeSound(StateTree& state, const AudioSlots::Announced& sound) {
  const auto* table = state.find("usr_def_audio_alarm", "usr_def_audio");
  if (table == nullptr) return;
  Json rows = state.content(*table);
  const auto known = rowOf(rows, sound.id);
  rows.set(known ? *known : rowName(sound.id),
           Json::object({{"id", sound.id}, {"name", sound.name}}));
  state.replace(*table, std::move(rows));
}

std::span<const ActionRow> audioActions() { return kRows; }

}  // namespace stoklab::emulator
