#include "stoklab/client/camera.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/meta_keys.h"
#include "table_rows.h"

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;
using protocol::malformed;
using protocol::Reply;
using protocol::Request;
using protocol::SettingPath;

namespace {

// "refused", but by what the device has, not by a code.
Error missing(std::string detail) {
  return {.kind = ErrorKind::refused, .detail = std::move(detail)};
}

bool refusedByDevice(const Error& error) {
  return error.kind == ErrorKind::refused && error.deviceCode.has_value();
}

std::string_view selectorOf(SectionKind kind) {
  return kind == SectionKind::table ? "table" : "name";
}

// Adds `name` to "name" or "table" of a get: the first as a string, more as a list (D1 - D3).
void select(Request& request, std::string_view module, const SectionName& section) {
  Json* found = request.modules.find(module);
  Json& arguments = found != nullptr ? *found : request.modules.set(module, Json::object());
  const auto selector = selectorOf(section.kind);
  Json* names = arguments.find(selector);
  if (names == nullptr) {
    arguments.set(selector, section.name);
    return;
  }
  const Json name(section.name);
  if (*names == name) return;
  if (names->string() != nullptr) *names = Json::array({*names});
  const auto& list = *names->elements();
  if (std::find(list.begin(), list.end(), name) == list.end()) names->push(name);
}

Result<Json> sectionOf(const Reply& reply, std::string_view module, const SectionName& section) {
  const Json* found = reply.body.at({module, section.name});
  if (found == nullptr) {
    return missing("the device gave no " + std::string(module) + "." + section.name);
  }
  const auto whole = section.kind == SectionKind::table ? rowsByName(*found) : Result<Json>(*found);
  if (!whole) return whole.error();
  return protocol::withoutAnyMetaKeys(*whole);
}

// The part of a section that `path` names.
Result<Json> fieldOf(const Json& section, const SettingPath& path) {
  if (path.field.empty()) return section;
  if (const Json* found = section.find(path.field)) return *found;
  std::string names;
  if (const auto* members = section.members()) {
    for (const auto& member : *members) names += (names.empty() ? "" : ", ") + member.key;
  }
  return missing(path.module + "." + path.section + " has no \"" + path.field +
                 "\" on this device; it has: " + (names.empty() ? "nothing" : names));
}

// Configuration values are strings; a number becomes its decimal text (W7), inside lists too.
Json withNumbersAsStrings(Json value) {
  if (value.integer() != nullptr || value.real() != nullptr) return protocol::printJson(value);
  if (auto* elements = value.elements()) {
    for (Json& element : *elements) element = withNumbersAsStrings(std::move(element));
  }
  if (auto* members = value.members()) {
    for (auto& member : *members) member.value = withNumbersAsStrings(std::move(member.value));
  }
  return value;
}

Json& memberObject(Json& object, std::string_view key) {
  Json* found = object.find(key);
  return found != nullptr ? *found : object.set(key, Json::object());
}

struct NightVisionName {
  NightVision mode;
  std::string_view text;         // of pre_night_vision_mode
  std::string_view olderText{};  // of a writable night_vision_mode; empty: it has no such mode
};

constexpr std::array kNightVisionNames = {
    NightVisionName{NightVision::humanTriggeredColor, "human_triggered_color", "md_night_vision"},
    NightVisionName{NightVision::autoColor, "auto_color", "wtl_night_vision"},
    NightVisionName{NightVision::autoIr, "auto_ir", "inf_night_vision"},
    NightVisionName{NightVision::whiteLedAlwaysOn, "white_led_always_on"},
    NightVisionName{NightVision::irAlwaysOn, "ir_always_on"},
    NightVisionName{NightVision::off, "off"},
    NightVisionName{NightVision::custom, "custom"},
};

constexpr std::string_view kPreference = "pre_night_vision_mode";
constexpr std::string_view kMode = "night_vision_mode";

Result<NightVisionGeneration> generationOf(const Json& imageSwitch) {
  if (imageSwitch.find(kPreference) != nullptr) return NightVisionGeneration::split;
  if (imageSwitch.find(kMode) != nullptr) return NightVisionGeneration::single;
  return missing("the device has no night vision mode: image.switch has neither " +
                 std::string(kPreference) + " nor " + std::string(kMode));
}

}  // namespace

