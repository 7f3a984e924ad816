#include "selection.h"

#include <algorithm>
#include <utility>

#include "output.h"

namespace stoklab::cli {

using fixtures::SectionKind;
using protocol::Json;
using protocol::SettingPath;

namespace {

// What is asked of one module.
struct Wanted {
  std::string module;
  std::vector<std::string> names, tables;
};

void addOnce(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

Wanted& wantedOf(std::vector<Wanted>& all, const std::string& module) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Wanted& wanted) { return wanted.module == module; });
  if (found != all.end()) return *found;
  all.push_back({.module = module, .names = {}, .tables = {}});
  return all.back();
}

void addWholeModule(Wanted& wanted, const fixtures::Module& module) {
  for (const fixtures::Section& section : module.sections) {
    if (section.kind == SectionKind::action) continue;
    addOnce(section.kind == SectionKind::table ? wanted.tables : wanted.names, section.name);
  }
}

// One as a string, several as a list (facts.md D1, D2).
Json oneOrList(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  Json list = Json::array();
  for (const std::string& name : names) list.push(name);
  return list;
}

void store(Json& values, const SettingPath& path, const Json& value) {
  const auto child = [](Json& parent, const std::string& key) -> Json& {
    Json* found = parent.find(key);
    return found != nullptr && found->isObject() ? *found : parent.set(key, Json::object());
  };
  if (path.section.empty()) {
    values.set(path.module, value);
  } else if (path.field.empty()) {
    child(values, path.module).set(path.section, value);
  } else {
    child(child(values, path.module), path.section).set(path.field, value);
  }
}

// Each table of a whole module by row name.
Json withNamedRows(const Json& module) {
  if (!module.isObject()) return module;
  Json named = Json::object();
  for (const auto& [section, value] : *module.members()) named.set(section, namedRows(value));
  return named;
}

}  // namespace

Result<std::vector<SettingPath>> parsePaths(const std::vector<std::string>& texts) {
  std::vector<SettingPath> paths;
  for (const std::string& text : texts) {
    auto path = SettingPath::parse(text);
    if (!path) return path.error();
    if (std::find(paths.begin(), paths.end(), *path) == paths.end()) {
      paths.push_back(*std::move(path));
    }
  }
  return paths;
}

Result<protocol::Request> requestFor(const std::vector<SettingPath>& paths,
                                     const fixtures::Profile& catalogue) {
  std::vector<Wanted> all;
  for (const SettingPath& path : paths) {
    const fixtures::Module* module = catalogue.find(path.module);
    const fixtures::Section* section = module == nullptr ? nullptr : module->find(path.section);
    if (section != nullptr && section->kind == SectionKind::action) {
      return protocol::malformed(path.text() + " is an action, not a setting; \"stoklab do " +
                                 path.module + "." + path.section + "\" performs it");
    }
    if (path.section.empty() && module == nullptr) {
      return protocol::malformed("profile " + catalogue.name + " does not know what module " +
                                 path.module + " holds; name a section (" + path.module +
                                 ".SECTION) to ask the device all the same");
    }
    Wanted& wanted = wantedOf(all, path.module);
    if (path.section.empty()) {
      addWholeModule(wanted, *module);
      if (wanted.names.empty() && wanted.tables.empty()) {
        return protocol::malformed("module " + path.module + " has actions only, nothing to read");
      }
      continue;
    }
    const bool isTable = section != nullptr && section->kind == SectionKind::table;
    addOnce(isTable ? wanted.tables : wanted.names, path.section);
  }

  protocol::Request request{.method = protocol::Method::get};
  for (const Wanted& wanted : all) {
    Json& arguments = request.modules.set(wanted.module, Json::object());
    if (!wanted.names.empty()) arguments.set("name", oneOrList(wanted.names));
    if (!wanted.tables.empty()) arguments.set("table", oneOrList(wanted.tables));
  }
  return request;
}

Selected select(const Json& answer, const std::vector<SettingPath>& paths) {
  Selected selected;
  for (const SettingPath& path : paths) {
    const Json* found = answer.find(path.module);
    if (found != nullptr && !path.section.empty()) found = found->find(path.section);
    if (found == nullptr) {
      selected.missing.push_back(path.text());
      continue;
    }
    const Json value = path.section.empty() ? withNamedRows(*found) : namedRows(*found);
    if (path.field.empty()) {
      store(selected.values, path, value);
    } else if (const Json* field = value.find(path.field)) {
      store(selected.values, path, *field);
    } else {
      selected.missing.push_back(path.text());
    }
  }
  return selected;
}

std::string listOf(const std::vector<SettingPath>& paths) {
  std::string list;
  for (const SettingPath& path : paths) {
    if (!list.empty()) list += ", ";
    list += path.text();
  }
  return list;
}

}  // namespace stoklab::cli
