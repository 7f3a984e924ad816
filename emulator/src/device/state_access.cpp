#include "state_access.h"

#include <algorithm>
#include <utility>

namespace stoklab::emulator {

using fixtures::SectionKind;
using protocol::Error;
using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

std::string joined(const std::vector<std::string>& path, std::size_t parts) {
  std::string text;
  for (std::size_t i = 0; i < parts; ++i) {
    if (i > 0) text += '.';
    text += path[i];
  }
  return text;
}

std::string inQuotes(std::string_view name) { return protocol::printJson(Json(name)); }

Error noModule(std::string_view module) {
  return malformed("the device has no module " + inQuotes(module));
}

Error noSection(std::string_view module, std::string_view section) {
  return malformed("the module " + std::string(module) + " has no section or table " +
                   inQuotes(section));
}

Json contentNow(const StateTree& state, const StateTree::Entry& entry, std::string_view module,
                const LiveContext& live) {
  Json content = state.content(entry);
  updateLive(module, entry.section->name, live, content);
  return content;
}

Json moduleNow(const StateTree& state, const StateTree::Module& module, std::string_view name,
               const LiveContext& live) {
  Json sections = Json::object();
  for (const auto& entry : module.entries)
    sections.set(entry.section->name, contentNow(state, entry, name, live));
  return sections;
}

bool isNumber(const Json& value) { return value.integer() != nullptr || value.real() != nullptr; }

// What a list holds is looked at as well: a device that sends texts sends no numbers among them.
bool isSameKind(const Json& value, const Json& old) {
  if (isNumber(value) && isNumber(old)) return true;
  if (kindName(value) != kindName(old)) return false;
  const auto* olds = old.elements();
  if (olds == nullptr || olds->empty()) return true;
  return std::all_of(value.elements()->begin(), value.elements()->end(),
                     [&](const Json& each) { return isSameKind(each, olds->front()); });
}

// "string", or "array of string"
std::string kindOf(const Json& value) {
  std::string kind(kindName(value));
  const auto* elements = value.elements();
  if (elements == nullptr || elements->empty()) return kind;
  return kind + " of " + std::string(kindName(elements->front()));
}

// Writes `changes` into the fields of a section or row; `where` is its name in messages.
Result<void> putFields(const Json& changes, const std::string& where, Json& fields) {
  if (!changes.isObject())
    return malformed(where + " takes an object of fields, not " + std::string(kindName(changes)));
  for (const auto& change : *changes.members()) {
    Json* old = fields.find(change.key);
    if (old == nullptr) return malformed(where + " has no field " + inQuotes(change.key));
    if (!isSameKind(change.value, *old))
      return malformed(where + "." + change.key + " takes a value of the kind " + kindOf(*old) +
                       ", not " + kindOf(change.value));
    *old = change.value;
  }
  return {};
}

// The clock would write over it the next time that somebody asks.
Result<void> checkNotLive(const Json& changes, std::string_view module, std::string_view section,
                          const std::string& where, const LiveContext& live, const Json& draft) {
  Json asked = draft;
  if (!updateLive(module, section, live, asked)) return {};
  for (const auto& change : *changes.members()) {
    if (*asked.find(change.key) == change.value) continue;
    return malformed(where + "." + change.key +
                     " follows the clock of the device and cannot be set; move the clock");
  }
  return {};
}

Result<void> putSection(const StateTree::Entry& entry, std::string_view module, const Json& changes,
                        const LiveContext& live, Json& draft) {
  const std::string& section = entry.section->name;
  const std::string where = std::string(module) + "." + section;
  if (entry.section->kind != SectionKind::table) {
    if (auto put = putFields(changes, where, draft); !put) return put;
    return checkNotLive(changes, module, section, where, live, draft);
  }
  if (!changes.isObject())
    return malformed(where + " takes an object of rows, not " + std::string(kindName(changes)));
  for (const auto& row : *changes.members()) {
    Json* fields = draft.find(row.key);
    if (fields == nullptr) return malformed(where + " has no row " + inQuotes(row.key));
    if (auto put = putFields(row.value, where + "." + row.key, *fields); !put) return put;
  }
  return {};
}

}  // namespace

Result<Json> readState(const StateTree& state, const fixtures::Profile& profile,
                       const std::vector<std::string>& path, const LiveContext& live) {
  if (path.empty()) {
    Json all = Json::object();
    for (const auto& module : profile.modules) {
      const auto* known = state.findModule(module.name);
      if (known != nullptr && !known->entries.empty())
        all.set(module.name, moduleNow(state, *known, module.name, live));
    }
    return all;
  }
  const auto* module = state.findModule(path[0]);
  if (module == nullptr || module->entries.empty()) return noModule(path[0]);
  if (path.size() == 1) return moduleNow(state, *module, path[0], live);
  const auto* entry = StateTree::findEntry(*module, path[1]);
  if (entry == nullptr) return noSection(path[0], path[1]);
  const Json content = contentNow(state, *entry, path[0], live);
  const Json* value = &content;
  for (std::size_t part = 2; part < path.size(); ++part) {
    const Json* below = value->find(path[part]);
    const bool row = part == 2 && entry->section->kind == SectionKind::table;
    if (below == nullptr)
      return malformed(joined(path, part) + " has no " + (row ? "row " : "field ") +
                       inQuotes(path[part]));
    value = below;
  }
  return *value;
}

Result<void> patchState(StateTree& state, const Json& modules, const LiveContext& live) {
  if (!modules.isObject())
    return malformed("the change is an object of modules, not " + std::string(kindName(modules)));
  std::vector<std::pair<const StateTree::Entry*, Json>> drafts;
  for (const auto& module : *modules.members()) {
    const auto* known = state.findModule(module.key);
    if (known == nullptr || known->entries.empty()) return noModule(module.key);
    if (!module.value.isObject())
      return malformed(module.key + " takes an object of sections, not " +
                       std::string(kindName(module.value)));
    for (const auto& section : *module.value.members()) {
      const auto* entry = StateTree::findEntry(*known, section.key);
      if (entry == nullptr) return noSection(module.key, section.key);
      Json draft = state.content(*entry);
      if (auto put = putSection(*entry, module.key, section.value, live, draft); !put) return put;
      drafts.emplace_back(entry, std::move(draft));
    }
  }
  for (auto& [entry, draft] : drafts)
    if (!(state.content(*entry) == draft)) state.replace(*entry, std::move(draft));
  return {};
}

}  // namespace stoklab::emulator
