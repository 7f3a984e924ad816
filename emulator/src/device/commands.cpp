#include "commands.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "stoklab/protocol/meta_keys.h"

namespace stoklab::emulator {

using fixtures::Access;
using fixtures::SectionKind;
using protocol::Json;

namespace {

// Names in a request: one string or a list of strings (facts.md D1, D2). Empty: neither.
using Names = std::span<const Json>;

Names namesIn(const Json& value) {
  if (value.string() != nullptr) return {&value, 1};
  const auto* elements = value.elements();
  if (elements == nullptr || std::ranges::any_of(*elements, [](const Json& element) {
        return element.string() == nullptr;
      }))
    return {};
  return *elements;
}

// A section, or a row of a table by its own name (D8), for reading.
std::optional<Refusal> appendNamed(StateTree& state, const StateTree::Module& module,
                                   std::string_view moduleName, std::string_view name,
                                   const LiveContext& live, const WireStyle& style,
                                   std::string& out) {
  if (const auto* entry = StateTree::findEntry(module, name);
      entry != nullptr && entry->section->kind != SectionKind::table) {
    out += entry->quotedName;
    if (isLive(moduleName, name)) {
      Json fields = state.content(*entry);
      updateLive(moduleName, name, live, fields);
      appendWire(fields, style, out);
    } else {
      state.appendRendered(*entry, out);
    }
    return std::nullopt;
  }
  const auto row = state.findRow(module, name);
  if (row.table == nullptr) return Refusal{.kind = "section_unknown"};
  protocol::appendJson(Json(name), out);
  out += ':';
  state.appendRow(*row.table, name, out);
  return std::nullopt;
}

std::optional<Refusal> appendTable(StateTree& state, const StateTree::Module& module,
                                   std::string_view name, std::string& out) {
  const auto* entry = StateTree::findEntry(module, name);
  if (entry == nullptr || entry->section->kind != SectionKind::table)
    return Refusal{.kind = "section_unknown"};
  out += entry->quotedName;
  state.appendRendered(*entry, out);
  return std::nullopt;
}

// A list with an unknown name is refused as a whole; whether others in it are known is told apart,
// because devices may (facts.md section 14, row 14).
Refusal partlyUnknown(const StateTree& state, const StateTree::Module& module, Names names) {
  const bool someKnown = std::ranges::any_of(names, [&](const Json& name) {
    return StateTree::findEntry(module, *name.string()) != nullptr ||
           state.findRow(module, *name.string()).table != nullptr;
  });
  return {.kind = someKnown ? "name_list_partly_unknown" : "section_unknown"};
}

// Writes in place, so that later parts of a request see what earlier ones wrote, and takes all back
// unless it is told to keep it.
class Writes {
 public:
  explicit Writes(StateTree& state) : state_(state) {}
  Writes(const Writes&) = delete;
  Writes& operator=(const Writes&) = delete;

  ~Writes() {
    for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo)
      *find(*undo->entry, undo->row, undo->field) = std::move(undo->before);
  }

  // What can be written: the fields of a section, or of a row where one is named.
  const Json* fields(const StateTree::Entry& entry, std::string_view row) const {
    const Json& content = state_.content(entry);
    return row.empty() ? &content : content.find(row);
  }

  // A field that is there.
  void put(const StateTree::Entry& entry, std::string_view row, std::string_view field,
           Json value) {
    Json* const place = find(entry, row, field);
    undo_.push_back({&entry, std::string(row), std::string(field), std::move(*place)});
    *place = std::move(value);
  }

  // The rows of a table, to be added to or taken from. One copy is enough to take all back.
  Json& rows(const StateTree::Entry& table) {
    Json& content = state_.edit(table);
    if (std::ranges::none_of(undo_, [&](const Undo& undo) { return undo.entry == &table; }))
      undo_.push_back({.entry = &table, .before = content});
    return content;
  }

  void keep() { undo_.clear(); }

 private:
  struct Undo {
    const StateTree::Entry* entry;
    std::string row = {}, field = {};  // both empty: the whole content
    Json before;
  };

  Json* find(const StateTree::Entry& entry, std::string_view row, std::string_view field) {
    Json* place = &state_.edit(entry);
    if (!row.empty()) place = place->find(row);
    if (!field.empty()) place = place->find(field);
    return place;
  }