std::string_view toText(NightVision mode) {
  for (const auto& name : kNightVisionNames) {
    if (name.mode == mode) return name.text;
  }
  return "other";
}

NightVision nightVisionFromText(std::string_view text) {
  for (const auto& name : kNightVisionNames) {
    if (name.text == text) return name.mode;
  }
  return NightVision::other;
}

Camera::Camera(Session& session, SectionNames sectionNames)
    : session_(session), sectionNames_(std::move(sectionNames)) {}

std::optional<SectionKind> Camera::knownKind(std::string_view module,
                                             std::string_view section) const {
  if (!sectionNames_) return std::nullopt;
  for (const auto& known : sectionNames_(module)) {
    if (known.name == section) return known.kind;
  }
  return std::nullopt;
}

Result<std::vector<SectionName>> Camera::knownSections(const std::string& module) const {
  auto known = sectionNames_ ? sectionNames_(module) : std::vector<SectionName>();
  if (!known.empty()) return known;
  return Error{.kind = ErrorKind::safety,
               .detail =
                   "nothing was sent: a device does not list the sections of a module, and "
                   "none is known for \"" +
                   module + "\"; name one, as in \"" + module + ".SECTION\""};
}

Result<Json> Camera::getOne(std::string_view module, const SectionName& section) {
  Request request;
  select(request, module, section);
  const auto reply = session_.send(request);
  if (!reply) return reply.error();
  return sectionOf(*reply, module, section);
}

Result<Json> Camera::getEither(std::string_view module, const std::string& section) {
  if (const auto kind = knownKind(module, section)) return getOne(module, {section, *kind});
  auto asSection = getOne(module, {section, SectionKind::section});
  if (asSection || asSection.error().deviceCode != protocol::code::kUnsupportedCommand) {
    return asSection;
  }
  auto asTable = getOne(module, {section, SectionKind::table});
  // Of two refusals the first is the one to the question that was asked.
  return !asTable && refusedByDevice(asTable.error()) ? asSection : asTable;
}

Result<Json> Camera::get(const SettingPath& path) {
  if (path.section.empty()) {
    const auto known = knownSections(path.module);
    if (!known) return known.error();
    return get(path.module, *known);
  }
  const auto section = getEither(path.module, path.section);
  if (!section) return section.error();
  return fieldOf(*section, path);
}

Result<Json> Camera::get(std::string_view module, const std::vector<SectionName>& sections) {
  Json result = Json::object();
  if (sections.empty()) return result;
  Request request;
  for (const auto& section : sections) select(request, module, section);
  const auto together = session_.send(request);
  if (!together && !refusedByDevice(together.error())) return together.error();
  std::optional<Error> refusal;
  for (const auto& section : sections) {
    auto fields = together ? sectionOf(*together, module, section) : getOne(module, section);
    if (fields) {
      result.set(section.name, std::move(*fields));
    } else if (fields.error().kind != ErrorKind::refused) {
      return fields.error();
    } else if (!refusal) {
      refusal = fields.error();
    }
  }
  if (result.size() == 0 && refusal) return *refusal;
  return result;
}

Result<std::vector<Json>> Camera::getTogether(const std::vector<SettingPath>& paths) {
  std::vector<SectionName> wanted;
  wanted.reserve(paths.size());
  Request request;
  for (const auto& path : paths) {
    const auto kind = knownKind(path.module, path.section).value_or(SectionKind::section);
    select(request, path.module, wanted.emplace_back(SectionName{path.section, kind}));
  }
  const auto reply = session_.send(request);
  if (!reply) return reply.error();
  std::vector<Json> values;
  values.reserve(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto section = sectionOf(*reply, paths[i].module, wanted[i]);
    if (!section) return section.error();
    auto value = fieldOf(*section, paths[i]);
    if (!value) return value.error();
    values.push_back(std::move(*value));
  }
  return values;
}

