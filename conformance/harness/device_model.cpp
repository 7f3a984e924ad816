#include "harness/device_model.h"

#include <algorithm>
#include <array>

#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

// A member of the file, and the way to it for messages.
struct Spot {
  const Value* value;
  std::string path;
  std::string name = {};

  [[noreturn]] void fail(const std::string& what) const { throw ModelError(path + ": " + what); }

  std::optional<Spot> optional(std::string_view key) const {
    const Value* found = value->find(key);
    if (found == nullptr) return std::nullopt;
    return Spot{found, path + "." + std::string(key), std::string(key)};
  }
  Spot member(std::string_view key) const {
    if (auto found = optional(key)) return *found;
    fail("has no member " + std::string(key));
  }
  std::vector<Spot> members() const {
    if (!value->isObject()) fail("expected an object");
    std::vector<Spot> out;
    for (const Member& each : value->members)
      out.push_back({&each.value, path + "." + each.name, each.name});
    return out;
  }
  std::vector<Spot> items() const {
    if (!value->isList()) fail("expected a list");
    std::vector<Spot> out;
    for (const Value& each : value->items)
      out.push_back({&each, path + "[" + std::to_string(out.size()) + "]"});
    return out;
  }
  const std::string& text() const {
    if (!value->isText()) fail("expected a string");
    return value->text;
  }
  bool flag() const {
    if (value->kind != Value::Kind::boolean) fail("expected true or false");
    return value->flag;
  }
  std::int64_t integer() const {
    if (!value->isInteger()) fail("expected an integer");
    return value->integer;
  }
};

std::vector<std::string> textsOf(const Spot& spot) {
  std::vector<std::string> out;
  for (const Spot& item : spot.items()) out.push_back(item.text());
  return out;
}

template <class T, std::size_t kSize>
using Words = std::array<std::pair<std::string_view, T>, kSize>;

