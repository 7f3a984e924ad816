// What can be wrong with the answer to a get.
#include <algorithm>
#include <atomic>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;
using protocol::JsonMember;

namespace {

// Calls `edit` for each module of an answer to a get.
Fault::Wrap editingModules(void (*edit)(const std::string& module, Json& sections)) {
  return editingAnswers([edit](const HttpRequest& request, Json& answer) {
    if (!hasMethod(request, "get")) return;
    for (JsonMember& member : *answer.members())
      if (member.value.isObject() && member.key != "data") edit(member.key, member.value);
  });
}

// A table as one object with all rows in it.
void joinRows(const std::string& module, Json& sections) {
  if (module != "OSD") return;
  for (JsonMember& section : *sections.members()) {
    const auto* rows = section.value.elements();
    if (rows == nullptr || rows->empty()) continue;
    Json joined = Json::object();
    for (const Json& row : *rows)
      for (const JsonMember& member : *row.members()) joined.set(member.key, member.value);
    section.value = std::move(joined);
  }
}

void emptyTablesAsObjects(const std::string&, Json& sections) {
  for (JsonMember& section : *sections.members())
    if (section.value.isArray() && section.value.size() == 0) section.value = Json::object();
}

void addMeta(const std::string&, Json& sections) {
  for (JsonMember& section : *sections.members())
    if (section.value.isObject()) section.value.set(".type", section.key);
}

void sortSections(const std::string&, Json& sections) {
  auto& members = *sections.members();
  std::sort(members.begin(), members.end(),
            [](const JsonMember& a, const JsonMember& b) { return a.key < b.key; });
}

void firstSectionOnly(const std::string&, Json& sections) {
  auto& members = *sections.members();
  if (members.size() > 1) members.erase(members.begin() + 1, members.end());
}

void levelAsNumber(const std::string& module, Json& sections) {
  Json* level = sections.find("switch");
  if (module == "image" && level != nullptr) level->set("wtl_intensity_level", 3);
}

void clockAsText(const std::string& module, Json& sections) {
  Json* clock = sections.find("clock_status");
  if (module != "system" || clock == nullptr) return;
  const Json* seconds = clock->find("seconds_from_1970");
  clock->set("seconds_from_1970", protocol::printJson(*seconds));
}

void firstModuleOnly(const HttpRequest& request, Json& answer) {
  if (!hasMethod(request, "get")) return;
  auto& members = *answer.members();
  bool first = true;
  std::erase_if(members, [&](const JsonMember& member) {
    return member.value.isObject() && !std::exchange(first, false);
  });
}

// The fields of a section stand in their order in every other answer only.
Fault::Wrap turningFields() {
  return aroundEach([]() -> Step {
    return [turned = std::make_shared<std::atomic<bool>>(false)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      HttpReply reply = inside.handle(request, peer);
      Json answer = jsonOf(reply.body);
      const bool section = says(request, R"("name":"switch")");
      Json* fields = answer.find("image");
      if (fields != nullptr) fields = fields->find("switch");
      if (!section || fields == nullptr || turned->exchange(!turned->load())) return reply;
      std::reverse(fields->members()->begin(), fields->members()->end());
      reply.body = printJson(answer);
      return reply;
    };
  });
}

}  // namespace

