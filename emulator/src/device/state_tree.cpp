#include "state_tree.h"

#include <algorithm>
#include <utility>

namespace stoklab::emulator {

using fixtures::SectionKind;
using protocol::Json;

WireStyle wireStyleOf(const fixtures::Profile& profile) {
  return {.percentEncode = profile.wire.percentEncodeStrings.value,
          .alphabet = {.literals = profile.wire.literalCharacters.value, .upperCaseHex = false}};
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
}  // namespace

StateTree::Catalogue::Catalogue(const fixtures::Profile& profile) : style(wireStyleOf(profile)) {
  std::size_t index = 0;
  for (const auto& module : profile.modules) {
    Module& known = modules[module.name];
    known.quotedName = quotedKey(module.name);
    for (const auto& section : module.sections) {
      if (section.kind == SectionKind::action) continue;
      known.entries.push_back(
          {.section = &section, .index = index++, .quotedName = quotedKey(section.name)});
    }
  }
  rendered.resize(index);
}

StateTree::StateTree(const fixtures::Profile& profile)
    : catalogue_(std::make_shared<Catalogue>(profile)) {}

const StateTree::Module* StateTree::findModule(std::string_view module) const {
  const auto found = catalogue_->modules.find(module);
  return found == catalogue_->modules.end() ? nullptr : &found->second;
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

void StateTree::appendRendered(const Entry& entry, std::string& out) {
  const auto changed = changed_.find(entry.index);
  std::string& text =
      changed == changed_.end() ? catalogue_->rendered[entry.index] : changed->second.rendered;
  if (text.empty()) text = render(entry, content(entry), catalogue_->style);
  out += text;
}

std::string StateTree::render(const Entry& entry, const Json& content, const WireStyle& style) {
  std::string text;
  if (entry.section->kind != SectionKind::table) {
    appendWire(content, style, text);
    return text;
  }
  Json rows = Json::array();
  for (const auto& row : *content.members()) rows.push(Json::object({{row.key, row.value}}));
  appendWire(rows, style, text);
  return text;
}

}  // namespace stoklab::emulator
