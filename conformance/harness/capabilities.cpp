#include "harness/capabilities.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace stoklab::conformance {
namespace {

constexpr std::string_view kOffered = "offered";
constexpr std::string_view kNotOffered = "not offered";
constexpr std::string_view kUnknown = "unknown";
// So many sections of a module are asked for before it counts as not offered.
constexpr std::size_t kAskedSections = 3;

std::string textOf(const Value* value) {
  return value != nullptr && value->isText() ? value->text : std::string();
}

std::string listed(const Value* types) {
  std::string text;
  if (types == nullptr) return text;
  for (const Value& type : types->items) text += (text.empty() ? "" : ", ") + textOf(&type);
  return text;
}

// The path to ask for; empty for what cannot be read.
std::string pathOf(const std::string& module, const Member& section) {
  const std::string kind = textOf(section.value.find("kind"));
  if (kind == "action") return {};
  return module + "." + section.name + (kind == "table" ? "[]" : "");
}

// Runs `ask`; what the device does not answer is empty. A run that has to end, ends.
template <class Ask>
auto attempt(Ask ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const WireFailure&) {
    return {};
  } catch (const Blocked&) {
    return {};
  }
}

std::string_view wordFor(std::optional<bool> offered) {
  if (!offered) return kUnknown;
  return *offered ? kOffered : kNotOffered;
}

// A module is there if any of its sections is; it is not if none of the first few is known.
std::string_view askForModule(Device& device, const std::vector<std::string>& paths) {
  std::string_view word = kUnknown;
  for (std::size_t i = 0; i < paths.size() && i < kAskedSections; ++i) {
    const auto offered = attempt([&] { return device.offers(paths[i]); });
    word = wordFor(offered);
    if (word == kOffered) break;
  }
  return word;
}

// Letters and digits in lower case.
std::string bare(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

const Value* basicInfo(const Answer& answer) { return answer.at("device_info.basic_info"); }

Answer askForBasicInfo(Device& device) {
  return device.command(R"({"method":"get","device_info":{"name":"basic_info"}})");
}

}  // namespace

Claims claimsOf(std::string_view profile) {
  Claims claims;
  if (profile.empty()) return claims;
  const auto document = parseJson(profile);
  const Value* modules = document ? document->find("modules") : nullptr;
  if (modules == nullptr || !modules->isObject())
    throw std::runtime_error("the profile has no modules");
  claims.encryptTypes = listed(document->at("authentication.encrypt_types.value"));
  if (const Value* fields = document->at("modules.image.switch.fields"); fields != nullptr)
    claims.nightVision = nightVisionIn(*fields);
  for (const Member& module : modules->members) {
    std::vector<std::string> paths;
    for (const Member& section : module.value.members) {
      if (std::string path = pathOf(module.name, section); !path.empty())
        paths.push_back(std::move(path));
    }
    claims.modules.emplace_back(module.name, std::move(paths));
  }
  return claims;
}

std::string nightVisionIn(const Value& imageSwitch) {
  if (imageSwitch.find("pre_night_vision_mode") != nullptr) return "split";
  return imageSwitch.find("night_vision_mode") != nullptr ? "single" : "neither";
}

std::vector<Capability> probe(Device& device, const Claims& claims,
                              const std::set<std::string>& paths, bool behindLogin) {
  std::vector<Capability> found;
  const auto challenge =
      attempt([&] { return std::optional<Answer>(device.askForChallenge()); }).value_or(Answer{});
  const Value* types = challenge.at("data.encrypt_type");
  found.push_back({"encrypt types", types == nullptr ? std::string(kUnknown) : listed(types),
                   claims.encryptTypes});
  const bool challenged = challenge.at("data.key") != nullptr;
  const bool second = challenge.at("data.key_2") != nullptr;
  found.push_back({"second key", !challenged ? std::string(kUnknown) : second ? "yes" : "no", ""});
  if (!behindLogin) return found;

  const auto answer = attempt([&] {
                        return std::optional<Answer>(
                            device.command(R"({"method":"get","image":{"name":"switch"}})"));
                      }).value_or(Answer{});
  const Value* night = answer.at("image.switch");
  found.push_back({"night vision", night == nullptr ? std::string(kUnknown) : nightVisionIn(*night),
                   claims.nightVision});
  std::set<std::string> asked;
  for (const auto& [module, modulePaths] : claims.modules) {
    if (modulePaths.empty()) continue;  // it has actions only, and those are not asked by doing
    found.push_back({"module " + module, std::string(askForModule(device, modulePaths)),
                     std::string(kOffered)});
    asked.insert(module);
  }
  for (const std::string& path : paths) {
    const std::string module = path.substr(0, path.find('.'));
    if (!asked.insert(module).second) continue;
    found.push_back({"module " + module, std::string(askForModule(device, {path})),
                     claims.modules.empty() ? "" : std::string(kNotOffered)});
  }
  std::sort(found.begin() + 3, found.end(),
            [](const Capability& a, const Capability& b) { return a.name < b.name; });
  return found;
}

Setting witnessOf(Device& device) {
  const auto answer = attempt([&] {
                        return std::optional<Answer>(
                            device.command(R"({"method":"get","image":{"name":"switch"}})"));
                      }).value_or(Answer{});
  // Only the vendor's "unknown" says that there is none; anything else is for the tests to judge.
  if (answer.code() == -40106) return {.module = "device_info", .section = "basic_info"};
  return {.module = "image", .section = "switch"};
}

std::vector<Fact> identityFacts(Device& device, Redactor& redactor) {
  const auto answer =
      attempt([&] { return std::optional<Answer>(askForBasicInfo(device)); }).value_or(Answer{});
  const Value* info = basicInfo(answer);
  if (info == nullptr) return {};
  for (const char* name : {"mac", "dev_id", "barcode"}) redactor.learn(textOf(info->find(name)));
  std::vector<Fact> facts;
  constexpr std::pair<const char*, const char*> kShown[] = {
      {"model", "device_model"}, {"hardware", "hw_version"}, {"firmware", "sw_version"}};
  for (const auto& [name, field] : kShown) {
    const std::string text = textOf(info->find(field));
    if (!text.empty()) facts.push_back({name, redactor.redact(percentDecode(text))});
  }
  return facts;
}

bool isDevice(Device& device, std::string_view id, std::string_view certificateSha256) {
  const std::string wanted = bare(id);
  if (wanted.empty()) return false;
  if (wanted == bare(certificateSha256)) return true;
  const Answer answer = askForBasicInfo(device);
  const Value* info = basicInfo(answer);
  if (info == nullptr) return false;
  for (const char* name : {"mac", "dev_id"}) {
    if (wanted == bare(percentDecode(textOf(info->find(name))))) return true;
  }
  return false;
}

}  // namespace stoklab::conformance
