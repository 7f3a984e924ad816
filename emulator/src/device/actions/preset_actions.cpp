// Viewpoints of a PTZ camera. They are stored as parallel arrays: id, name, read_only and the
// three positions (facts.md D11, D22, catalogue "preset").
#include <algorithm>
#include <array>
#include <optional>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::size_t kMaxPresets = 8;

const StateTree::Entry* presetSection(const ActionContext& context) {
  return context.state.find("preset", "preset");
}

Json::Array& column(Json& presets, std::string_view name) {
  Json* known = presets.find(name);
  return *(known != nullptr && known->isArray() ? *known : presets.set(name, Json::array()))
              .elements();
}

std::optional<std::size_t> indexOf(Json& presets, std::string_view id) {
  const auto& ids = column(presets, "id");
  const auto found = std::find_if(ids.begin(), ids.end(), [&](const Json& known) {
    return known.string() != nullptr && *known.string() == id;
  });
  if (found == ids.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ids.begin());
}

Checked<Json> setPreset(ActionContext& context, const fixtures::Section&, const Json& arguments) {
  const auto* section = presetSection(context);
  const auto name = argumentText(arguments, "name");
  if (section == nullptr) return Refusal{.kind = "section_unknown"};
  if (!name) return Refusal{.kind = "argument_missing"};
  Json presets = context.state.content(*section);
  if (column(presets, "id").size() >= kMaxPresets) return Refusal{.kind = "table_full"};
  int number = 1;
  while (indexOf(presets, std::to_string(number))) ++number;
  const std::string id = std::to_string(number);
  column(presets, "id").emplace_back(id);
  column(presets, "name").emplace_back(*name);
  column(presets, "read_only").emplace_back("0");
  for (const char* axis : {"position_pan", "position_tilt", "position_zoom"})
    column(presets, axis).emplace_back("0.000000");
  context.state.replace(*section, std::move(presets));
  return Json::object({{"id", id}, {"name", *name}});
}

Checked<Json> gotoPreset(ActionContext& context, const fixtures::Section& action,
                         const Json& arguments) {
  const auto* section = presetSection(context);
  const auto id = argumentText(arguments, "id");
  if (section == nullptr) return Refusal{.kind = "section_unknown"};
  if (!id) return Refusal{.kind = "argument_missing"};
  Json presets = context.state.content(*section);
  if (!indexOf(presets, *id)) return Refusal{.kind = "preset_unknown"};
  return action.answer;
}

Checked<Json> removePreset(ActionContext& context, const fixtures::Section& action,
                           const Json& arguments) {
  const auto* section = presetSection(context);
  const auto ids = argumentTexts(arguments, "id");
  if (section == nullptr) return Refusal{.kind = "section_unknown"};
  if (ids.empty()) return Refusal{.kind = "argument_missing"};
  Json presets = context.state.content(*section);
  for (const auto& id : ids) {
    const auto index = indexOf(presets, id);
    if (!index) return Refusal{.kind = "preset_unknown"};
    for (auto& member : *presets.members())
      if (auto* values = member.value.elements(); values != nullptr && *index < values->size())
        values->erase(values->begin() + static_cast<std::ptrdiff_t>(*index));
  }
  context.state.replace(*section, std::move(presets));
  return action.answer;
}

constexpr std::array<ActionRow, 3> kRows = {{
    {"preset", "set_preset", setPreset},
    {"preset", "goto_preset", gotoPreset},
    {"preset", "remove_preset", removePreset},
}};

}  // namespace

std::span<const ActionRow> presetActions() { return kRows; }

}  // namespace stoklab::emulator
