// What can be wrong with the settings of one module: the judge makes requirements of each module
// that a profile describes, and each of these breaks one of them.
#include <algorithm>
#include <string>
#include <utility>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::FieldRule;
using fixtures::Profile;
using protocol::Json;
using protocol::JsonMember;

namespace {

FieldRule& ruleOf(Profile& profile, std::string_view module, std::string_view section,
                  std::string_view field) {
  return sectionOf(profile, module, section).rules.find(field)->second;
}

// Calls `edit` for each object of fields in an answer to a get: a section, or a row of a table.
Fault::Wrap editingPlaces(void (*edit)(Json& fields)) {
  return editingAnswers([edit](const HttpRequest& request, Json& answer) {
    if (!hasMethod(request, "get")) return;
    for (JsonMember& module : *answer.members()) {
      if (!module.value.isObject() || module.key == "data") continue;
      for (JsonMember& section : *module.value.members()) {
        if (section.value.isObject()) edit(section.value);
        auto* rows = section.value.elements();
        if (rows == nullptr) continue;
        for (Json& row : *rows)
          for (JsonMember& fields : *row.members()) edit(fields.value);
      }
    }
  });
}

// A row as it is stored before anything is set.
Json* rowOf(Profile& profile, std::string_view module, std::string_view table,
            std::string_view row) {
  return sectionOf(profile, module, table).fields.find(row);
}

}  // namespace

