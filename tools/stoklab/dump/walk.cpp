#include "dump/walk.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "output.h"
#include "stoklab/protocol/device_code.h"

namespace stoklab::cli::dump {

using fixtures::Module;
using fixtures::Profile;
using fixtures::Section;
using fixtures::SectionKind;
using protocol::Json;

namespace {

// What modules have of whose sections nobody knows.
constexpr auto kUsualNames = std::to_array<std::string_view>(
    {"config", "capability", "detection", "notify_list", "arming_schedule", "common", "status"});

// Sections whose field names are names of modules, where the value says yes.
constexpr auto kTelling = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"function", "module_spec"}, {"smart_detection", "capability"}});

bool holds(const std::vector<AskedName>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const AskedName& each) { return each.name == name; });
}

AskedModule* find(std::vector<AskedModule>& modules, std::string_view name) {
  const auto found = std::find_if(modules.begin(), modules.end(),
                                  [&](const AskedModule& each) { return each.name == name; });
  return found == modules.end() ? nullptr : &*found;
}

void addNames(const Profile& profile, std::vector<AskedName> AskedModule::*part,
              std::vector<AskedModule>& modules) {
  for (const Module& module : profile.modules) {
    for (const Section& section : module.sections) {
      if (section.kind == SectionKind::action) continue;
      AskedModule* asked = find(modules, module.name);
      if (asked == nullptr) asked = &modules.emplace_back(AskedModule{.name = module.name});
      if (holds(asked->own, section.name) || holds(asked->other, section.name)) continue;
      (asked->*part).push_back({section.name, section.kind == SectionKind::table});
    }
  }
}

bool isName(std::string_view text) {
  const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 48 && isLetter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return isLetter(c) || c == '_' || (c >= '0' && c <= '9'); });
}

Json namesOf(const std::vector<AskedName>& names, bool tables) {
  Json list = Json::array();
  for (const AskedName& each : names)
    if (each.table == tables) list.push(each.name);
  return list.size() == 1 ? Json(list.elements()->front()) : list;
}

class Reader {
 public:
  Reader(const AskedModule& module, const AskDevice& ask, WireHabits& habits)
      : module_(module), ask_(ask), habits_(habits) {}

  Result<std::vector<FoundSection>> run() {
    if (auto own = readGroup(module_.own, true); !own) return own.error();
    if (auto other = readGroup(module_.other, false); !other) return other.error();
    return std::move(found_);
  }

 private:
  Result<void> readGroup(const std::vector<AskedName>& names, bool thorough) {
    if (names.empty()) return {};
    if (names.size() > 1) {
      auto taken = read(names);
      if (!taken) return taken.error();
      if (*taken == 0) return {};
    }
    for (const AskedName& each : names) {
      auto code = read({each});
      if (!code) return code.error();
      int refusal = *code;
      if (refusal != 0 && thorough) {
        code = read({{each.name, !each.table}});
        if (!code) return code.error();
        if (*code == 0) refusal = 0;
      }
      if (refusal != 0)
        found_.push_back({.name = each.name, .errorCode = refusal, .table = each.table});
    }
    return {};
  }

  // The code of the answer; when it is 0, all of `names` are in found_, unless the answer does not
  // hold them all.
  Result<int> read(const std::vector<AskedName>& names) {
    Json arguments = Json::object();
    if (Json list = namesOf(names, false); list.string() != nullptr || list.size() > 0)
      arguments.set("name", std::move(list));
    if (Json list = namesOf(names, true); list.string() != nullptr || list.size() > 0)
      arguments.set("table", std::move(list));
    Json modules = Json::object();
    modules.set(module_.name, std::move(arguments));
    auto answer = ask_(modules);
    if (!answer) return answer.error();
    const Json* code = answer->find("error_code");
    if (code != nullptr && code->integer() != nullptr && *code->integer() != 0)
      return static_cast<int>(*code->integer());
    const Json* sections = answer->find(module_.name);
    const bool complete =
        sections != nullptr && std::all_of(names.begin(), names.end(), [&](const AskedName& each) {
          return sections->find(each.name) != nullptr;
        });
    // What is missing in a good answer is not offered either.
    if (!complete) return protocol::code::kUnsupportedCommand;
    habits_.look(*answer);
    for (const AskedName& each : names) {
      const Json& content = *sections->find(each.name);
      const bool table = each.table || content.isArray();
      if (table) habits_.lookAtTable(content);
      found_.push_back(
          {.name = each.name, .table = table, .content = table ? namedRows(content) : content});
    }
    return 0;
  }

  const AskedModule& module_;
  const AskDevice& ask_;
  WireHabits& habits_;
  std::vector<FoundSection> found_;
};

}  // namespace

std::string getBody(const Json& modules) {
  Json body = Json::object({{"method", "get"}});
  for (const auto& [module, arguments] : *modules.members()) body.set(module, arguments);
  return printJson(body);
}

std::vector<AskedModule> modulesToAsk(const Profile& base) {
  std::vector<AskedModule> modules;
  addNames(base, &AskedModule::own, modules);
  for (const Profile& other : fixtures::keptBuiltInProfiles())
    addNames(other, &AskedModule::other, modules);
  return modules;
}

std::vector<AskedModule> modulesTold(const Json& sections, const std::vector<AskedModule>& known,
                                     std::size_t most) {
  std::vector<AskedModule> told;
  for (const auto& [module, section] : kTelling) {
    const Json* fields = sections.at({module, section});
    const auto* members = fields == nullptr ? nullptr : fields->members();
    if (members == nullptr) continue;
    for (const auto& member : *members) {
      if (told.size() >= most) return told;
      const bool yes = member.value.string() != nullptr && *member.value.string() == "1";
      const auto isIt = [&](const AskedModule& each) { return each.name == member.key; };
      if (!yes || !isName(member.key) || std::any_of(known.begin(), known.end(), isIt) ||
          std::any_of(told.begin(), told.end(), isIt))
        continue;
      AskedModule& asked = told.emplace_back(AskedModule{.name = member.key});
      for (const std::string_view usual : kUsualNames) asked.other.push_back({std::string(usual)});
    }
  }
  return told;
}

Json toJson(const std::vector<FoundSection>& sections) {
  Json out = Json::object();
  for (const FoundSection& each : sections) {
    Json& entry = out.set(each.name, Json::object({{"error_code", each.errorCode}}));
    if (each.errorCode == 0) entry.set(each.table ? "rows" : "fields", each.content);
  }
  return out;
}

std::vector<FoundSection> sectionsFrom(const Json& json) {
  std::vector<FoundSection> sections;
  const auto* members = json.members();
  if (members == nullptr) return sections;
  for (const auto& member : *members) {
    FoundSection& each = sections.emplace_back(FoundSection{.name = member.key});
    if (const Json* code = member.value.find("error_code"); code != nullptr && code->integer())
      each.errorCode = static_cast<int>(*code->integer());
    if (const Json* rows = member.value.find("rows")) {
      each.table = true;
      each.content = *rows;
    } else if (const Json* fields = member.value.find("fields")) {
      each.content = *fields;
    }
  }
  return sections;
}

Result<std::vector<FoundSection>> readModule(const AskedModule& module, const AskDevice& ask,
                                             WireHabits& habits) {
  return Reader(module, ask, habits).run();
}

}  // namespace stoklab::cli::dump
