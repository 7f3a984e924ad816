#include "harness/aspects.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace stoklab::conformance {
namespace {

template <class Test>
bool anyField(const SectionModel& section, const Test& test) {
  return std::any_of(section.fields.begin(), section.fields.end(), test);
}

bool takesAnother(const SectionModel& section) {
  return anyField(section, [&](const FieldModel& field) {
    return isTryable(section, field) && field.rule.allowed.size() != 1;
  });
}

constexpr std::array<Aspect, 8> kAspects = {{
    {"SHAPE", [](const SectionModel&) { return true; }},
    {"TYPES", [](const SectionModel& section) { return !section.fields.empty(); }},
    {"VALUES",
     [](const SectionModel& section) {
       return anyField(section, [](const FieldModel& field) { return field.rule.limits(); });
     }},
    {"ACCEPTS", takesAnother},
    {"WRITES", takesAnother},
    {"REFUSES",
     [](const SectionModel& section) {
       return anyField(section, [&](const FieldModel& field) { return isTryable(section, field); });
     }},
    {"READ-ONLY",
     [](const SectionModel& section) {
       return !section.fields.empty() &&
              (!section.writable ||
               anyField(section, [](const FieldModel& field) { return field.rule.readOnly; }));
     }},
    {"COUPLING", [](const SectionModel& section) { return !section.couplings.empty(); }},
}};

// The names of fields that hold a secret begin or end so.
constexpr std::array<std::string_view, 9> kSecrets = {
    "passwd", "password", "ciphertext", "key", "cert", "psk", "passphrase", "token", "community"};

struct Hazard {
  std::string_view module, section, field;  // empty: all of it
  std::string_view why;
};

// In the order of modules in which a camera is usually described.
constexpr std::array<Hazard, 28> kHazards = {{
    {"system", "", "", "moves the clock, and with it every recording and every session"},
    {"network", "", "", "cuts the connection"},
    {"protocol", "", "", "cuts the connection"},
    {"uhttpd", "", "", "cuts the connection"},
    {"cet", "", "", "ends the streams that others watch or record"},
    {"onvif_server", "", "", "cuts off the recorder"},
    {"firewall", "", "", "cuts the connection"},
    {"upnpc", "", "", "opens ports of the router"},
    {"ddns", "", "", "changes a name that others resolve"},
    {"multicast", "", "", "floods the network with a stream"},
    {"user_management", "", "", "locks people out"},
    {"cloud_config", "", "", "binds the device, or unbinds it"},
    {"cloud_status", "", "", "starts an upgrade"},
    {"msg_push", "", "", "sends messages to people"},
    {"email_client", "", "", "sends messages to people"},
    {"ftp_client", "", "", "sends pictures to a server"},
    {"timing_reboot", "", "", "may reboot the device"},
    {"auto_upgrade", "", "", "may upgrade the device"},
    {"harddisk_manage", "", "", "may overwrite recordings"},
    {"record_plan", "", "", "interrupts the recording"},
    {"picture_plan", "", "", "fills the storage"},
    {"video", "", "", "restarts the encoder, and with it every stream"},
    {"lens_mask", "", "", "blinds the device"},
    {"target_track", "", "", "moves the device"},
    {"image", "switch", "rotate_type", "restarts the encoder, and with it every stream"},
    {"image", "switch", "ldc", "restarts the encoder, and with it every stream"},
    {"msg_alarm", "chn1_msg_alarm_info", "enabled", "may sound the siren"},
    {"", "", "sound_alarm_enabled", "may sound the siren"},
}};

bool isIn(std::string_view known, std::string_view asked) {
  return known.empty() || known == asked;
}

// The sources of the sections that the aspect covers, and how well the least known is known.
void addEvidence(const ModuleModel& module, const Aspect& aspect, Requirement& out) {
  std::vector<std::string> rows;
  for (const SectionModel& section : module.sections) {
    if (!aspect.covers(section)) continue;
    out.evidence = std::max(out.evidence, section.evidence);
    for (const std::string& source : section.sources) {
      if (std::find(rows.begin(), rows.end(), source) == rows.end()) rows.push_back(source);
    }
  }
  for (const std::string& row : rows) out.rows += (out.rows.empty() ? "" : ", ") + row;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

Requirement made(const Requirement& pattern, const ModuleModel& module, const Aspect& aspect) {
  Requirement out = pattern;
  out.module = module.name;
  out.slug = replaced(pattern.slug, "-MODULE-", "-" + slugOf(module.name) + "-");
  out.sentence = replaced(pattern.sentence, "<module>", module.name);
  addEvidence(module, aspect, out);
  if (out.effect == Effect::reversible && !hazardOf(module.name, "", "").empty())
    out.effect = Effect::disruptive;
  return out;
}

}  // namespace

std::span<const Aspect> aspects() { return kAspects; }

const Aspect* findAspect(std::string_view name) {
  const auto* at = std::find_if(kAspects.begin(), kAspects.end(),
                                [&](const Aspect& aspect) { return aspect.name == name; });
  return at == kAspects.end() ? nullptr : at;
}

bool isSecret(std::string_view field) {
  return std::any_of(kSecrets.begin(), kSecrets.end(), [&](std::string_view word) {
    return field.starts_with(word) || field.ends_with(word);
  });
}

bool isTryable(const SectionModel& section, const FieldModel& field) {
  const FieldRule& rule = field.rule;
  return section.writable && field.kind == Value::Kind::text && !rule.readOnly &&
         (!rule.allowed.empty() || rule.minimum || rule.maximum) && !isSecret(field.name);
}

std::string_view hazardOf(std::string_view module, std::string_view section,
                          std::string_view field) {
  const auto* at = std::find_if(kHazards.begin(), kHazards.end(), [&](const Hazard& hazard) {
    return isIn(hazard.module, module) && isIn(hazard.section, section) &&
           isIn(hazard.field, field);
  });
  return at == kHazards.end() ? std::string_view() : at->why;
}

std::string slugOf(std::string_view module) {
  std::string slug(module);
  for (char& c : slug)
    c = c == '_' ? '-' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return slug;
}

void expandTemplates(Spec& spec, const DeviceModel* model) {
  std::vector<Requirement> out;
  for (Requirement& requirement : spec.requirements) {
    const Aspect* aspect = findAspect(requirement.aspect);
    if (aspect == nullptr || !requirement.module.empty()) {
      out.push_back(std::move(requirement));
    } else if (model == nullptr) {
      requirement.sentence = replaced(requirement.sentence, "<module>", "MODULE");
      out.push_back(std::move(requirement));
    } else {
      for (const ModuleModel& module : model->modules) {
        if (std::any_of(module.sections.begin(), module.sections.end(), aspect->covers))
          out.push_back(made(requirement, module, *aspect));
      }
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Requirement& a, const Requirement& b) { return a.slug < b.slug; });
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].slug == out[i - 1].slug)
      spec.faults.push_back(out[i].file + ": " + out[i].slug + " is made from " +
                            out[i - 1].module + " and from " + out[i].module);
  }
  spec.requirements = std::move(out);
}

}  // namespace stoklab::conformance
