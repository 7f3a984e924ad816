#include "dump/rewrites.h"

#include <algorithm>
#include <array>

#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::cli::dump {

using fixtures::Access;
using fixtures::SectionKind;
using protocol::Json;

namespace {

constexpr auto kLeftAlone = std::to_array<std::string_view>(
    {"network", "protocol",        "wireless",     "wlan",          "uhttpd",
     "cet",     "onvif_server",    "multicast",    "firewall",      "upnpc",
     "ddns",    "user_management", "cloud_config", "timing_reboot", "auto_upgrade",
     "system",  "ftp_client",      "email_client", "ptz",           "preset"});

int codeIn(const Json& answer) {
  const Json* code = answer.find("error_code");
  return code == nullptr || code->integer() == nullptr ? protocol::code::kFormatError
                                                       : static_cast<int>(*code->integer());
}

class Rewriter {
 public:
  Rewriter(const std::string& module, const fixtures::Profile& base, bool percentEncoded,
           const RewriteOperations& device, Json& generic)
      : module_(module),
        base_(base),
        percentEncoded_(percentEncoded),
        device_(device),
        generic_(generic) {}

  Result<Json> run(const std::vector<FoundSection>& found) {
    Json out = Json::object();
    for (const FoundSection& section : found) {
      if (section.errorCode != 0 || section.table) continue;
      const fixtures::Section* known = base_.find(module_, section.name);
      if (known != nullptr && known->kind != SectionKind::section) continue;
      auto outcome = rewrite(section.name, known == nullptr || known->access != Access::readWrite);
      if (!outcome) return outcome.error();
      if (outcome->size() > 0) out.set(section.name, *std::move(outcome));
    }
    return out;
  }

 private:
  // What the section holds now, decoded, without what must not be written.
  Result<Json> current(const std::string& section) {
    Json modules = Json::object();
    modules.set(module_, Json::object({{"name", section}}));
    auto answer = device_.ask(modules);
    if (!answer) return answer.error();
    Json fields = Json::object();
    const Json* found = answer->at({module_, section});
    const auto* members = found == nullptr ? nullptr : found->members();
    if (members == nullptr) return fields;
    for (const auto& [field, value] : *members) {
      const bool plain = value.string() != nullptr || value.integer() != nullptr ||
                         value.boolean() != nullptr || value.isArray();
      if (!plain || field.starts_with('.') || device_.isSecret(module_, section, field)) continue;
      fields.set(field, percentEncoded_ ? protocol::decodeStrings(value) : value);
    }
    return fields;
  }

  Result<int> set(const std::string& section, Json fields) {
    auto answer =
        device_.set(printRequest(protocol::setSection(module_, section, std::move(fields))));
    if (!answer) return answer.error();
    return codeIn(*answer);
  }

  Result<Json> rewrite(const std::string& section, bool asAWhole) {
    auto fields = current(section);
    if (!fields) return fields.error();
    Json outcome = Json::object();
    if (fields->size() == 0) return outcome;
    auto code = set(section, *fields);
    if (!code) return code.error();
    if (*code != 0 && asAWhole) {
      if (generic_.find("error_code") == nullptr) generic_.set("error_code", *code);
      return outcome;
    }
    for (const auto& [field, value] : *fields->members()) {
      if (*code == 0) {
        outcome.set(field, 0);
        continue;
      }
      auto one = set(section, Json::object({{field, value}}));
      if (!one) return one.error();
      outcome.set(field, *one);
    }
    return outcome;
  }

  const std::string& module_;
  const fixtures::Profile& base_;
  bool percentEncoded_;
  const RewriteOperations& device_;
  Json& generic_;
};

}  // namespace

bool isLeftAlone(std::string_view module) {
  return std::find(kLeftAlone.begin(), kLeftAlone.end(), module) != kLeftAlone.end();
}

Result<Json> rewriteModule(const std::string& module, const std::vector<FoundSection>& found,
                           const fixtures::Profile& base, bool percentEncoded,
                           const RewriteOperations& device, Json& generic) {
  return Rewriter(module, base, percentEncoded, device, generic).run(found);
}

}  // namespace stoklab::cli::dump
