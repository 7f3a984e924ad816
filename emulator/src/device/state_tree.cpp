#include "state_tree.h"

#include <algorithm>
#include <utility>

#include "stoklab/protocol/meta_keys.h"

namespace stoklab::emulator {

using fixtures::SectionKind;
using protocol::Json;

WireStyle wireStyleOf(const fixtures::Profile& profile) {
  return {.percentEncode = profile.wire.percentEncodeStrings.value,
          .alphabet = {.literals = profile.wire.literalCharacters.value, .upperCaseHex = false},
          .metaKeys = profile.wire.metaKeys.value,
          .tablesAreObjects = profile.wire.tableForm.value == fixtures::TableForm::object};
}

void appendWire(const Json& value, const WireStyle& style, std::string& out) {
  if (style.percentEncode)
    protocol::appendJson(protocol::encodeStrings(value, style.alphabet), out);
  else
    protocol::appendJson(value, out);
}

namespace {

std::string quotedKey(std::string_view name) {
  std::string text = protocol::printJson(Json(name));
  text += ':';
  return text;
}

Json rowForWire(const StateTree::Entry& table, std::string_view name, const Json& fields,
                std::int64_t index, const WireStyle& style) {
  if (!style.metaKeys) return fields;
  return protocol::withMetaKeys(fields, name, table.section->name, index);
}

}  // namespace

StateTree::Catalogue::Catalogue(const fixtures::Profile& profile) : style_(wireStyleOf(profile)) {
  std::size_t index = 0;
  for (const auto& module : profile.modules) {
    Module& known = modules_[module.name];
    known.quotedName = quotedKey(module.name);
    std::int64_t place = 0;
    for (const auto& section : module.sections) {
      if (section.kind == SectionKind::action) continue;
      known.entries.push_back({.section = &section,
                               .index = index++,
                               .quotedName = quotedKey(section.name),
                               .place = place});
      if (section.kind == SectionKind::section) ++place;
      if (section.kind == SectionKind::table)
        place += static_cast<std::int64_t>(section.fields.size());
    }
  }
  texts_ = std::vector<Text>(index);
}

const StateTree::Module* StateTree::Catalogue::findModule(std::string_view module) const {
  const auto found = modules_.find(module);
  return found == modules_.end() ? nullptr : &found->second;
}

const std::string& StateTree::Catalogue::rendered(const Entry& entry) const {
  Text& text = texts_[entry.index];
  std::call_once(text.made, [&] { text.text = render(entry, entry.section->fields, style_); });
  return text.text;
}

const StateTree::Module* StateTree::findModule(std::string_view module) const {
  return catalogue_->findModule(module);
}

const StateTree::Entry* StateTree::findEntry(const Module& module, std::string_view section) {
  const auto found =
      std::find_if(module.entries.begin(), module.entries.end(),
                   [&](const Entry& entry) { return entry.section->name == section; });
  return found == module.entries.end() ? nullptr : &*found;
}

const StateTree::Entry* StateTree::find(std::string_view module, std::string_view section) const {
  const Module* known = findModule(module);
  return known == nullptr ? nullptr : findEntry(*known, section);
}

StateTree::Row StateTree::findRow(const Module& module, std::string_view row) const {
  for (const Entry& entry : module.entries) {
    if (entry.section->kind != SectionKind::table) continue;
    if (const Json* fields = content(entry).find(row)) return {.table = &entry, .fields = fields};
  }
  return {};
}

const Json& StateTree::content(const Entry& entry) const {
  const auto changed = changed_.find(entry.index);
  return changed == changed_.end() ? entry.section->fields : changed->second.content;
}

const std::string* StateTree::text(std::string_view module, std::string_view section,
                                   std::string_view field) const {
  const Entry* entry = find(module, section);
  const Json* value = entry == nullptr ? nullptr : content(*entry).find(field);
  return value == nullptr ? nullptr : value->string();
}

void StateTree::replace(const Entry& entry, Json content) {
  changed_.insert_or_assign(entry.index, Changed{.content = std::move(content)});
}

Json& StateTree::edit(const Entry& entry) {
  Changed& changed = changed_.try_emplace(entry.index, entry.section->fields).first->second;
  changed.rendered.clear();
  return changed.content;
}

std::shared_ptr<const StateTree::Settings> StateTree::settings() const {
  return std::make_shared<const Settings>(Settings{.catalogue = catalogue_, .changes = changed_});
}

void StateTree::restore(const Settings& settings) {
  if (settings.catalogue == catalogue_) changed_ = settings.changes;
}

void StateTree::appendRendered(const Entry& entry, std::string& out) {
  const auto found = changed_.find(entry.index);
  if (found == changed_.end()) {
    out += catalogue_->rendered(entry);
    return;
  }
  Changed& changed = found->second;
  if (changed.rendered.empty()) changed.rendered = render(entry, changed.content, style());
  out += changed.rendered;
}

void StateTree::appendRow(const Entry& table, std::string_view row, std::string& out) const {
  std::int64_t index = table.place;
  for (const auto& [name, fields] : *content(table).members()) {
    if (name == row) appendWire(rowForWire(table, name, fields, index, style()), style(), out);
    ++index;
  }
}

std::string StateTree::render(const Entry& entry, const Json& content, const WireStyle& style) {
  std::string text;
  if (entry.section->kind != SectionKind::table) {
    // What a device makes up when it is asked does not lie in a file.
    const bool kept = style.metaKeys && entry.section->kind == SectionKind::section;
    const std::string& name = entry.section->name;
    appendWire(kept ? protocol::withMetaKeys(content, name, name) : content, style, text);
    return text;
  }
  Json rows = style.tablesAreObjects ? Json::object() : Json::array();
  std::int64_t index = entry.place;
  for (const auto& [name, fields] : *content.members()) {
    Json row = rowForWire(entry, name, fields, index++, style);
    if (style.tablesAreObjects)
      rows.set(name, std::move(row));
    else
      rows.push(Json::object({{name, std::move(row)}}));
  }
  appendWire(rows, style, text);
  return text;
}

}  // namespace stoklab::emulator