  StateTree& state_;
  std::vector<Undo> undo_;
};

// Writes `changes` into the fields of a section or of a row after checking each.
std::optional<Refusal> change(const StateTree::Entry& entry, std::string_view row,
                              const Json& changes, const WireStyle& style, Writes& writes) {
  const fixtures::Section& section = *entry.section;
  for (const auto& member : *changes.members()) {
    if (member.key == "types") continue;  // names what is written; accepted, not stored (D7)
    if (style.metaKeys && protocol::isMetaKey(member.key)) continue;
    const Json* old = writes.fields(entry, row)->find(member.key);
    if (old == nullptr) return Refusal{.kind = "field_unknown"};
    auto stored = checkField(section, member.key, member.value, old);
    if (!stored) return stored.refusal();
    writes.put(entry, row, member.key, std::move(*stored));
  }
  // A preference drives the state it stands for (D20).
  for (const auto& coupling : section.couplings) {
    if (changes.find(coupling.when) == nullptr) continue;
    const Json& fields = *writes.fields(entry, row);
    const auto* value = fields.find(coupling.when)->string();
    const auto target =
        std::find_if(coupling.map.begin(), coupling.map.end(),
                     [&](const auto& pair) { return value && pair.first == *value; });
    if (target != coupling.map.end() && fields.find(coupling.target) != nullptr)
      writes.put(entry, row, coupling.target, target->second);
  }
  return std::nullopt;
}

std::optional<Refusal> setNamed(StateTree& state, const StateTree::Module& module,
                                const std::string& name, const Json& changes, Writes& writes) {
  const auto* entry = StateTree::findEntry(module, name);
  std::string_view row;
  if (entry == nullptr) {
    entry = state.findRow(module, name).table;
    row = name;
  } else if (entry->section->kind == SectionKind::table) {
    return Refusal{.kind = "section_argument_wrong"};
  }
  if (entry == nullptr) return Refusal{.kind = "section_unknown"};
  if (!changes.isObject()) return Refusal{.kind = "section_argument_wrong"};
  if (changes.size() == 0) return Refusal{.kind = "argument_missing"};
  if (entry->section->access != Access::readWrite) return Refusal{.kind = "field_read_only"};
  return change(*entry, row, changes, state.style(), writes);
}

// The table that an add or delete names, if clients may write it.
Checked<const StateTree::Entry*> writableTable(const StateTree::Module& module,
                                               const Json& arguments) {
  const Json* name = arguments.find("table");
  if (name == nullptr) return Refusal{.kind = "argument_missing"};
  if (name->string() == nullptr) return Refusal{.kind = "section_argument_wrong"};
  const auto* entry = StateTree::findEntry(module, *name->string());
  if (entry == nullptr || entry->section->kind != SectionKind::table)
    return Refusal{.kind = "section_unknown"};
  if (entry->section->access != Access::readWrite) return Refusal{.kind = "field_read_only"};
  return entry;
}

// Calls `step` for every module of the request that the device has.
template <class Step>
std::optional<Refusal> forEachModule(const StateTree& state, const Json& modules,
                                     const Step& step) {
  for (const auto& member : *modules.members()) {
    const auto* module = state.findModule(member.key);
    if (module == nullptr) return Refusal{.kind = "module_unknown"};
    if (!member.value.isObject()) return Refusal{.kind = "module_not_object"};
    if (auto refusal = step(member.key, *module, member.value)) return refusal;
  }
  return std::nullopt;
}

// An unknown field in a new row can be told only where another row shows which fields exist.
std::optional<Refusal> addRow(StateTree& state, const StateTree::Module& module,
                              const Json& arguments, Writes& writes) {
  auto table = writableTable(module, arguments);
  if (!table) return table.refusal();
  const StateTree::Entry& entry = **table;
  const Json* name = arguments.find("name");
  const Json* para = arguments.find("para");
  if (name == nullptr || para == nullptr) return Refusal{.kind = "argument_missing"};
  if (name->string() == nullptr || name->string()->empty() || !para->isObject())
    return Refusal{.kind = "section_argument_wrong"};
  const std::string& row = *name->string();
  if (state.findRow(module, row).table != nullptr || StateTree::findEntry(module, row) != nullptr)
    return Refusal{.kind = "row_exists"};
  if (entry.section->maxRows && state.content(entry).size() >= *entry.section->maxRows)
    return Refusal{.kind = "table_full"};

  const auto& rows = *entry.section->fields.members();
  const Json* pattern = rows.empty() ? nullptr : &rows.front().value;
  Json fields = Json::object();
  for (const auto& member : *para->members()) {
    if (state.style().metaKeys && protocol::isMetaKey(member.key)) continue;
    const Json* sample = pattern == nullptr ? nullptr : pattern->find(member.key);
    if (pattern != nullptr && sample == nullptr) return Refusal{.kind = "field_unknown"};
    auto stored = checkField(*entry.section, member.key, member.value, sample);
    if (!stored) return stored.refusal();
    fields.set(member.key, std::move(*stored));
  }
  writes.rows(entry).set(row, std::move(fields));
  return std::nullopt;
}

std::optional<Refusal> deleteRows(StateTree& state, const StateTree::Module& module,
                                  const Json& arguments, Writes& writes) {
  const Json* list = arguments.find("name");
  if (list == nullptr) return Refusal{.kind = "argument_missing"};
  const Names names = namesIn(*list);
  if (names.empty()) return Refusal{.kind = "section_argument_wrong"};
  for (const Json& each : names) {
    const std::string& name = *each.string();
    const auto* table = state.findRow(module, name).table;
    if (table == nullptr) return Refusal{.kind = "row_unknown"};
    if (table->section->access != Access::readWrite) return Refusal{.kind = "field_read_only"};
    if (!writes.rows(*table).erase(name)) return Refusal{.kind = "row_unknown"};
  }
  return std::nullopt;
}

// Runs a step that collects writes, and writes only if every module has passed.
template <class Step>
Checked<std::string> writeAll(StateTree& state, const Json& modules, const Step& step) {
  Writes writes(state);
  const auto refusal =
      forEachModule(state, modules,
                    [&](const std::string&, const StateTree::Module& module,
                        const Json& arguments) { return step(module, arguments, writes); });
  if (refusal) return *refusal;
  writes.keep();
  return std::string();
}

}  // namespace