std::vector<Fault> readFaults() {
  return {
      {.name = "table-as-object",
       .sentence = "A table of OSD is one object with all rows in it.",
       .breaks = {"CMD-GET-TABLE", "CMD-GET-TABLE-LIST", "CMD-GET-NAME-AND-TABLE",
                  "SETTING-OSD-SHAPE"},
       .wrap = editingModules(joinRows)},
      {.name = "empty-table-as-object",
       .sentence = "An empty table is an empty object.",
       .breaks = {"CMD-GET-EMPTY-TABLE", "SETTING-SYSTEM-SHAPE", "SETTING-USER-MANAGEMENT-SHAPE"},
       .wrap = editingModules(emptyTablesAsObjects)},
      {.name = "meta-members",
       .sentence = "Sections hold a member .type, as old firmware does.",
       .breaks = {"CMD-GET-NO-META"},
       .wrap = editingModules(addMeta)},
      {.name = "sections-sorted",
       .sentence = "The sections of an answer stand in alphabetical order.",
       .breaks = {"CMD-GET-LIST-ORDER"},
       .wrap = editingModules(sortSections)},
      {.name = "list-cut-to-first",
       .sentence = "Of a list of names only the first is answered.",
       .breaks = {"CMD-GET-LIST", "CMD-GET-LIST-ORDER", "CMD-GET-NAME-AND-TABLE",
                  "CLIENT-GET-SEVERAL"},
       .wrap = editingModules(firstSectionOnly)},
      {.name = "modules-cut-to-first",
       .sentence = "Of several modules only the first is answered.",
       .breaks = {"CMD-GET-MODULES", "CLIENT-GET-SEVERAL"},
       .wrap = editingAnswers(firstModuleOnly)},
      {.name = "number-for-string",
       .sentence = "A field of image.switch that holds a number is a JSON number.",
       .breaks = {"CMD-GET-STRINGS", "SETTING-IMAGE-TYPES"},
       .wrap = editingModules(levelAsNumber)},
      {.name = "string-for-live-number",
       .sentence = "The seconds of the clock are a string.",
       .breaks = {"CMD-GET-LIVE-NUMBER", "SETTING-SYSTEM-TYPES"},
       .wrap = editingModules(clockAsText)},
      {.name = "order-of-fields-changes",
       .sentence = "The fields of image.switch change their order from answer to answer.",
       .breaks = {"CMD-GET-SAME-TWICE"},
       .wrap = turningFields()},
      {.name = "answer-not-mirrored",
       .sentence = "The answer to a get holds a member that nobody asked for.",
       .breaks = {"CMD-GET-MIRROR"},
       .wrap = editingAnswers([](const HttpRequest& request, Json& answer) {
         if (hasMethod(request, "get")) answer.set("result", "ok");
       })},
      {.name = "field-missing",
       .sentence = "image.switch lacks the field flicker.",
       .breaks = {"CMD-GET-SWITCH-FIELDS", "SETTING-IMAGE-SHAPE"},
       .changeProfile =
           [](Profile& p) {
             auto& section = sectionOf(p, "image", "switch");
             section.fields.erase("flicker");
             section.rules.erase("flicker");
           }},
      {.name = "night-value-unknown",
       .sentence = "The infrared state is called ir_night_vision.",
       .breaks = {"CMD-GET-NIGHT-VALUES", "CMD-NIGHT-INFRARED", "SETTING-IMAGE-COUPLING",
                  "SETTING-IMAGE-VALUES"},
       .wrap = replacingInAnswers("inf_night_vision", "ir_night_vision")},
      {.name = "method-must-be-first",
       .sentence = "A request whose method is not its first member is refused.",
       .breaks = {"CMD-GET-METHOD-LAST", "CMD-SET-METHOD-LAST", "AUTH-CHALLENGE-METHOD-LAST",
                  "AUTH-LOGIN-METHOD-LAST"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return r.method == "POST" && r.body.starts_with('{') &&
                    !r.body.starts_with(R"({"method")");
           },
           codeReply(-40210))},
      {.name = "single-name-refused",
       .sentence = "A get of device_info by one name is refused; only a list is understood.",
       .breaks = {"CMD-GET-STRING"},
       .wrap = answering([](const HttpRequest& r) { return says(r, R"("device_info":{"name":")"); },
                         codeReply(-40209))},
      {.name = "member-twice",
       .sentence = "The user id stands twice in its answer, with different values.",
       .breaks = {"CMD-ANSWER-NO-DUPLICATES"},
       .wrap = replacingInAnswers("\"user_id\":", "\"user_id\":0,\"user_id\":")},
  };
}

}  // namespace stoklab::emulator
