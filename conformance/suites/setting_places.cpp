#include "suites/setting_places.h"

#include <algorithm>

#include "harness/aspects.h"

namespace stoklab::conformance {
namespace {

constexpr int kNotOffered = -40106;  // D12

std::string listOfNames(const ModuleModel& module, bool tables) {
  std::string list;
  for (const SectionModel& section : module.sections) {
    if ((section.kind == SectionKind::table) == tables)
      list += (list.empty() ? "" : ",") + jsonString(section.name);
  }
  return list;
}

Answer askForAll(const ModuleModel& module) {
  std::string arguments;
  for (const bool tables : {false, true}) {
    const std::string list = listOfNames(module, tables);
    if (!list.empty())
      arguments += std::string(arguments.empty() ? "" : ",") +
                   (tables ? R"("table":[)" : R"("name":[)") + list + "]";
  }
  return device().command(R"({"method":"get",)" + jsonString(module.name) + ":{" + arguments +
                          "}}");
}

Answer askForOne(const ModuleModel& module, const SectionModel& section) {
  const bool table = section.kind == SectionKind::table;
  return device().command(R"({"method":"get",)" + jsonString(module.name) + ":{" +
                          (table ? R"("table":)" : R"("name":)") + jsonString(section.name) + "}}");
}

const Value* sectionIn(const Answer& answer, const ModuleModel& module,
                       const SectionModel& section) {
  const Value* found = answer.succeeded() ? answer.at(module.name) : nullptr;
  return found == nullptr ? nullptr : found->find(section.name);
}

// That answers come whole is for other requirements to say.
template <class Ask>
Answer readable(const std::string& what, const Ask& ask) {
  try {
    return ask();
  } catch (const WireFailure& failure) {
    if (failure.layer() != Layer::http) throw;
    throw Blocked("cannot read " + what + ": " + failure.what());
  }
}

std::vector<Seen> lookAnew(const ModuleModel& module) {
  std::vector<Seen> seen;
  const Answer all = readable(module.name, [&] { return askForAll(module); });
  bool offered = false;
  for (const SectionModel& section : module.sections) {
    seen.push_back({&section});
    if (const Value* found = sectionIn(all, module, section); found != nullptr) {
      seen.back().value = *found;
      offered = true;
      continue;
    }
    // A list may be refused for one unknown name (section 14, row 14), or be cut: a section that is
    // asked for by itself is what counts.
    const Answer one = readable(module.name, [&] { return askForOne(module, section); });
    if (!one.succeeded() && one.code() != kNotOffered)
      throw Blocked("cannot read " + module.name + "." + section.name + ": " + summary(one));
    offered = offered || one.succeeded();
    if (const Value* found = sectionIn(one, module, section); found != nullptr)
      seen.back().value = *found;
  }
  if (!offered) throw NotApplicable("the device does not offer the module " + module.name);
  return seen;
}

// What was last looked at. Only tests that write nothing use it; the others put everything back.
struct Memory {
  const Device* device = nullptr;
  const ModuleModel* module = nullptr;
  std::vector<Seen> seen = {};
};

}  // namespace

const std::vector<Seen>& look(const ModuleModel& module) {
  static Memory memory;
  if (memory.device != &device() || memory.module != &module) {
    memory = {};
    memory.seen = lookAnew(module);
    memory.device = &device();
    memory.module = &module;
  }
  return memory.seen;
}

Setting Place::setting(std::string_view field) const {
  return {module->name, name, std::string(field), isRow() ? section->name : std::string()};
}

std::string Place::path(std::string_view field) const {
  return module->name + "." + name + "." + std::string(field);
}

const std::string* Place::text(std::string_view field) const {
  const Value* value = fields.find(field);
  return value != nullptr && value->isText() ? &value->text : nullptr;
}

std::vector<Place> placesIn(const ModuleModel& module, const Seen& seen) {
  std::vector<Place> places;
  if (!seen.value) return places;
  const auto add = [&](const std::string& name, const Value& fields) {
    if (fields.isObject()) places.push_back({&module, seen.model, name, fields});
  };
  if (seen.model->kind != SectionKind::table) {
    add(seen.model->name, *seen.value);
    return places;
  }
  for (const Value& row : seen.value->items)
    for (const Member& member : row.members) add(member.name, member.value);
  for (const Member& member : seen.value->members) add(member.name, member.value);
  return places;
}

std::vector<Place> writablePlaces(const ModuleModel& module) {
  std::vector<Place> places;
  for (const Seen& seen : lookAnew(module)) {
    if (!seen.model->writable) continue;
    std::vector<Place> here = placesIn(module, seen);
    if (!here.empty()) places.push_back(std::move(here.front()));
  }
  return places;
}

Value readAgain(const Place& place) {
  const Answer answer = askForOne(*place.module, *place.section);
  const Value* section = sectionIn(answer, *place.module, *place.section);
  if (section != nullptr) {
    for (Place& now : placesIn(*place.module, {place.section, *section}))
      if (now.name == place.name) return std::move(now.fields);
  }
  throw Blocked("cannot read " + place.module->name + "." + place.name + ": " + summary(answer));
}

void remember(const Place& place, const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (const Value* present = place.fields.find(change.field->name); present != nullptr)
      device().remember(place.setting(change.field->name), *present);
  }
}

Answer write(const Place& place, const std::vector<Change>& changes) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Change& change : changes)
    fields.emplace_back(change.field->name, jsonString(change.value));
  return device().command(setBody(place.setting(""), fields));
}

bool mayTry(const Place& place, const FieldModel& field) {
  return isTryable(*place.section, field) && place.text(field.name) != nullptr &&
         (mayDisrupt() || hazardOf(place.module->name, place.section->name, field.name).empty());
}

void find(const std::string& what, const std::string& expected, const std::string& got,
          const char* file, int line) {
  ADD_FAILURE_AT(file, line) << "Value of: " << what << "\nExpected: " << expected
                             << "\n  Actual: " << got;
}

}  // namespace stoklab::conformance