// Room for most sections and what an answer adds around them.
constexpr std::size_t kUsualAnswer = 900;

Checked<std::string> getFromState(StateTree& state, const Json& modules, const LiveContext& live,
                                  const WireStyle& style) {
  std::string out;
  out.reserve(kUsualAnswer);
  const auto getModule = [&](const std::string& moduleName, const StateTree::Module& module,
                             const Json& arguments) -> std::optional<Refusal> {
    if (!out.empty()) out += ',';
    out += module.quotedName;
    out += '{';
    bool first = true;
    for (const auto& member : *arguments.members()) {
      const bool table = member.key == "table";
      if (!table && member.key != "name") continue;
      const Names names = namesIn(member.value);
      if (names.empty()) return Refusal{.kind = "section_argument_wrong"};
      for (const Json& each : names) {
        const std::string& name = *each.string();
        if (!std::exchange(first, false)) out += ',';
        const auto refusal = table ? appendTable(state, module, name, out)
                                   : appendNamed(state, module, moduleName, name, live, style, out);
        if (refusal) return names.size() > 1 ? partlyUnknown(state, module, names) : refusal;
      }
    }
    if (first) return Refusal{.kind = "argument_missing"};
    out += '}';
    return std::nullopt;
  };
  if (const auto refusal = forEachModule(state, modules, getModule)) return *refusal;
  return out;
}

Checked<std::string> getFromState(StateTree& state, const SimpleGet& get, const LiveContext& live,
                                  const WireStyle& style) {
  const auto* module = state.findModule(get.module);
  if (module == nullptr) return Refusal{.kind = "module_unknown"};
  std::string out;
  out.reserve(kUsualAnswer);
  out += module->quotedName;
  out += '{';
  const auto refusal = get.table
                           ? appendTable(state, *module, get.name, out)
                           : appendNamed(state, *module, get.module, get.name, live, style, out);
  if (refusal) return *refusal;
  out += '}';
  return out;
}

Checked<std::string> setInState(StateTree& state, const Json& modules) {
  return writeAll(state, modules,
                  [&](const StateTree::Module& module, const Json& arguments,
                      Writes& writes) -> std::optional<Refusal> {
                    if (arguments.size() == 0) return Refusal{.kind = "argument_missing"};
                    for (const auto& member : *arguments.members())
                      if (auto refusal = setNamed(state, module, member.key, member.value, writes))
                        return refusal;
                    return std::nullopt;
                  });
}

Checked<std::string> addToState(StateTree& state, const Json& modules) {
  return writeAll(state, modules,
                  [&](const StateTree::Module& module, const Json& arguments, Writes& writes) {
                    return addRow(state, module, arguments, writes);
                  });
}

Checked<std::string> deleteFromState(StateTree& state, const Json& modules) {
  return writeAll(state, modules,
                  [&](const StateTree::Module& module, const Json& arguments, Writes& writes) {
                    return deleteRows(state, module, arguments, writes);
                  });
}

}  // namespace stoklab::emulator
