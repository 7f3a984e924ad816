// What puts off a client more than a judge who looks at single answers: defects of several parts at
// once, and of settings that hardly anybody reads back.
#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;
using protocol::JsonMember;

namespace {

// Takes the names off the rows of OSD.label_info.
void dropLabelNames(const HttpRequest& request, Json& answer) {
  if (!hasMethod(request, "get")) return;
  Json* overlay = answer.find("OSD");
  Json* table = overlay == nullptr ? nullptr : overlay->find("label_info");
  if (table == nullptr || !table->isArray()) return;
  for (Json& row : *table->elements()) {
    if (!row.isObject() || row.size() != 1) continue;
    Json fields = row.members()->front().value;
    row = std::move(fields);
  }
}

Fault::Wrap forgettingSetsOf(std::string_view field) {
  return answering([=](const HttpRequest& r) { return hasMethod(r, "set") && says(r, field); },
                   codeReply(0));
}

}  // namespace

std::vector<Fault> clientFaults() {
  return {
      {.name = "dead-token-looks-alive",
       .sentence = "An unknown token is answered with HTTP status 200 and error_code -1.",
       .breaks = {"SESS-DEAD-TOKEN-STATUS", "SESS-DEAD-TOKEN-CODE", "CLIENT-LOGIN-AGAIN",
                  "CLIENT-LOGIN-AGAIN-SET", "CLIENT-UNKNOWN-TOKEN", "CLIENT-DEAD-TWICE",
                  "CLIENT-EXPIRY"},
       .changeProfile =
           [](Profile& p) {
             p.authentication.deadTokenStatus.value = 200;
             p.authentication.deadTokenErrorCode.value = -1;
           }},
      {.name = "root-page-is-refusal",
       .sentence = "GET / is refused with error_code -40106.",
       .breaks = {"HTTP-ROOT-PAGE", "CLIENT-NOT-A-REPLY"},
       .wrap = answering([](const HttpRequest& r) { return r.method == "GET" && r.target == "/"; },
                         codeReply(-40106))},
      {.name = "rows-without-names",
       .sentence = "The rows of OSD.label_info stand in it without their names.",
       .breaks = {"CMD-GET-TABLE", "CMD-GET-TABLE-LIST", "CMD-GET-NAME-AND-TABLE",
                  "SETTING-OSD-SHAPE", "CLIENT-GET-TABLE"},
       .wrap = editingAnswers(dropLabelNames)},
      {.name = "noise-setting-not-stored",
       .sentence = "A set of the noise cancelling of the microphone succeeds, and is forgotten.",
       .breaks = {"SETTING-AUDIO-CONFIG-ACCEPTS", "SETTING-AUDIO-CONFIG-REFUSES",
                  "CLIENT-SET-AUDIO"},
       .wrap = forgettingSetsOf("\"noise_cancelling\"")},
      {.name = "light-setting-not-stored",
       .sentence = "A set of the status light succeeds, and is forgotten.",
       .breaks = {"SETTING-LED-ACCEPTS", "SETTING-LED-REFUSES", "CLIENT-SET-DETECTION"},
       .wrap = forgettingSetsOf("\"led\"")},
  };
}

}  // namespace stoklab::emulator
