#include "mutations.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace stoklab::drift {

using fixtures::FieldRule;
using fixtures::Module;
using fixtures::Profile;
using fixtures::Section;
using fixtures::SectionKind;
using protocol::Json;
using std::chrono::seconds;

namespace {

Module& moduleOf(Profile& profile, std::string_view name) {
  return *std::find_if(profile.modules.begin(), profile.modules.end(),
                       [&](const Module& each) { return each.name == name; });
}

Section& section(Profile& profile, std::string_view module, std::string_view name) {
  auto& sections = moduleOf(profile, module).sections;
  return *std::find_if(sections.begin(), sections.end(),
                       [&](const Section& each) { return each.name == name; });
}

void removeSection(Profile& profile, std::string_view module, std::string_view name) {
  std::erase_if(moduleOf(profile, module).sections,
                [&](const Section& each) { return each.name == name; });
}

void removeModule(Profile& profile, std::string_view name) {
  std::erase_if(profile.modules, [&](const Module& each) { return each.name == name; });
}

void removeFrom(Json& list, const char* value) { std::erase(*list.elements(), Json(value)); }

// All rows of a table have it.
void setInRows(Section& table, const char* field, const Json& value) {
  for (auto& row : *table.fields.members()) row.value.set(field, value);
}

void setThreshold(Profile& profile, int most) {
  profile.authentication.maxFailedLogins.value = most;
  section(profile, "unusual_detection", "login_error")
      .fields.set("max_num_err", std::to_string(most));
  section(profile, "abnormal_events", "login_err").fields.set("max_num_err", std::to_string(most));
}

void setFirmware(Profile& profile, const char* version) {
  profile.identity.firmware = version;
  for (const char* name : {"basic_info", "info"})
    section(profile, "device_info", name).fields.set("sw_version", version);
}

// The numbers of a refusal that a client meets.
Mutation badRequest(const char* kind, int status, int errorCode) {
  Mutation mutation{.name = std::string("bad_request_") + kind, .change = [=](Profile& profile) {
                      auto& answer = profile.badRequests.find(kind)->second.value;
                      answer.status = status;
                      answer.errorCode = errorCode;
                    }};
  const std::string path = std::string("bad_requests.") + kind;
  mutation.findings.push_back(
      {status == 200 ? "bad-request-code-changed" : "bad-request-status-changed", path});
  return mutation;
}

std::vector<Mutation> transportMutations() {
  return {
      {"tls_version_added",
       {{"tls-version-added", "transport.tls_versions"}},
       [](Profile& p) {
         p.transport.tlsVersions.value = {"TLSv1.2", "TLSv1.3"};
       }},
      {"tls_version_removed",
       {{"tls-version-removed", "transport.tls_versions"}},
       [](Profile& p) { p.transport.tlsVersions.value = {"TLSv1.2"}; },
       [](Profile& p) {
         p.transport.tlsVersions.value = {"TLSv1.1", "TLSv1.2"};
         p.transport.ciphers.value = {"AES256-GCM-SHA384", "AES256-SHA"};
       }},
      {"cipher_added",
       {{"cipher-added", "transport.ciphers"}},
       [](Profile& p) { p.transport.ciphers.value.emplace_back("AES128-GCM-SHA256"); }},
      {"cipher_removed",
       {{"cipher-removed", "transport.ciphers"}},
       [](Profile& p) { p.transport.ciphers.value = {"AES256-GCM-SHA384"}; },
       [](Profile& p) {
         p.transport.ciphers.value = {"AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"};
       }},
      {"certificate_key_shortened",
       {{"certificate-key-shortened", "transport.certificate"}},
       [](Profile& p) { p.transport.certificate.value.keyBits = 1024; }},
      {"certificate_key_lengthened",
       {{"certificate-key-lengthened", "transport.certificate"}},
       [](Profile& p) { p.transport.certificate.value.keyBits = 3072; }},
      {"certificate_name",
       {{"certificate-changed", "transport.certificate"}},
       [](Profile& p) { p.transport.certificate.value.commonName = "OTHER-DEVICE-7"; }},
      {"certificate_end",
       {{"certificate-changed", "transport.certificate"}},
       [](Profile& p) { p.transport.certificate.value.notAfter = "20401231235959Z"; }},
      {"certificate_key_usage",
       {{"certificate-changed", "transport.certificate"}},
       [](Profile& p) {
         p.transport.certificate.value.keyUsage = fixtures::KeyUsage::signatureAndEncipherment;
       }},
      {"keep_alive_off",
       {{"keep-alive-removed", "transport.keep_alive"}},
       [](Profile& p) { p.transport.keepAlive.value = false; }},
      {"requests_per_connection",
       {{"connection-requests-lowered", "transport.max_requests_per_connection"}},
       [](Profile& p) { p.transport.maxRequestsPerConnection.value = 5; }},
      {"content_type",
       {{"content-type-changed", "transport.content_type"}},
       [](Profile& p) { p.transport.contentType.value = "text/html"; }},
      {"header_added",
       {{"header-added", "transport.headers"}},
       [](Profile& p) {
         p.transport.headers.value = {{"X-Frame-Options", "SAMEORIGIN"}};
       }},
      {"header_removed",
       {{"header-removed", "transport.headers"}},
       [](Profile& p) { p.transport.headers.value.clear(); },
       [](Profile& p) {
         p.transport.headers.value = {{"Cache-Control", "no-cache"}};
       }},
      {"header_changed",
       {{"header-changed", "transport.headers"}},
       [](Profile& p) {
         p.transport.headers.value = {{"Cache-Control", "no-store"}};
       },
       [](Profile& p) {
         p.transport.headers.value = {{"Cache-Control", "no-cache"}};
       }},
  };
}

std::vector<Mutation> authenticationMutations() {
  const cli::dump::CostlyMeasures oneWrong{.failedLogins = 1}, twoWrong{.failedLogins = 2};
  const cli::dump::CostlyMeasures wait{.sessionUpTo = seconds(60)};
  const auto shortLife = [](Profile& p) { p.authentication.sessionLifetime.value = seconds(40); };
  return {
      {"challenge_status",
       {{"challenge-status-changed", "authentication.challenge_status"}},
       [](Profile& p) { p.authentication.challengeStatus.value = 200; }},
      {"challenge_error_code",
       {{"challenge-code-changed", "authentication.challenge_error_code"}},
       [](Profile& p) { p.authentication.challengeErrorCode.value = -40407; }},
      {"challenge_data_code",
       {{"challenge-code-changed", "authentication.challenge_data_code"}},
       [](Profile& p) { p.authentication.challengeDataCode.value = -40410; }},
      {"encrypt_type_removed",
       {{"encrypt-type-removed", "authentication.encrypt_types"}},
       [](Profile& p) { p.authentication.encryptTypes.value = {"2"}; }},
      {"encrypt_type_added",
       {{"encrypt-type-added", "authentication.encrypt_types"}},
       [](Profile& p) {
         p.authentication.encryptTypes.value = {"1", "2", "4"};
       }},
      {"login_key_lengthened",
       {{"login-key-lengthened", "authentication.key_bits"}},
       [](Profile& p) { p.authentication.keyBits.value = 2048; }},
      {"login_key_shortened",
       {{"login-key-shortened", "authentication.key_bits"}},
       [](Profile& p) { p.authentication.keyBits.value = 512; }},
      {"nonce_lengthened",
       {{"nonce-lengthened", "authentication.nonce_length"}},
       [](Profile& p) { p.authentication.nonceLength.value = 12; }},
      {"nonce_alphabet",
       {{"nonce-alphabet-changed", "authentication.nonce_alphabet"}},
       [](Profile& p) { p.authentication.nonceAlphabet.value = "0123456789abcdef"; }},
      {"token_shortened",
       {{"token-shortened", "authentication.token_length"}},
       [](Profile& p) { p.authentication.tokenLength.value = 16; }},
      {"token_alphabet",
       {{"token-alphabet-changed", "authentication.token_alphabet"}},
       [](Profile& p) {
         p.authentication.tokenAlphabet.value =
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
       }},
      {"user_group",
       {{"user-group-changed", "authentication.user_group"}},
       [](Profile& p) { p.authentication.userGroup.value = "admin"; }},
      {"dead_token_status",
       {{"dead-token-status-changed", "authentication.dead_token_status"}},
       [](Profile& p) { p.authentication.deadTokenStatus.value = 200; }},
      {"dead_token_code",
       {{"dead-token-code-changed", "authentication.dead_token_error_code"}},
       [](Profile& p) { p.authentication.deadTokenErrorCode.value = -40403; }},
      {"lock_threshold_lowered",
       {{"lock-threshold-lowered", "authentication.max_failed_logins"}},
       [](Profile& p) { setThreshold(p, 5); }},
      {"lock_threshold_without_a_setting",
       {{"lock-threshold-raised", "authentication.max_failed_logins"}},
       [](Profile& p) { p.authentication.maxFailedLogins.value = 12; },
       [](Profile& p) {
         removeModule(p, "unusual_detection");
         removeModule(p, "abnormal_events");
       },
       oneWrong},
      {"refused_status",
       {{"refused-status-changed", "authentication.refused_status"}},
       [](Profile& p) { p.authentication.refusedStatus.value = 200; },
       {},
       oneWrong},
      {"refused_code",
       {{"refused-code-changed", "authentication.refused_data_code"}},
       [](Profile& p) { p.authentication.refusedDataCode.value = -60502; },
       {},
       oneWrong},
      {"login_without_fields",
       {{"bad-request-code-changed", "bad_requests.login_malformed"}},
       [](Profile& p) { p.badRequests.find("login_malformed")->second.value.errorCode = -40211; },
       {},
       twoWrong},
      {"session_life_halved",
       {{"session-life-shortened", "authentication.session_lifetime_s"}},
       [](Profile& p) { p.authentication.sessionLifetime.value = seconds(20); },
       shortLife,
       wait},
      {"session_expiry",
       {{"session-expiry-changed", "authentication.session_expiry"}},
       [](Profile& p) { p.authentication.sessionExpiry.value = fixtures::SessionExpiry::fixed; },
       shortLife,
       wait},
      {"page_challenge_removed",
       {{"page-challenge-removed", "actions.protected_pages_challenge"}},
       [](Profile& p) { p.actions.protectedPagesChallenge.value = false; }},
  };
}

std::vector<Mutation> wireMutations() {
  std::vector<Mutation> all = {
      {"string_encoding_dropped",
       {{"string-encoding-removed", "wire.percent_encode_strings"}},
       [](Profile& p) { p.wire.percentEncodeStrings.value = false; }},
      {"literal_characters",
       {{"literal-characters-changed", "wire.literal_characters"}},
       [](Profile& p) { p.wire.literalCharacters.value = "-_.~"; }},
      {"error_code_first",
       {{"error-code-place-changed", "wire.error_code_place"}},
       [](Profile& p) { p.wire.errorCodePlace.value = fixtures::ErrorCodePlace::first; }},
      {"meta_keys",
       {{"meta-keys-added", "wire.meta_keys"}},
       [](Profile& p) { p.wire.metaKeys.value = true; }},
      {"tables_as_objects",
       {{"table-form-changed", "wire.table_form"}},
       [](Profile& p) { p.wire.tableForm.value = fixtures::TableForm::object; }},
      {"second_key",
       {{"second-key-added", "authentication.second_key_bits"}},
       [](Profile& p) { p.authentication.secondKeyBits.value = 2048; }},
      {"key_form",
       {{"key-form-changed", "authentication.key_form"}},
       [](Profile& p) { p.authentication.keyForm.value = fixtures::KeyForm::spkiWithoutSignByte; }},
      badRequest("http_malformed", 405, 0),
      badRequest("path_unknown", 403, 0),
      badRequest("http_method_not_allowed", 501, 0),
      badRequest("body_empty", 400, -40210),
  };
  for (const char* kind :
       {"body_not_json", "body_not_object", "json_too_deep", "method_missing", "method_not_string",
        "method_unknown", "module_missing", "module_unknown", "module_not_object",
        "section_unknown", "section_argument_wrong", "name_list_partly_unknown",
        "argument_missing"})
    all.push_back(badRequest(kind, 200, -40299));
  return all;
}

std::vector<Mutation> fieldMutations() {
  return {
      {"field_added",
       {{"field-added", "modules.image.switch.wdr_enabled"}},
       [](Profile& p) { section(p, "image", "switch").fields.set("wdr_enabled", "on"); }},
      {"field_removed",
       {{"field-removed", "modules.image.switch.ldc"}},
       [](Profile& p) {
         Section& target = section(p, "image", "switch");
         target.fields.erase("ldc");
         target.rules.erase("ldc");
       }},
      {"field_renamed",
       {{"field-removed", "modules.system.ntp.ntp_port"},
        {"field-added", "modules.system.ntp.port"}},
       [](Profile& p) {
         Section& target = section(p, "system", "ntp");
         target.fields.set("port", *target.fields.find("ntp_port"));
         target.fields.erase("ntp_port");
         target.rules.erase("ntp_port");
       }},
      {"field_became_a_number",
       {{"field-type-changed", "modules.plan_advance.plan_advance.pre_record"}},
       [](Profile& p) { section(p, "plan_advance", "plan_advance").fields.set("pre_record", 5); }},
      {"field_became_a_boolean",
       {{"field-type-changed", "modules.lens_mask.lens_mask_info.enabled"}},
       [](Profile& p) { section(p, "lens_mask", "lens_mask_info").fields.set("enabled", true); }},
      {"field_became_a_list",
       {{"field-type-changed", "modules.osd_capability.capability.date_support"}},
       [](Profile& p) {
         section(p, "osd_capability", "capability").fields.set("date_support", Json::array({"1"}));
       }},
      {"element_type",
       {{"element-type-changed", "modules.preset.preset.id"}},
       [](Profile& p) { section(p, "preset", "preset").fields.set("id", Json::array({1})); }},
      {"live_field_removed",
       {{"field-removed", "modules.network.wan_status.phy_status"}},
       [](Profile& p) { section(p, "network", "wan_status").fields.erase("phy_status"); }},
      {"enum_member_removed",
       {{"enum-member-removed", "modules.video.minor.resolution"},
        {"enum-member-removed", "modules.video_capability.minor.resolutions"}},
       [](Profile& p) {
         removeFrom(*section(p, "video_capability", "minor").fields.find("resolutions"), "320*240");
         std::erase(section(p, "video", "minor").rules.at("resolution").allowed, "320*240");
       }},
      {"enum_member_added",
       {{"enum-member-added", "modules.video.main.encode_type"},
        {"enum-member-added", "modules.video_capability.main.encode_types"}},
       [](Profile& p) {
         section(p, "video_capability", "main").fields.find("encode_types")->push("H266");
         section(p, "video", "main").rules.at("encode_type").allowed.emplace_back("H266");
       }},
      {"read_only_made_writable",
       {{"field-made-writable", "modules.image.switch.night_vision_mode"}},
       [](Profile& p) {
         section(p, "image", "switch").rules.at("night_vision_mode").readOnly = false;
       },
       {},
       {.rewrite = true}},
      {"writable_made_read_only",
       {{"field-made-read-only", "modules.image.switch.flicker"}},
       [](Profile& p) { section(p, "image", "switch").rules.at("flicker").readOnly = true; },
       {},
       {.rewrite = true}},
      {"section_made_read_only",
       {{"section-made-read-only", "modules.led.config"}},
       [](Profile& p) { section(p, "led", "config").access = fixtures::Access::readOnly; },
       {},
       {.rewrite = true}},
      {"value",
       {{"value-changed", "modules.led.config.enabled"}},
       [](Profile& p) { section(p, "led", "config").fields.set("enabled", "off"); },
       [](Profile& p) { section(p, "led", "config").fields.set("enabled", "on"); }},
  };
}

std::vector<Mutation> treeMutations() {
  return {
      {"section_removed",
       {{"section-removed", "modules.image.shedday"}},
       [](Profile& p) { removeSection(p, "image", "shedday"); }},
      {"section_added",
       {{"section-added", "modules.image.shedday"}},
       [](Profile& p) {
         const Profile whole = *fixtures::builtInProfile(fixtures::kDefaultProfile);
         moduleOf(p, "image").sections.push_back(*whole.find("image", "shedday"));
       },
       [](Profile& p) { removeSection(p, "image", "shedday"); }},
      {"table_removed",
       {{"table-removed", "modules.firewall.blacklist"}},
       [](Profile& p) { removeSection(p, "firewall", "blacklist"); }},
      {"module_removed",
       {{"module-removed", "modules.target_track"}},
       [](Profile& p) { removeModule(p, "target_track"); }},
      {"module_that_only_the_device_tells_of",
       {{"module-added", "modules.smart_frame"},
        {"field-added", "modules.function.module_spec.smart_frame"}},
       [](Profile& p) {
         section(p, "function", "module_spec").fields.set("smart_frame", "1");
         Section added{.name = "config", .access = fixtures::Access::readOnly};
         added.fields.set("enabled", "on");
         added.sources = {"G"};
         p.modules.push_back({.name = "smart_frame", .sections = {added}});
       }},
      {"table_became_a_section",
       {{"section-kind-changed", "modules.upnpc.upnp_status"}},
       [](Profile& p) {
         Section& target = section(p, "upnpc", "upnp_status");
         target.kind = SectionKind::section;
         target.fields = Json::object({{"status", "on"}});
         target.rules.clear();
       }},
      {"section_became_a_table",
       {{"section-kind-changed", "modules.multicast.minor"}},
       [](Profile& p) {
         Section& target = section(p, "multicast", "minor");
         Json rows = Json::object();
         rows.set("minor_1", target.fields);
         target.kind = SectionKind::table;
         target.fields = std::move(rows);
       }},
      {"row_field_added",
       {{"field-added", "modules.motion_detection.region_info[]"}},
       [](Profile& p) {
         setInRows(section(p, "motion_detection", "region_info"), "sensitivity", "50");
       }},
      {"row_field_type",
       {{"field-type-changed", "modules.cover.region_info[]"}},
       [](Profile& p) { setInRows(section(p, "cover", "region_info"), "height", 100); }},
      {"row_added",
       {{"row-added", "modules.OSD.label_info.label_info_9"}},
       [](Profile& p) {
         Json& rows = section(p, "OSD", "label_info").fields;
         rows.set("label_info_9", Json(rows.members()->front().value));
       }},
      {"row_removed",
       {{"row-removed", "modules.OSD.label_info"}},
       [](Profile& p) {
         Json& rows = section(p, "OSD", "label_info").fields;
         rows.erase(std::string(rows.members()->back().key));
       }},
      {"firmware",
       {{"identity-changed", "identity.firmware"}},
       [](Profile& p) { setFirmware(p, "2.4.0 Build 270101 Rel.1n"); }},
  };
}

std::vector<Mutation> allMutations() {
  std::vector<Mutation> all;
  for (auto&& part : {transportMutations(), authenticationMutations(), wireMutations(),
                      fieldMutations(), treeMutations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

const std::vector<Mutation>& mutations() {
  static const std::vector<Mutation> kAll = allMutations();
  return kAll;
}

}  // namespace stoklab::drift