Result<std::vector<Json>> Camera::get(const std::vector<SettingPath>& paths) {
  const bool wholeModule = std::any_of(paths.begin(), paths.end(),
                                       [](const auto& path) { return path.section.empty(); });
  if (!wholeModule && paths.size() > 1) {
    auto values = getTogether(paths);
    if (values || !refusedByDevice(values.error())) return values;
  }
  std::vector<Json> values;
  for (const auto& path : paths) {
    auto value = get(path);
    if (!value) return value.error();
    values.push_back(std::move(*value));
  }
  return values;
}

Result<void> Camera::set(const SettingPath& path, Json value) {
  return set(std::vector<std::pair<SettingPath, Json>>{{path, std::move(value)}});
}

Result<void> Camera::set(const std::vector<std::pair<SettingPath, Json>>& values) {
  if (values.empty()) return {};
  Request request{.method = protocol::Method::set};
  for (const auto& [path, value] : values) {
    const bool wholeSection = path.field.empty() && !path.section.empty() && value.isObject();
    if (path.field.empty() && !wholeSection) {
      return malformed("\"" + path.text() +
                       "\" names no field to set; it takes the form module.section.field");
    }
    Json& section = memberObject(memberObject(request.modules, path.module), path.section);
    if (!wholeSection) {
      section.set(path.field, withNumbersAsStrings(value));
      continue;
    }
    for (const auto& [field, content] : *value.members()) {
      section.set(field, withNumbersAsStrings(content));
    }
  }
  const auto reply = session_.send(request);
  if (!reply) return reply.error();
  return {};
}

Result<NightVisionGeneration> Camera::nightVisionGeneration() {
  if (generation_) return *generation_;
  const auto section = session_.get("image", "switch");
  if (!section) return section.error();
  auto generation = generationOf(*section);
  if (generation) generation_ = *generation;
  return generation;
}

Result<NightVision> Camera::nightVision() {
  const auto section = session_.get("image", "switch");
  if (!section) return section.error();
  const auto generation = generationOf(*section);
  if (!generation) return generation.error();
  generation_ = *generation;
  const bool split = *generation == NightVisionGeneration::split;
  const Json* value = section->find(split ? kPreference : kMode);
  if (value->string() == nullptr) {
    return malformed("the night vision mode of the device is no text");
  }
  if (split) return nightVisionFromText(*value->string());
  for (const auto& name : kNightVisionNames) {
    if (name.olderText == *value->string()) return name.mode;
  }
  return NightVision::other;
}

Result<void> Camera::setNightVision(NightVision mode) {
  const auto* name = std::find_if(kNightVisionNames.begin(), kNightVisionNames.end(),
                                  [&](const auto& each) { return each.mode == mode; });
  if (name == kNightVisionNames.end()) {
    return Error{.kind = ErrorKind::safety,
                 .detail = "nothing was sent: \"other\" is no night vision mode to set"};
  }
  const auto generation = nightVisionGeneration();
  if (!generation) return generation.error();
  if (*generation == NightVisionGeneration::split) {
    return set({"image", "switch", std::string(kPreference)}, std::string(name->text));
  }
  if (name->olderText.empty()) {
    return Error{.kind = ErrorKind::safety,
                 .detail = "nothing was set: this device has no night vision mode like \"" +
                           std::string(name->text) + "\"; it has " +
                           "human_triggered_color, auto_color and auto_ir"};
  }
  return set({"image", "switch", std::string(kMode)}, std::string(name->olderText));
}

Result<void> Camera::reboot() {
  const auto reply = session_.perform("system", "reboot");
  if (!reply) return reply.error();
  return {};
}

}  // namespace stoklab::client
