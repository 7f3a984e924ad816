#include "dump/assemble.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "dump/alphabet.h"
#include "dump/assemble_modules.h"
#include "dump/walk.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::cli::dump {

using fixtures::DeviceIdentity;
using fixtures::Profile;
using protocol::Json;

namespace {

constexpr std::string_view kSource = "dump";

// The parts of a profile that are facts, each with its evidence.
constexpr auto kParts = std::to_array<std::string_view>(
    {"transport", "authentication", "wire", "actions", "bad_requests"});

struct IdentityRow {
  std::string_view field;
  std::string DeviceIdentity::*member;
};
constexpr std::array kIdentityRows = {IdentityRow{"device_model", &DeviceIdentity::model},
                                      IdentityRow{"hw_version", &DeviceIdentity::hardware},
                                      IdentityRow{"sw_version", &DeviceIdentity::firmware}};
constexpr std::size_t kLongestVersion = 64;

// A fact of the challenge or of an answer, and where it stands in a profile.
struct PlainFact {
  std::string_view found, part, key;
};
constexpr auto kChallengeFacts = std::to_array<PlainFact>({
    {"status", "authentication", "challenge_status"},
    {"error_code", "authentication", "challenge_error_code"},
    {"data_code", "authentication", "challenge_data_code"},
    {"encrypt_types", "authentication", "encrypt_types"},
    {"md5_encrypt_type", "authentication", "md5_encrypt_type"},
    {"passwd_type", "authentication", "passwd_type"},
    {"second_key_bits", "authentication", "second_key_bits"},
    {"nonce_length", "authentication", "nonce_length"},
});
constexpr auto kRefusalFacts = std::to_array<PlainFact>({
    {"status", "authentication", "refused_status"},
    {"error_code", "authentication", "refused_error_code"},
    {"data_code", "authentication", "refused_data_code"},
    {"max_time", "authentication", "max_failed_logins"},
});
constexpr auto kDeadTokenFacts = std::to_array<PlainFact>({
    {"status", "authentication", "dead_token_status"},
    {"error_code", "authentication", "dead_token_error_code"},
});
constexpr auto kTlsFacts = std::to_array<PlainFact>({
    {"versions", "transport", "tls_versions"},
    {"ciphers", "transport", "ciphers"},
    {"certificate", "transport", "certificate"},
});
constexpr auto kConnectionFacts = std::to_array<PlainFact>({
    {"keep_alive", "transport", "keep_alive"},
    {"max_requests", "transport", "max_requests_per_connection"},
    {"content_type", "transport", "content_type"},
    {"headers", "transport", "headers"},
});
constexpr auto kLoginFacts = std::to_array<PlainFact>({
    {"user_group", "authentication", "user_group"},
    {"token_length", "authentication", "token_length"},
});
constexpr auto kSessionFacts = std::to_array<PlainFact>({
    {"lifetime_s", "authentication", "session_lifetime_s"},
    {"expiry", "authentication", "session_expiry"},
});

// Where a device keeps the number of wrong passwords after which it locks (facts.md L8).
constexpr auto kThresholds = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"unusual_detection", "login_error"}, {"abnormal_events", "login_err"}});

class Assembler {
 public:
  Assembler(const Findings& findings, const Profile& base) : findings_(findings), base_(base) {}

  Result<Assembled> run(const std::string& name, const std::string& today) {
    auto json = protocol::parseJson(printProfile(base_));
    if (!json) return json.error();
    json_ = *std::move(json);
    carryEverything();
    name_ = name;
    json_.set("name", name);
    json_.set("note", "What a device answered to somebody who only read" +
                          (today.empty() ? std::string() : ", on " + today) +
                          ". What it could not tell is as in " + base_.name + ".");
    setIdentity();
    setDoor();
    setTransport();
    setWire();
    setBadRequests();
    ModuleFindings modules{.found = findings_.modules,
                           .changing = findings_.changing,
                           .rewrites = findings_.rewrites,
                           .percentEncoded = findings_.habits.percentEncodes() != false,
                           .metaKeys = findings_.habits.metaKeys() == true};
    json_.set("modules", assembleModules(modules, base_, *json_.find("modules"), notes_));
    auto profile = fixtures::parseProfile(protocol::printJson(json_), "the dump");
    if (!profile) return profile.error();
    return Assembled{.profile = *std::move(profile), .notes = std::move(notes_)};
  }

