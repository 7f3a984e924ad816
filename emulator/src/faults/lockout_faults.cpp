// What can be wrong with the lock after too many wrong passwords.
#include <atomic>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

// Every answer of a locked device promises a second more than the one before.
Fault::Wrap growingSeconds() {
  return aroundEach([]() -> Step {
    return [grown = std::make_shared<std::atomic<int>>(900)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      HttpReply reply = inside.handle(request, peer);
      Json answer = jsonOf(reply.body);
      Json* data = answer.find("data");
      if (data == nullptr || data->find("sec_left") == nullptr) return reply;
      data->set("sec_left", ++*grown);
      reply.body = printJson(answer);
      return reply;
    };
  });
}

Json* lockedData(Json& answer) {
  Json* data = answer.find("data");
  return data != nullptr && data->find("sec_left") != nullptr ? data : nullptr;
}

}  // namespace

std::vector<Fault> lockoutFaults() {
  return {
      {.name = "lock-does-not-hold",
       .sentence = "The lock is over as soon as it is on.",
       .breaks = {"LOCK-AFTER-MAX", "LOCK-SECONDS-LEFT", "LOCK-CORRECT-PASSWORD", "LOCK-NO-TOKEN",
                  "CLIENT-LOCKED"},
       .lapse = [](Lapses& l) { l.lockTime = std::chrono::seconds(0); }},
      {.name = "lock-forgives-right-password",
       .sentence = "The right password opens a locked device.",
       .breaks = {"LOCK-CORRECT-PASSWORD", "LOCK-NO-TOKEN"},
       .lapse = [](Lapses& l) { l.lockForgives = true; }},
      {.name = "lock-too-long",
       .sentence = "The lock lasts an hour.",
       .breaks = {"LOCK-SECONDS-LEFT"},
       .lapse = [](Lapses& l) { l.lockTime = std::chrono::hours(1); }},
      {.name = "lock-never-ends",
       .sentence = "The seconds left of a lock run down, and it is still on.",
       .breaks = {"LOCK-ENDS"},
       .lapse = [](Lapses& l) { l.lockStays = true; }},
      {.name = "lock-one-too-early",
       .sentence = "The device locks two attempts before it says.",
       .breaks = {"LOCK-NOT-BEFORE", "LOCK-ATTEMPTS-REACH-ONE"},
       .wrap = editingAnswers([](const HttpRequest&, Json& answer) {
         Json* data = answer.find("data");
         if (data == nullptr) return;
         for (const char* name : {"time", "max_time"}) {
           const Json* number = data->find(name);
           if (number != nullptr && number->integer() != nullptr)
             data->set(name, *number->integer() + 2);
         }
       })},
      {.name = "lock-seconds-missing",
       .sentence = "A locked device does not say for how long.",
       .breaks = {"LOCK-SECONDS-LEFT", "CLIENT-LOCKED"},
       .wrap = editingAnswers([](const HttpRequest&, Json& answer) {
         if (Json* data = lockedData(answer)) data->erase("sec_left");
       })},
      {.name = "lock-seconds-grow",
       .sentence = "The seconds left of a lock become more.",
       .breaks = {"LOCK-COUNTS-DOWN"},
       .wrap = growingSeconds()},
      {.name = "lock-with-token",
       .sentence = "A locked device gives out a token.",
       .breaks = {"LOCK-NO-TOKEN"},
       .wrap = editingAnswers([](const HttpRequest&, Json& answer) {
         if (lockedData(answer) != nullptr) answer.set("stok", "0123456789abcdef0123456789abcdef");
       })},
  };
}

}  // namespace stoklab::emulator