template <class T, std::size_t kSize>
T oneOf(const Words<T, kSize>& words, const Spot& spot) {
  std::string known;
  for (const auto& [word, value] : words) {
    if (word == spot.text()) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  spot.fail("expected one of " + known);
}

// No kind: an action, which is no setting.
constexpr Words<std::optional<SectionKind>, 4> kKinds = {{{"section", SectionKind::section},
                                                          {"table", SectionKind::table},
                                                          {"live", SectionKind::live},
                                                          {"action", std::nullopt}}};
constexpr Words<bool, 2> kAccess = {{{"read-write", true}, {"read-only", false}}};

FieldRule ruleOf(const Spot& spot) {
  FieldRule rule;
  if (!spot.value->isObject()) spot.fail("expected an object");
  if (const auto allowed = spot.optional("allowed")) rule.allowed = textsOf(*allowed);
  if (const auto minimum = spot.optional("minimum")) rule.minimum = minimum->integer();
  if (const auto maximum = spot.optional("maximum")) rule.maximum = maximum->integer();
  if (rule.minimum && rule.maximum && *rule.minimum > *rule.maximum)
    spot.fail("the minimum is above the maximum");
  if (const auto length = spot.optional("max_length")) {
    if (length->integer() < 1) length->fail("expected a length of at least 1");
    rule.maxLength = static_cast<std::size_t>(length->integer());
  }
  if (const auto readOnly = spot.optional("read_only")) rule.readOnly = readOnly->flag();
  return rule;
}

FieldModel* fieldOf(SectionModel& section, std::string_view name) {
  const auto at = std::find_if(section.fields.begin(), section.fields.end(),
                               [&](const FieldModel& field) { return field.name == name; });
  return at == section.fields.end() ? nullptr : &*at;
}

void addFields(const Spot& fields, SectionModel& section) {
  for (const Spot& field : fields.members()) {
    if (fieldOf(section, field.name) == nullptr)
      section.fields.push_back({.name = field.name, .kind = field.value->kind});
  }
}

CouplingModel couplingOf(const Spot& spot, const SectionModel& section) {
  CouplingModel coupling;
  coupling.when = spot.member("when").text();
  coupling.target = spot.member("target").text();
  for (const std::string& field : {coupling.when, coupling.target}) {
    if (section.find(field) == nullptr) spot.fail("the section has no field " + field);
  }
  for (const Spot& pair : spot.member("map").members())
    coupling.map.emplace_back(pair.name, pair.text());
  return coupling;
}

// Empty: an action.
std::optional<SectionModel> sectionOf(const Spot& spot) {
  if (!spot.value->isObject()) spot.fail("expected an object");
  const auto kind = oneOf(kKinds, spot.member("kind"));
  if (!kind) return std::nullopt;
  SectionModel section;
  section.name = spot.name;
  section.kind = *kind;
  section.writable = oneOf(kAccess, spot.member("access"));
  const Spot evidence = spot.member("evidence");
  const auto known = evidenceNamed(evidence.text());
  if (!known) evidence.fail("'" + evidence.text() + "' is no kind of evidence");
  section.evidence = *known;
  section.sources = textsOf(spot.member("sources"));
  const Spot fields = spot.member("fields");
  if (section.kind == SectionKind::table) {
    for (const Spot& row : fields.members()) addFields(row, section);
  } else {
    addFields(fields, section);
  }
  if (const auto rules = spot.optional("rules")) {
    for (const Spot& rule : rules->members()) {
      FieldModel* field = fieldOf(section, rule.name);
      // Of a table without rows nobody knows the fields, but their rules may be known.
      if (field == nullptr && section.kind == SectionKind::table) {
        section.fields.push_back({.name = rule.name});
        field = &section.fields.back();
      }
      if (field == nullptr) rule.fail("the section has no such field");
      field->rule = ruleOf(rule);
    }
  }
  if (const auto couplings = spot.optional("couplings")) {
    for (const Spot& coupling : couplings->items())
      section.couplings.push_back(couplingOf(coupling, section));
  }
  return section;
}

// "authentication.challenge_status" -> its value; nothing if the profile does not say.
std::optional<Spot> factOf(const Value& profile, std::string_view group, std::string_view name) {
  const Value* found = profile.find(group);
  if (found == nullptr) return std::nullopt;
  const auto fact = Spot{found, std::string(group)}.optional(name);
  if (!fact) return std::nullopt;
  return fact->member("value");
}

ProtocolModel protocolOf(const Value& profile) {
  ProtocolModel model;
  constexpr std::pair<std::string_view, int ProtocolModel::*> kNumbers[] = {
      {"challenge_status", &ProtocolModel::challengeStatus},
      {"challenge_data_code", &ProtocolModel::challengeDataCode},
      {"refused_status", &ProtocolModel::refusedStatus},
      {"dead_token_status", &ProtocolModel::deadTokenStatus}};
  for (const auto& [name, member] : kNumbers) {
    if (const auto fact = factOf(profile, "authentication", name))
      model.*member = static_cast<int>(fact->integer());
  }
  if (const auto fact = factOf(profile, "authentication", "passwd_type"))
    model.passwdType = fact->text();
  constexpr Words<bool, 2> kTransforms = {{{"md5", false}, {"org-auth-pwd", true}}};
  constexpr Words<bool, 2> kKeyForms = {{{"spki", false}, {"spki-without-sign-byte", true}}};
  constexpr Words<bool, 2> kTableForms = {{{"list", false}, {"object", true}}};
  if (const auto fact = factOf(profile, "authentication", "password_transform"))
    model.orgAuthPwd = oneOf(kTransforms, *fact);
  if (const auto fact = factOf(profile, "authentication", "key_form"))
    model.keyLacksSignByte = oneOf(kKeyForms, *fact);
  if (const auto fact = factOf(profile, "wire", "table_form"))
    model.tablesAreObjects = oneOf(kTableForms, *fact);
  if (const auto fact = factOf(profile, "wire", "meta_keys")) model.metaKeys = fact->flag();
  return model;
}

}  // namespace

const FieldModel* SectionModel::find(std::string_view field) const {
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const FieldModel& known) { return known.name == field; });
  return at == fields.end() ? nullptr : &*at;
}

bool sameText(std::string_view wire, std::string_view other) {
  return percentDecode(wire) == percentDecode(other);
}

DeviceModel readDeviceModel(std::string_view profile, std::string_view origin) {
  const std::string file = "profile " + std::string(origin);
  const auto json = parseJson(profile);
  if (!json || !json->isObject()) throw ModelError(file + ": expected a JSON object");
  try {
    DeviceModel model;
    const Spot modules{json->find("modules"), "modules"};
    if (modules.value == nullptr) throw ModelError("has no member modules");
    if (const Value* name = json->find("name"); name != nullptr && name->isText())
      model.name = name->text;
    model.protocol = protocolOf(*json);
    for (const Spot& spot : modules.members()) {
      ModuleModel module{.name = spot.name};
      for (const Spot& section : spot.members()) {
        if (auto read = sectionOf(section)) module.sections.push_back(std::move(*read));
      }
      model.modules.push_back(std::move(module));
    }
    return model;
  } catch (const ModelError& error) {
    throw ModelError(file + ": " + error.what());
  }
}

}  // namespace stoklab::conformance