 private:
  Json* fact(std::string_view part, std::string_view key) {
    Json* found = json_.find(part);
    return found == nullptr ? nullptr : found->find(key);
  }

  void carryEverything() {
    for (const std::string_view part : kParts) {
      for (auto& [key, value] : *json_.find(part)->members()) {
        Json carried = Json::object({{"value", *value.find("value")}, {"evidence", "assumed"}});
        carried.set("note", "Not measured: as in " + base_.name + ".");
        value = std::move(carried);
      }
    }
  }

  void measured(std::string_view part, std::string_view key, Json value,
                std::string_view note = {}) {
    Json* found = fact(part, key);
    if (found == nullptr) return;
    *found =
        Json::object({{"value", std::move(value)}, {"evidence", "measured"}, {"source", kSource}});
    if (!note.empty()) found->set("note", note);
  }

  template <class Rows>
  void measureAll(const Json& facts, const Rows& rows) {
    for (const PlainFact& row : rows)
      if (const Json* value = facts.find(row.found)) measured(row.part, row.key, *value);
  }

  void setIdentity() {
    const DeviceIdentity found = identityIn(findings_.modules);
    const DeviceIdentity ofBase = identityOfBase();
    DeviceIdentity identity = base_.identity;
    for (const IdentityRow& row : kIdentityRows) {
      // A device that says of itself what the base's does is that one, however it is called.
      if (!(found.*row.member).empty() && found.*row.member == ofBase.*row.member) continue;
      if (!(found.*row.member).empty())
        identity.*row.member = found.*row.member;
      else
        notes_.push_back("the device does not say its " + std::string(row.field) +
                         "; it is as in " + base_.name);
    }
    json_.set("identity", Json::object({{"model", identity.model},
                                        {"hardware", identity.hardware},
                                        {"firmware", identity.firmware}}));
  }

  // What the device of the base says it is, which need not be what it is known as.
  DeviceIdentity identityOfBase() const {
    std::vector<std::pair<std::string, Json>> modules;
    for (const char* name : {"device_info", "system"})
      if (const Json* module = json_.at({"modules", name})) modules.emplace_back(name, *module);
    return identityIn(modules);
  }

  std::string assumedText(std::string_view key) {
    const Json* value = fact("authentication", key)->find("value");
    return value->string() == nullptr ? std::string() : *value->string();
  }

  void setAlphabet(const Json& facts, const std::string& what) {
    const Json* found = facts.find(what + "_alphabet");
    const Json* characters = facts.find(what + "_characters");
    if (found == nullptr || characters == nullptr) return;
    measured("authentication", what + "_alphabet",
             settledAlphabet(*found->string(), static_cast<std::size_t>(*characters->integer()),
                             assumedText(what + "_alphabet")),
             "Judged by a few samples.");
  }

  void setDoor() {
    const Json& challenge = findings_.challenge;
    measureAll(challenge, kChallengeFacts);
    if (const Json* bits = challenge.find("key_bits"); bits != nullptr && *bits != Json(0))
      measured("authentication", "key_bits", *bits);
    if (const Json* form = challenge.find("key_form"); form != nullptr && *form != Json(""))
      measured("authentication", "key_form", *form);
    if (const Json* type = challenge.find("passwd_type"); type != nullptr && *type == Json("md5"))
      measured("authentication", "password_transform", "md5");
    setAlphabet(challenge, "nonce");
    measureAll(findings_.login, kLoginFacts);
    setAlphabet(findings_.login, "token");
    if (findings_.username == base_.authentication.username.value)
      measured("authentication", "username", findings_.username);
    setThreshold();
    measureAll(findings_.refusal, kRefusalFacts);
    measureAll(findings_.deadToken, kDeadTokenFacts);
    measureAll(findings_.session, kSessionFacts);
    if (const Json* answers = findings_.pages.find("challenge"))
      measured("actions", "protected_pages_challenge", *answers);
  }

