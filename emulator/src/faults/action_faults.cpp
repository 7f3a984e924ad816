// What can be wrong with actions.
#include <algorithm>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Condition acting(std::string_view action) {
  return
      [=](const HttpRequest& request) { return hasMethod(request, "do") && says(request, action); };
}

}  // namespace

std::vector<Fault> actionFaults() {
  return {
      {.name = "user-id-as-string",
       .sentence = "The user id is a string.",
       .breaks = {"CMD-DO-USER-ID", "CMD-DO-NULL-TEXT", "CLIENT-ACTION"},
       .wrap = editingAnswers([](const HttpRequest&, Json& answer) {
         Json* system = answer.find("system");
         if (system != nullptr && system->find("user_id") != nullptr) system->set("user_id", "1");
       })},
      {.name = "text-null-refused",
       .sentence = "An action refuses the text null as its argument.",
       .breaks = {"CMD-DO-NULL-TEXT", "SESS-LOGOUT-ANSWER", "SESS-LOGOUT-ENDS", "CLIENT-LOGOUT"},
       .wrap = answering(acting(":\"null\"}"), codeReply(-40209))},
      {.name = "alarm-unknown",
       .sentence = "The manual alarm is not known.",
       .breaks = {"CMD-DO-ALARM"},
       .wrap = answering(acting("\"manual_msg_alarm\""), codeReply(-40106))},
      {.name = "alarm-does-not-stop",
       .sentence = "The manual alarm cannot be stopped.",
       .breaks = {"CMD-DO-ALARM"},
       .wrap = answering(acting(R"("action":"stop")"), codeReply(-40209))},
      {.name = "reboot-without-answer",
       .sentence = "The device is gone before it has answered a reboot.",
       .breaks = {"CMD-DO-REBOOT", "SESS-REBOOT-ENDS"},
       .wrap = around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
         HttpReply reply = inside.handle(request, peer);
         if (acting("\"reboot\"")(request)) reply.afterwards = Afterwards::drop;
         return reply;
       })},
      {.name = "reboot-refused",
       .sentence = "A reboot is refused.",
       .breaks = {"CMD-DO-REBOOT", "SESS-REBOOT-ENDS"},
       .wrap = answering(acting("\"reboot\""), codeReply(-40106))},
  };
}

}  // namespace stoklab::emulator
