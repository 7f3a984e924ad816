#include "dump/assemble_modules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

#include "dump/walk.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::cli::dump {

using fixtures::Profile;
using protocol::Json;

namespace {

// Meta keys are made when an answer is sent (facts.md E7); a profile says only that there are some.
constexpr auto kMetaKeys =
    std::to_array<std::string_view>({".name", ".type", ".anonymous", ".index"});

// Where a device tells which values a field takes.
struct Telling {
  std::string_view module, section, field;  // a list of a capability section
  std::string_view aboutModule, aboutSection, aboutField;
};
constexpr auto kTelling = std::to_array<Telling>({
    {"image_capability", "supplement_lamp", "night_vision_mode_range", "image", "switch",
     "night_vision_mode"},
    {"video_capability", "main", "bitrate_types", "video", "main", "bitrate_type"},
    {"video_capability", "main", "encode_types", "video", "main", "encode_type"},
    {"video_capability", "main", "frame_rates", "video", "main", "frame_rate"},
    {"video_capability", "main", "qualitys", "video", "main", "quality"},
    {"video_capability", "main", "resolutions", "video", "main", "resolution"},
    {"video_capability", "main", "hdrs", "video", "main", "hdr"},
    {"video_capability", "minor", "bitrate_types", "video", "minor", "bitrate_type"},
    {"video_capability", "minor", "encode_types", "video", "minor", "encode_type"},
    {"video_capability", "minor", "frame_rates", "video", "minor", "frame_rate"},
    {"video_capability", "minor", "qualitys", "video", "minor", "quality"},
    {"video_capability", "minor", "resolutions", "video", "minor", "resolution"},
    {"audio_capability", "device_microphone", "encode_type", "audio_config", "microphone",
     "encode_type"},
    {"audio_capability", "device_microphone", "sampling_rate", "audio_config", "microphone",
     "sampling_rate"},
    {"osd_capability", "capability", "font_size", "OSD", "font", "size"},
    {"osd_capability", "capability", "font_color", "OSD", "font", "color_type"},
});

bool isFieldName(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  const auto isLetter = [](unsigned char c) {
    return c < 0x80 && (std::isalpha(c) != 0 || c == '_');
  };
  return !name.empty() && isLetter(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [&](unsigned char c) {
           return isLetter(c) || (c < 0x80 && std::isdigit(c) != 0);
         });
}

bool isValue(const Json& value) {
  return value.string() != nullptr || value.integer() != nullptr || value.boolean() != nullptr ||
         value.isArray();
}

std::string textIn(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

bool holds(const Json& list, const Json& value) {
  const auto* elements = list.elements();
  return elements != nullptr &&
         std::find(elements->begin(), elements->end(), value) != elements->end();
}

// "{password}"
bool isSecretPlaceholder(std::string_view text) {
  return text.size() > 2 && text.front() == '{' && text.back() == '}' &&
         isFieldName(text.substr(1, text.size() - 2));
}

void standIn(const Json& known, Json& value,
             const std::function<bool(std::string_view)>& mayStand) {
  auto* members = value.members();
  if (members == nullptr) return;
  for (auto& [name, inner] : *members) {
    const Json* before = known.find(name);
    if (before == nullptr) continue;
    const std::string* text = inner.string();
    const std::string* stands = before->string();
    if (text != nullptr && stands != nullptr && !stands->empty() && isSecretPlaceholder(*text) &&
        mayStand(*stands))
      inner = *before;
    else
      standIn(*before, inner, mayStand);
  }
}

// A whole decimal number.
std::optional<std::int64_t> decimal(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class Modules {
 public:
  Modules(const ModuleFindings& findings, const Profile& base, const Json& baseModules,
          std::vector<std::string>& notes)
      : findings_(findings), base_(base), baseModules_(baseModules), notes_(notes) {}

  Json run() {
    Json out = Json::object();
    for (const auto& [module, sections] : *baseModules_.members()) {
      Json assembled = module_(module, sections);
      if (assembled.size() > 0) out.set(module, std::move(assembled));
    }
    for (const auto& [module, sections] : findings_.found) {
      if (baseModules_.find(module) != nullptr) continue;
      Json assembled = module_(module, Json::object());
      if (assembled.size() > 0) out.set(module, std::move(assembled));
    }
    takeFromCapabilities(out);
    return out;
  }

 private:
  std::vector<FoundSection> foundIn(std::string_view module) const {
    const auto found = std::find_if(findings_.found.begin(), findings_.found.end(),
                                    [&](const auto& each) { return each.first == module; });
    return found == findings_.found.end() ? std::vector<FoundSection>()
                                          : sectionsFrom(found->second);
  }

  Json module_(const std::string& module, const Json& baseSections) {
    const std::vector<FoundSection> found = foundIn(module);
    Json out = Json::object();
    bool readable = false, answered = false;
    for (const auto& [name, section] : *baseSections.members()) {
      if (textIn(section, "kind") == "action") {
        out.set(name, carriedAction(section));
        continue;
      }
      readable = true;
      const auto it =
          std::find_if(found.begin(), found.end(), [&, wanted = name](const auto& each) {
            return each.name == wanted && each.errorCode == 0;
          });
      if (it == found.end()) continue;
      answered = true;
      out.set(name, section_(module, *it, &section));
    }
    for (const FoundSection& each : found) {
      if (each.errorCode != 0 || baseSections.find(each.name) != nullptr) continue;
      if (!isFieldName(each.name) || each.name.starts_with('.') || each.name.starts_with('_')) {
        notes_.push_back(module + " has a section whose name no profile can hold; it is left out");
        continue;
      }
      answered = true;
      out.set(each.name, section_(module, each, nullptr));
    }
    // A module of which nothing is there any more has no actions either.
    return readable && !answered ? Json::object() : out;
  }

  Json carriedAction(Json section) const {
    section.set("evidence", "assumed");
    section.set("note", "Not measured: as in " + base_.name + ".");
    return section;
  }

  Json section_(const std::string& module, const FoundSection& found, const Json* known) {
    const std::string path = module + "." + found.name;
    const std::string kind = kindOf(module, found, known);
    Json out = Json::object({{"kind", kind}});
    const bool sameKind = known != nullptr && textIn(*known, "kind") == kind;
    out.set("access", known != nullptr ? textIn(*known, "access") : std::string("read-only"));
    out.set("evidence", "measured");
    out.set("sources", Json::array({"dump"}));
    const Json* before = known == nullptr ? nullptr : known->find("fields");
    Json fields =
        found.table ? rows(path, found.content, before) : fields_(path, found.content, before);
    if (kind == "live" && sameKind) keepSamples(*known->find("fields"), fields);
    std::string note;
    if (known == nullptr) {
      note = "Whether it can be written is not measured.";
    } else if (textIn(*known, "access") == "read-write") {
      note = "What may be written is as in " + base_.name + ".";
    }
    if (!note.empty()) out.set("note", note);
    out.set("fields", fields);
    if (known != nullptr) {
      if (const Json* rules = known->find("rules")) {
        Json kept = rulesFor(*rules, fields, found.table);
        if (kept.size() > 0) out.set("rules", std::move(kept));
      }
      if (const Json* couplings = known->find("couplings"); couplings != nullptr && !found.table) {
        Json kept = Json::array();
        for (const Json& each : *couplings->elements())
          if (fields.find(textIn(each, "when")) && fields.find(textIn(each, "target")))
            kept.push(each);
        if (kept.size() > 0) out.set("couplings", std::move(kept));
      }
      if (const Json* most = known->find("max_rows"); most != nullptr && found.table)
        out.set("max_rows", *most);
    }
    takeRewrites(module, found.name, out);
    return out;
  }

  std::string kindOf(const std::string& module, const FoundSection& found,
                     const Json* known) const {
    if (found.table) return "table";
    const std::string before = known == nullptr ? std::string() : textIn(*known, "kind");
    if (before == "live") return before;
    // A setting that somebody changes meanwhile is one all the same.
    if (known != nullptr && textIn(*known, "access") == "read-write") return "section";
    const auto changing = findings_.changing.find(module);
    const bool changes = changing != findings_.changing.end() &&
                         std::find(changing->second.begin(), changing->second.end(), found.name) !=
                             changing->second.end();
    return changes ? "live" : "section";
  }

  // A meta key that the base has among the fields is one of them: it says more than its name.
  bool isMade(std::string_view name, const Json* known) const {
    return findings_.metaKeys && (known == nullptr || known->find(name) == nullptr) &&
           std::find(kMetaKeys.begin(), kMetaKeys.end(), name) != kMetaKeys.end();
  }

  Json fields_(const std::string& path, const Json& content, const Json* known) {
    Json out = Json::object();
    const auto* members = content.members();
    if (members == nullptr) return out;
    for (const auto& [name, value] : *members) {
      if (isMade(name, known)) continue;
      if (!isFieldName(name) || !isValue(value)) {
        notes_.push_back(path + " has a field that no profile can hold (" +
                         std::string(protocol::kindName(value)) + "); it is left out");
        continue;
      }
      out.set(name, wireForm(value));
    }
    return out;
  }

  Json rows(const std::string& path, const Json& content, const Json* known) {
    Json out = Json::object();
    const auto* members = content.members();
    if (members == nullptr) return out;
    for (const auto& [row, fields] : *members) {
      if (isMade(row, known)) continue;
      if (!isFieldName(row) || !fields.isObject()) {
        notes_.push_back(path + " has a row that no profile can hold; it is left out");
        continue;
      }
      out.set(row,
              fields_(path + "." + row, fields, known == nullptr ? nullptr : known->find(row)));
    }
    return out;
  }

  // As the file of the base has it, whether or not the device encodes.
  Json wireForm(const Json& value) const {
    return protocol::encodeStrings(
        findings_.percentEncoded ? protocol::decodeStrings(value) : value,
        {.literals = base_.wire.literalCharacters.value, .upperCaseHex = false});
  }

  // A value that changes by itself is a sample, and one sample is as good as another.
  static void keepSamples(const Json& samples, Json& fields) {
    for (auto& [name, value] : *fields.members()) {
      const Json* sample = samples.find(name);
      if (sample != nullptr && protocol::kindName(*sample) == protocol::kindName(value))
        value = *sample;
    }
  }

  // Of fields that are there; and a rule that the device's own value breaks gives way.
  static Json rulesFor(const Json& rules, const Json& fields, bool table) {
    Json out = Json::object();
    for (const auto& [field, rule] : *rules.members()) {
      std::vector<Json> values;
      if (!table && fields.find(field) == nullptr) continue;
      if (!table) values.push_back(*fields.find(field));
      if (table) {
        for (const auto& row : *fields.members())
          if (const Json* value = row.value.find(field)) values.push_back(*value);
      }
      Json kept = rule;
      for (const Json& value : values) widen(kept, value);
      out.set(field, std::move(kept));
    }
    return out;
  }

  static void widen(Json& rule, const Json& value) {
    if (const auto* elements = value.elements()) {
      for (const Json& each : *elements) widen(rule, each);
      return;
    }
    const std::string* text = value.string();
    if (text == nullptr) return;
    if (Json* allowed = rule.find("allowed"); allowed != nullptr && !holds(*allowed, value))
      allowed->push(value);
    const std::string plain = protocol::percentDecode(*text);
    const auto number = decimal(plain);
    for (const std::string_view bound : {"minimum", "maximum"}) {
      const Json* limit = rule.find(bound);
      if (limit == nullptr) continue;
      if (!number) {
        rule.erase(bound);
      } else if (bound == "minimum" ? *number < *limit->integer() : *number > *limit->integer()) {
        rule.set(bound, *number);
      }
    }
    if (const Json* most = rule.find("max_length");
        most != nullptr && static_cast<std::int64_t>(plain.size()) > *most->integer())
      rule.set("max_length", static_cast<std::int64_t>(plain.size()));
  }

  // What a set of the values that are there has shown.
  void takeRewrites(const std::string& module, const std::string& section, Json& out) const {
    const Json* outcome = findings_.rewrites.at({module, section});
    const auto* fields = outcome == nullptr ? nullptr : outcome->members();
    if (fields == nullptr || fields->empty()) return;
    const bool anyWritable = std::any_of(fields->begin(), fields->end(),
                                         [](const auto& each) { return each.value == Json(0); });
    out.set("access", anyWritable ? "read-write" : "read-only");
    out.set("note",
            "Whether its fields can be written is measured, with the values that they had.");
    if (!anyWritable) return;
    Json rules = out.find("rules") == nullptr ? Json::object() : *out.find("rules");
    for (const auto& [field, code] : *fields) {
      Json rule = rules.find(field) == nullptr ? Json::object() : *rules.find(field);
      const bool writable = code == Json(0);
      const bool wasReadOnly = rule.find("read_only") != nullptr;
      if (writable) {
        rule.erase("read_only");
      } else {
        rule.set("read_only", true);
        const Json* generic = findings_.rewrites.find("error_code");
        if (rule.find("error_code") != nullptr || generic == nullptr || code != *generic)
          rule.set("error_code", code);
      }
      if (rule.size() > 0) {
        rules.set(field, std::move(rule));
      } else if (wasReadOnly) {
        rules.erase(field);
      }
    }
    if (rules.size() > 0) {
      out.set("rules", std::move(rules));
    } else {
      out.erase("rules");
    }
  }

  // What a capability section has more or less than that of the base, the field takes more or less.
  void takeFromCapabilities(Json& modules) const {
    for (const Telling& row : kTelling) {
      const Json* now = modules.at({row.module, row.section, "fields", row.field});
      const Json* before = baseModules_.at({row.module, row.section, "fields", row.field});
      Json* module = modules.find(row.aboutModule);
      Json* section = module == nullptr ? nullptr : module->find(row.aboutSection);
      Json* rules = section == nullptr ? nullptr : section->find("rules");
      Json* rule = rules == nullptr ? nullptr : rules->find(row.aboutField);
      Json* allowed = rule == nullptr ? nullptr : rule->find("allowed");
      if (now == nullptr || before == nullptr || allowed == nullptr || !now->isArray() ||
          !before->isArray())
        continue;
      Json values = Json::array();
      const Json* value = section->at({"fields", row.aboutField});
      for (const Json& each : *allowed->elements()) {
        const bool gone = holds(*before, each) && !holds(*now, each);
        if (!gone || (value != nullptr && *value == each)) values.push(each);
      }
      for (const Json& each : *now->elements())
        if (!holds(*before, each) && !holds(values, each)) values.push(each);
      if (values.size() > 0) *allowed = std::move(values);
    }
  }

  const ModuleFindings& findings_;
  const Profile& base_;
  const Json& baseModules_;
  std::vector<std::string>& notes_;
};

}  // namespace

void standInForSecrets(Profile& profile, const Profile& base,
                       const std::function<bool(std::string_view)>& mayStand) {
  for (fixtures::Module& module : profile.modules) {
    for (fixtures::Section& section : module.sections) {
      const fixtures::Section* known = base.find(module.name, section.name);
      if (known != nullptr) standIn(known->fields, section.fields, mayStand);
    }
  }
}

Json assembleModules(const ModuleFindings& findings, const Profile& base, const Json& baseModules,
                     std::vector<std::string>& notes) {
  return Modules(findings, base, baseModules, notes).run();
}

}  // namespace stoklab::cli::dump
