#include "handover.h"

#include "commands.h"

namespace stoklab::emulator {

using fixtures::Access;
using fixtures::Section;
using fixtures::SectionKind;
using protocol::Json;
using protocol::Method;

namespace {

class Changes {
 public:
  explicit Changes(const std::string& module) : module_(module) {}

  // The fields of a section, or of a row of a table by the name of the row.
  void fields(const Section& section, const std::string& name, const Json& before,
              const Json& after) {
    for (const auto& field : *after.members()) {
      const auto rule = section.rules.find(field.key);
      if (rule != section.rules.end() && rule->second.readOnly) continue;
      const Json* old = before.find(field.key);
      if (old != nullptr && *old == field.value) continue;
      add(Method::set, Json::object({{name, Json::object({{field.key, field.value}})}}));
    }
  }

  void rows(const Section& table, const Json& after) {
    for (const auto& row : *table.fields.members()) {
      if (after.find(row.key) == nullptr)
        add(Method::remove, Json::object({{"name", Json::array({Json(row.key)})}}));
    }
    for (const auto& row : *after.members()) {
      if (const Json* before = table.fields.find(row.key))
        fields(table, row.key, *before, row.value);
      else
        add(Method::add,
            Json::object({{"table", table.name}, {"name", row.key}, {"para", row.value}}));
    }
  }

  std::vector<SettingChange> take() && { return std::move(changes_); }

 private:
  void add(Method method, Json arguments) {
    changes_.push_back(
        {.method = method, .modules = Json::object({{module_, std::move(arguments)}})});
  }

  const std::string& module_;
  std::vector<SettingChange> changes_;
};

}  // namespace

std::vector<SettingChange> changesOf(const StateTree& state, const fixtures::Profile& profile) {
  std::vector<SettingChange> all;
  for (const auto& module : profile.modules) {
    Changes changes(module.name);
    for (const Section& section : module.sections) {
      const auto* entry = state.find(module.name, section.name);
      if (entry == nullptr || section.access != Access::readWrite) continue;
      const Json& now = state.content(*entry);
      if (section.kind == SectionKind::table)
        changes.rows(section, now);
      else if (section.kind == SectionKind::section)
        changes.fields(section, section.name, section.fields, now);
    }
    for (SettingChange& change : std::move(changes).take()) all.push_back(std::move(change));
  }
  return all;
}

std::size_t carryOut(const std::vector<SettingChange>& changes, StateTree& state) {
  std::size_t refused = 0;
  for (const SettingChange& change : changes) {
    const auto done = change.method == Method::set   ? setInState(state, change.modules)
                      : change.method == Method::add ? addToState(state, change.modules)
                                                     : deleteFromState(state, change.modules);
    if (!done) ++refused;
  }
  return refused;
}

}  // namespace stoklab::emulator