std::vector<Fault> settingFaults() {
  return {
      {.name = "section-missing",
       .sentence = "OSD lacks the section week.",
       .breaks = {"SETTING-OSD-SHAPE"},
       .changeProfile =
           [](Profile& p) {
             const auto osd = std::find_if(p.modules.begin(), p.modules.end(),
                                           [](const auto& module) { return module.name == "OSD"; });
             std::erase_if(osd->sections,
                           [](const auto& section) { return section.name == "week"; });
           }},
      {.name = "last-field-missing",
       .sentence = "Every section and every row lacks its last field.",
       .breaks = {"SETTING-*-SHAPE"},
       .wrap = editingPlaces([](Json& fields) {
         if (fields.size() > 0) fields.members()->pop_back();
       })},
      {.name = "last-field-null",
       .sentence = "The last field of every section and every row is null.",
       .breaks = {"CMD-GET-STRINGS", "SETTING-*-TYPES"},
       .wrap = editingPlaces([](Json& fields) {
         if (fields.size() > 0) fields.members()->back().value = Json();
       })},
      {.name = "list-as-string",
       .sentence = "The list of alarm modes is a string.",
       .breaks = {"SETTING-MSG-ALARM-TYPES"},
       .changeProfile =
           [](Profile& p) {
             sectionOf(p, "msg_alarm", "chn1_msg_alarm_info")
                 .fields.set("alarm_mode", "[\"sound\",\"light\"]");
           }},
      {.name = "boolean-as-string",
       .sentence = "Whether the last upgrade succeeded is told by a string.",
       .breaks = {"SETTING-CLOUD-CONFIG-TYPES"},
       .changeProfile =
           [](Profile& p) {
             sectionOf(p, "cloud_config", "upgrade_status")
                 .fields.set("lastUpgradingSuccess", "true");
           }},
      {.name = "value-not-in-enumeration",
       .sentence = "The status of the storage is a word that is not in its enumeration.",
       .breaks = {"SETTING-HARDDISK-MANAGE-VALUES"},
       .changeProfile =
           [](Profile& p) {
             rowOf(p, "harddisk_manage", "hd_info", "hd_info_1")->set("status", "perfect");
           }},
      {.name = "label-too-long",
       .sentence = "A label of OSD is longer than the device allows.",
       .breaks = {"SETTING-OSD-VALUES"},
       .changeProfile =
           [](Profile& p) {
             rowOf(p, "OSD", "label_info", "label_info_3")->set("text", std::string(45, 'x'));
           }},
      {.name = "value-of-enumeration-refused",
       .sentence = "plan_advance.plan_advance.stream_type does not take third, which is in its "
                   "enumeration.",
       .breaks = {"SETTING-PLAN-ADVANCE-ACCEPTS"},
       .changeProfile =
           [](Profile& p) {
             std::erase(ruleOf(p, "plan_advance", "plan_advance", "stream_type").allowed, "third");
           }},
      {.name = "end-of-range-refused",
       .sentence = "The volume of the speaker ends at 99.",
       .breaks = {"SETTING-AUDIO-CONFIG-ACCEPTS"},
       .changeProfile =
           [](Profile& p) { ruleOf(p, "audio_config", "speaker", "volume").maximum = 99; }},
      {.name = "value-stored-as-another",
       .sentence = "ROI.roi_enable.third_enabled stays off, whatever is set.",
       .breaks = {"SETTING-ROI-ACCEPTS"},
       .wrap = editingRequests([](const HttpRequest& request, std::string& body) {
         if (hasMethod(request, "set"))
           body = replaced(body, R"("third_enabled":"on")", R"("third_enabled":"off")");
       })},
      {.name = "no-set-stored",
       .sentence = "Every set succeeds, and is forgotten.",
       .breaks = {"SETTING-*-ACCEPTS",
                  "SETTING-*-REFUSES",
                  "SETTING-*-READ-ONLY",
                  "SETTING-IMAGE-COUPLING",
                  "CMD-NIGHT-HUMAN-COLOR",
                  "CMD-NIGHT-STATE-READ-ONLY",
                  "CMD-NIGHT-WHITE",
                  "CMD-SET-METHOD-LAST",
                  "CMD-SET-MODULES",
                  "CMD-SET-NUMBER-STORED-AS-STRING",
                  "CMD-SET-ROW",
                  "CMD-SET-SECTIONS",
                  "CMD-SET-STORES",
                  "CMD-SET-TYPES",
                  "CMD-VALUE-*",
                  "ERR-ALL-OR-NOTHING",
                  "ERR-ALL-OR-NOTHING-MODULES",
                  "ERR-ENUM",
                  "ERR-NOT-A-NUMBER",
                  "ERR-RANGE",
                  "ERR-SET-UNKNOWN-MODULE",
                  "ERR-SET-UNKNOWN-SECTION",
                  "ERR-VALUE-OBJECT",
                  "SESS-DEAD-TOKEN-WRITES-NOTHING",
                  "CLIENT-LOGIN-AGAIN-SET",
                  "CLIENT-NIGHT-VISION",
                  "CLIENT-SET-AUDIO",
                  "CLIENT-SET-DETECTION",
                  "CLIENT-SET-IMAGE",
                  "CLIENT-SET-OSD",
                  "CLIENT-SET-SEVERAL",
                  "CLIENT-TEXT",
                  "CLIENT-WRONG-VALUE"},
       .wrap = answering([](const HttpRequest& r) { return hasMethod(r, "set"); }, codeReply(0))},
      {.name = "any-word-accepted",
       .sentence = "The sensitivity of motion detection takes any word.",
       .breaks = {"SETTING-MOTION-DETECTION-REFUSES"},
       .changeProfile =
           [](Profile& p) {
             ruleOf(p, "motion_detection", "motion_det", "sensitivity").allowed.clear();
           }},
      {.name = "any-number-accepted",
       .sentence = "The port of a multicast stream has no upper limit.",
       .breaks = {"SETTING-MULTICAST-REFUSES"},
       .changeProfile = [](Profile& p) { ruleOf(p, "multicast", "main", "port").maximum.reset(); }},
      {.name = "refused-value-stored",
       .sentence = "A place of the week that is off the picture is refused, and stored.",
       .breaks = {"SETTING-OSD-REFUSES"},
       .changeProfile = [](Profile& p) { ruleOf(p, "OSD", "week", "x_coor").maximum.reset(); },
       .wrap = editingAnswers([](const HttpRequest& request, Json& answer) {
         if (says(request, R"("week":{"x_coor":"10001"})")) answer.set("error_code", -62106);
       })},
      {.name = "read-only-section-written",
       .sentence = "device_info.basic_info can be written.",
       .breaks = {"SETTING-DEVICE-INFO-READ-ONLY"},
       .changeProfile =
           [](Profile& p) {
             sectionOf(p, "device_info", "basic_info").access = fixtures::Access::readWrite;
           }},
  };
}

}  // namespace stoklab::emulator
