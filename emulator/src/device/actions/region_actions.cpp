// Actions that replace a whole table of regions at once (facts.md D10).
#include <algorithm>
#include <array>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Checked<Json> replaceRegions(ActionContext& context, std::string_view module, const Json& answer,
                             const Json& arguments) {
  const auto* table = context.state.find(module, "region_info");
  if (table == nullptr) return Refusal{.kind = "section_unknown"};
  const Json* regions = arguments.find("region_info");
  if (regions == nullptr) return Refusal{.kind = "argument_missing"};
  if (!regions->isArray()) return Refusal{.kind = "section_argument_wrong"};
  if (table->section->maxRows && regions->size() > *table->section->maxRows)
    return Refusal{.kind = "table_full"};

  const auto& known = *table->section->fields.members();
  const Json* pattern = known.empty() ? nullptr : &known.front().value;
  Json rows = Json::object();
  for (const Json& region : *regions->elements()) {
    if (!region.isObject()) return Refusal{.kind = "section_argument_wrong"};
    Json row = Json::object();
    for (const auto& member : *region.members()) {
      const Json* sample = pattern == nullptr ? nullptr : pattern->find(member.key);
      if (pattern != nullptr && sample == nullptr) return Refusal{.kind = "field_unknown"};
      auto stored = checkField(*table->section, member.key, member.value, sample);
      if (!stored) return stored.refusal();
      row.set(member.key, std::move(*stored));
    }
    rows.set("region_info_" + std::to_string(rows.size() + 1), std::move(row));
  }
  context.state.replace(*table, std::move(rows));
  return answer;
}

// A row's function knows its module through its type, so that the table stays plain data.
template <const auto& kModule>
Checked<Json> replaceIn(ActionContext& context, const fixtures::Section& action,
                        const Json& arguments) {
  return replaceRegions(context, kModule, action.answer, arguments);
}

constexpr std::string_view kMotion = "motion_detection", kCover = "cover",
                           kPeople = "people_detection", kVehicle = "vehicle_detection",
                           kLine = "linecrossing_detection", kIntrusion = "intrusion_detection",
                           kEntrance = "regionentrance_detection",
                           kExit = "regionexiting_detection", kLoitering = "loitering_detection",
                           kAbandoned = "abandonandtaken_detection";

constexpr std::array<ActionRow, 10> kRows = {{
    {kMotion, "add_md_regions", replaceIn<kMotion>},
    {kCover, "add_cover_regions", replaceIn<kCover>},
    {kPeople, "add_regions", replaceIn<kPeople>},
    {kVehicle, "add_regions", replaceIn<kVehicle>},
    {kLine, "add_regions", replaceIn<kLine>},
    {kIntrusion, "add_regions", replaceIn<kIntrusion>},
    {kEntrance, "add_regions", replaceIn<kEntrance>},
    {kExit, "add_regions", replaceIn<kExit>},
    {kLoitering, "add_regions", replaceIn<kLoitering>},
    {kAbandoned, "add_regions", replaceIn<kAbandoned>},
}};

}  // namespace

std::span<const ActionRow> regionActions() { return kRows; }

}  // namespace stoklab::emulator