  void setThreshold() {
    for (const auto& [module, section] : kThresholds) {
      for (const auto& [name, sections] : findings_.modules) {
        const Json* most =
            name == module ? sections.at({section, "fields", "max_num_err"}) : nullptr;
        if (most == nullptr || most->string() == nullptr) continue;
        const int number = std::atoi(most->string()->c_str());
        if (number < 1) continue;
        measured("authentication", "max_failed_logins", number,
                 "The setting " + std::string(module) + "." + std::string(section) + ".");
        return;
      }
    }
  }

  void setTransport() {
    measured("transport", "scheme", findings_.tls ? "https" : "http");
    measureAll(findings_.tlsFacts, kTlsFacts);
    measureAll(findings_.connection, kConnectionFacts);
    if (const Json* status = findings_.redirect.find("status"))
      measured("transport", "plain_http_redirect_status", *status);
  }

  void setWire() {
    const WireHabits& habits = findings_.habits;
    if (const auto encodes = habits.percentEncodes())
      measured("wire", "percent_encode_strings", *encodes);
    if (habits.percentEncodes() == true) {
      measured("wire", "literal_characters",
               habits.literalCharacters(base_.wire.literalCharacters.value),
               "What no value holds is as in " + base_.name + ".");
    }
    if (const auto place = habits.errorCodePlace()) measured("wire", "error_code_place", *place);
    if (const auto meta = habits.metaKeys()) measured("wire", "meta_keys", *meta);
    if (const auto form = habits.tableForm()) measured("wire", "table_form", *form);
  }

  void setBadRequests() {
    for (const auto& [kind, answer] : findings_.wrong) {
      Json* entry = fact("bad_requests", kind);
      if (entry == nullptr) continue;
      if (answer.find("dropped") != nullptr) {
        entry->set("note", "The device hangs up without an answer; the numbers are as in " +
                               base_.name + ".");
        continue;
      }
      const bool taken = answer.find("taken") != nullptr;
      measured("bad_requests", kind,
               Json::object({{"status", *answer.find("status")},
                             {"error_code", *answer.find("error_code")}}),
               taken ? "The device takes it as if it were right." : "");
    }
    if (const Json* status = findings_.rewrites.find("status"))
      measured("bad_requests", "field_read_only",
               Json::object(
                   {{"status", *status}, {"error_code", *findings_.rewrites.find("error_code")}}));
    if (const Json* status = findings_.malformedLogin.find("status"))
      measured("bad_requests", "login_malformed",
               Json::object({{"status", *status},
                             {"error_code", *findings_.malformedLogin.find("error_code")}}));
  }

  const Findings& findings_;
  const Profile& base_;
  std::string name_;
  Json json_;
  std::vector<std::string> notes_;
};

}  // namespace

DeviceIdentity identityIn(const std::vector<std::pair<std::string, Json>>& modules) {
  DeviceIdentity identity;
  for (const auto& [module, sections] : modules) {
    if (module != "device_info" && module != "system") continue;
    for (const FoundSection& section : sectionsFrom(sections)) {
      for (const IdentityRow& row : kIdentityRows) {
        const Json* value = section.content.find(row.field);
        if (value == nullptr || value->string() == nullptr || !(identity.*row.member).empty())
          continue;
        std::string text = protocol::percentDecode(*value->string());
        if (text.size() <= kLongestVersion) identity.*row.member = std::move(text);
      }
    }
  }
  return identity;
}

std::string profileNameFor(const DeviceIdentity& identity) {
  constexpr std::string_view kBrand = "VIGI ";
  std::string_view model = identity.model;
  if (model.starts_with(kBrand)) model.remove_prefix(kBrand.size());
  const std::string_view firmware =
      std::string_view(identity.firmware).substr(0, identity.firmware.find(' '));
  std::string name;
  for (const char c :
       std::string(model) + "_hw" + identity.hardware + "_fw" + std::string(firmware)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '_' || c == '.'))
      name += static_cast<char>(std::tolower(byte));
  }
  const std::size_t begin = name.find_first_not_of("._");
  return begin == std::string::npos ? "device" : name.substr(begin);
}

Result<Assembled> assemble(const Findings& findings, const Profile& base, const std::string& name,
                           const std::string& today) {
  return Assembler(findings, base).run(name, today);
}

}  // namespace stoklab::cli::dump
