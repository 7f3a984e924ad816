// "stoklab profile ...": a table of verbs within the verb. The short ones are here, the others each
// in a file profile_<name>.cpp.
#include "stoklab/fixtures/profile.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nested_verbs.h"
#include "options.h"
#include "verbs/declarations.h"
#include "verbs/profile_verbs.h"

namespace stoklab::cli {

using fixtures::Access;
using fixtures::Evidence;
using fixtures::Profile;
using fixtures::SectionKind;
using protocol::Json;

namespace {

std::string_view toText(SectionKind kind) {
  switch (kind) {
    case SectionKind::section:
      return "section";
    case SectionKind::table:
      return "table";
    case SectionKind::live:
      return "live";
    case SectionKind::action:
      return "action";
  }
  return "";
}

std::string_view toText(Access access) {
  switch (access) {
    case Access::readWrite:
      return "read-write";
    case Access::readOnly:
      return "read-only";
    case Access::perform:
      return "perform";
  }
  return "";
}

Json identityOf(const Profile& profile) {
  return Json::object({{"name", profile.name},
                       {"model", profile.identity.model},
                       {"hardware", profile.identity.hardware},
                       {"firmware", profile.identity.firmware}});
}

ExitCode list(Console& console) {
  Json profiles = Json::array();
  for (const std::string& name : fixtures::builtInProfiles()) {
    const auto profile = fixtures::builtInProfile(name);
    if (!profile) return complain(console, ExitCode::fault, profile.error().detail);
    profiles.push(identityOf(*profile));
    if (console.format == Format::text) {
      console.out << name << "  " << profile->identity.model << ", hardware "
                  << profile->identity.hardware << ", firmware " << profile->identity.firmware
                  << (name == fixtures::kDefaultProfile ? " (default)" : "") << "\n";
    }
  }
  if (console.format == Format::json) {
    printDocument(console, Json::object({{"profiles", std::move(profiles)}}));
  }
  return ExitCode::asExpected;
}

// Evidence -> number of sections, strongest first.
std::map<Evidence, int> countEvidence(const Profile& profile) {
  std::map<Evidence, int> counts;
  for (const auto& module : profile.modules) {
    for (const auto& section : module.sections) ++counts[section.evidence];
  }
  return counts;
}

void printText(Console& console, const Profile& profile) {
  std::ostream& out = console.out;
  out << profile.name << "\n"
      << "model     " << profile.identity.model << "\n"
      << "hardware  " << profile.identity.hardware << "\n"
      << "firmware  " << profile.identity.firmware << "\n";
  if (!profile.note.empty()) out << "note      " << profile.note << "\n";
  out << "evidence ";
  for (const auto& [evidence, count] : countEvidence(profile)) {
    out << " " << count << " " << toText(evidence);
  }
  out << "\n";
  for (const auto& module : profile.modules) {
    out << "\n" << module.name << "\n";
    for (const auto& section : module.sections) {
      out << "  " << section.name << "  " << toText(section.kind) << ", " << toText(section.access)
          << ", " << toText(section.evidence) << "\n";
    }
  }
}

Json documentOf(const Profile& profile) {
  Json document = identityOf(profile);
  document.set("note", profile.note);
  Json& modules = document.set("modules", Json::object());
  for (const auto& module : profile.modules) {
    Json& sections = modules.set(module.name, Json::object());
    for (const auto& section : module.sections) {
      sections.set(section.name, Json::object({{"kind", toText(section.kind)},
                                               {"access", toText(section.access)},
                                               {"evidence", toText(section.evidence)}}));
    }
  }
  return document;
}

ExitCode show(Console& console, const std::string& name) {
  const auto profile = fixtures::findProfile(name);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  if (console.format == Format::json) {
    printDocument(console, documentOf(*profile));
  } else {
    printText(console, *profile);
  }
  return ExitCode::asExpected;
}

constexpr std::array kProfileVerbs = {
    Verb{.name = "list",
         .summary = "the names of all",
         .example = "stoklab profile list",
         .declare = declareProfileList},
    Verb{.name = "show",
         .summary = "one of them: identity, sections, evidence",
         .example = "stoklab profile show c350_hw1.0_fw2.3.2",
         .declare = declareProfileShow},
    Verb{.name = "lint",
         .summary = "finds what is wrong with profiles beyond their form",
         .example = "stoklab profile lint\nstoklab profile lint my_profile.json",
         .declare = declareProfileLint},
    Verb{.name = "fmt",
         .summary = "brings profiles into the form that is kept under version control",
         .example = "stoklab profile fmt my_profile.json\n"
                    "stoklab profile fmt --check fixtures/profiles/*.json",
         .declare = declareProfileFmt},
    Verb{.name = "table",
         .summary = "what is known of each: the page fixtures/profiles/README.md",
         .example = "stoklab profile table > fixtures/profiles/README.md",
         .declare = declareProfileTable},
};

}  // namespace

Run declareProfileList(CLI::App&, Console& console) {
  return [&console] { return list(console); };
}

Run declareProfileShow(CLI::App& command, Console& console) {
  auto name = std::make_shared<std::string>(fixtures::kDefaultProfile);
  addOption(command,
            {.name = "NAME", .help = "a profile that ships, or a file", .value = "NAME|FILE"},
            *name);
  return [name, &console] { return show(console, *name); };
}

Run declareProfile(CLI::App& command, Console& console) {
  return declareNested(command, console, "profile", kProfileVerbs);
}

}  // namespace stoklab::cli
