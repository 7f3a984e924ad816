// What can be wrong with a set, an add and a delete.
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;
using protocol::JsonMember;

namespace {

// Sends each section of a set as a request of its own, so that the good ones are written although
// another is refused.
enum class Split { modules, sections };
Fault::Wrap splitting(Split split) {
  return around([split](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
    if (!hasMethod(request, "set")) return inside.handle(request, peer);
    const Json body = jsonOf(request.body);
    std::optional<HttpReply> refused;
    HttpReply last;
    const auto send = [&](const std::string& module, const Json& sections) {
      const std::string part = printJson(Json::object({{"method", "set"}, {module, sections}}));
      last = inside.handle(withBody(request, part), peer);
      if (!refused && codeOf(last) != 0) refused = last;
    };
    for (const JsonMember& module : *body.members()) {
      if (module.key == "method") continue;
      if (split == Split::modules || !module.value.isObject()) {
        send(module.key, module.value);
        continue;
      }
      for (const JsonMember& section : *module.value.members())
        send(module.key, Json::object({{section.key, section.value}}));
    }
    return refused.value_or(last);
  });
}

// Carries out only the first module, or the first section of each module, of a set.
Fault::Wrap cuttingSets(Split split) {
  return editingRequests([split](const HttpRequest& request, std::string& text) {
    if (!hasMethod(request, "set")) return;
    Json body = jsonOf(text);
    if (split == Split::modules) {
      bool first = true;
      std::erase_if(*body.members(), [&](const JsonMember& member) {
        return member.key != "method" && !std::exchange(first, false);
      });
    } else {
      for (JsonMember& module : *body.members())
        if (auto* sections = module.value.members(); sections != nullptr && sections->size() > 1)
          sections->erase(sections->begin() + 1, sections->end());
    }
    text = printJson(body);
  });
}

// After a set that names `what`, another one, with one of two values in turn.
Fault::Wrap touching(std::string_view what, std::string_view one, std::string_view other) {
  return aroundEach([=]() -> Step {
    return [=, turn = std::make_shared<std::atomic<bool>>(false)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      HttpReply reply = inside.handle(request, peer);
      if (hasMethod(request, "set") && says(request, what) && codeOf(reply) == 0)
        inside.handle(withBody(request, turn->exchange(!turn->load()) ? one : other), peer);
      return reply;
    };
  });
}

Fault::Wrap answeringMethod(std::string_view method, int refusedWith) {
  return editingAnswers([=](const HttpRequest& request, Json& answer) {
    const Json* code = answer.find("error_code");
    if (hasMethod(request, method) && code != nullptr && *code == Json(refusedWith))
      answer.set("error_code", 0);
  });
}

// Answers a delete at once, and carries it out before the next add or delete.
Fault::Wrap deletingLate() {
  struct Waiting {
    std::mutex mutex;
    std::string target, body;  // of the delete; empty if none waits
  };
  return aroundEach([]() -> Step {
    return [waiting = std::make_shared<Waiting>()](Endpoint& inside, const HttpRequest& request,
                                                   const Peer& peer) {
      const bool isDelete = hasMethod(request, "delete");
      if (!isDelete && !hasMethod(request, "add")) return inside.handle(request, peer);
      const std::lock_guard lock(waiting->mutex);
      if (!waiting->body.empty())
        inside.handle(withBody(withTarget(request, waiting->target), waiting->body), peer);
      waiting->body.clear();
      if (!isDelete) return inside.handle(request, peer);
      waiting->target = request.target;
      waiting->body = request.body;
      return codeReply(0);
    };
  });
}

void echo(const HttpRequest& request, Json& answer) {
  if (!hasMethod(request, "set")) return;
  const Json body = jsonOf(request.body);
  for (const JsonMember& member : *body.members())
    if (member.key != "method") answer.set(member.key, member.value);
}

// The part of a set, or of the answer to a get, that is about one section; nullptr if none is.
Json* sectionIn(Json& json, std::string_view module, std::string_view section) {
  Json* found = json.find(module);
  return found == nullptr ? nullptr : found->find(section);
}

// A section remembers something about the set that wrote it last, and shows it in every answer.
Fault::Wrap branding(std::string_view module, std::string_view section,
                     bool (*brands)(const Json& written), void (*show)(Json& fields)) {
  return aroundEach([=]() -> Step {
    return [=, branded = std::make_shared<std::atomic<bool>>(false)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      HttpReply reply = inside.handle(request, peer);
      Json body = jsonOf(request.body);
      Json answer = jsonOf(reply.body);
      if (hasMethod(request, "set") && codeOf(reply) == 0)
        if (const Json* written = sectionIn(body, module, section)) *branded = brands(*written);
      Json* fields = sectionIn(answer, module, section);
      if (!hasMethod(request, "get") || fields == nullptr || !*branded) return reply;
      show(*fields);
      reply.body = printJson(answer);
      return reply;
    };
  });
}

bool writesNumber(const Json& written) {
  const Json* volume = written.find("volume");
  return volume != nullptr && volume->integer() != nullptr;
}

void showNumber(Json& fields) {
  const Json* volume = fields.find("volume");
  if (volume == nullptr || volume->string() == nullptr) return;
  fields.set("volume", jsonOf(*volume->string()));
}

bool namesTypes(const Json& written) { return written.find("types") != nullptr; }

void showTypes(Json& fields) { fields.set("types", Json::array({"pre_night_vision_mode"})); }

}  // namespace

std::vector<Fault> writeFaults() {
  return {
      {.name = "set-answer-echoes",
       .sentence = "A set is answered with the fields that it wrote.",
       .breaks = {"CMD-SET-ANSWER"},
       .wrap = editingAnswers(echo)},
      {.name = "set-not-stored",
       .sentence = "Every set of the night vision preference succeeds, and is forgotten.",
       .breaks = {"CMD-SET-STORES",        "CMD-SET-METHOD-LAST",
                  "CMD-SET-SECTIONS",      "CMD-SET-MODULES",
                  "CMD-SET-TYPES",         "CMD-NIGHT-HUMAN-COLOR",
                  "CMD-NIGHT-WHITE",       "ERR-ENUM",
                  "ERR-ALL-OR-NOTHING",    "ERR-ALL-OR-NOTHING-MODULES",
                  "ERR-VALUE-OBJECT",      "SESS-DEAD-TOKEN-WRITES-NOTHING",
                  "SETTING-IMAGE-ACCEPTS", "SETTING-IMAGE-COUPLING",
                  "SETTING-IMAGE-REFUSES", "CLIENT-LOGIN-AGAIN-SET",
                  "CLIENT-NIGHT-VISION",   "CLIENT-SET-IMAGE",
                  "CLIENT-SET-SEVERAL",    "CLIENT-WRONG-VALUE"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return hasMethod(r, "set") && says(r, "\"pre_night_vision_mode\"");
           },
           codeReply(0))},
      {.name = "same-value-refused",
       .sentence = "A set to the value that a field has already is refused.",
       .breaks = {"CMD-SET-SAME-VALUE"},
       .wrap = around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
         const auto look = [&] {
           return inside
               .handle(withBody(request, R"({"method":"get","image":{"name":"switch"}})"), peer)
               .body;
         };
         if (!says(request, R"({"switch":{"pre_night_vision_mode":)") || !hasMethod(request, "set"))
           return inside.handle(request, peer);
         const std::string before = look();
         HttpReply reply = inside.handle(request, peer);
         return codeOf(reply) == 0 && look() == before ? codeReply(-40209) : reply;
       })},
      {.name = "neighbour-field-changes",
       .sentence = "A set of the night vision preference changes the flicker, too.",
       .breaks = {"CMD-SET-LEAVES-REST"},
       .wrap = touching("\"pre_night_vision_mode\"",
                        R"({"method":"set","image":{"switch":{"flicker":"50hz"}}})",
                        R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})")},
      {.name = "neighbour-row-changes",
       .sentence = "A set of one row of OSD.label_info changes another.",
       .breaks = {"CMD-SET-ROW-LEAVES-REST"},
       .wrap =
           touching("\"label_info_1\"", R"({"method":"set","OSD":{"label_info_2":{"text":"one"}}})",
                    R"({"method":"set","OSD":{"label_info_2":{"text":"two"}}})")},
      {.name = "row-not-found",
       .sentence = "A row of a table cannot be set by its name.",
       .breaks = {"CMD-SET-ROW", "CMD-VALUE-ROUND-TRIP", "CMD-VALUE-UPPER-HEX",
                  "CMD-VALUE-DECODED-ONCE", "CMD-VALUE-PLUS", "CMD-VALUE-UNENCODED",
                  "CMD-VALUE-UTF8", "SETTING-OSD-ACCEPTS", "CLIENT-SET-OSD", "CLIENT-TEXT"},
       .wrap = answering(
           [](const HttpRequest& r) { return hasMethod(r, "set") && says(r, "\"label_info_1\""); },
           codeReply(-40106))},
      {.name = "set-cut-to-first-section",
       .sentence = "Of several sections in a set only the first is written.",
       .breaks = {"CMD-SET-SECTIONS", "CMD-SET-ABANDONED", "ERR-ALL-OR-NOTHING",
                  "CLIENT-SET-SEVERAL"},
       .wrap = cuttingSets(Split::sections)},
      {.name = "set-cut-to-first-module",
       .sentence = "Of several modules in a set only the first is written.",
       .breaks = {"CMD-SET-MODULES", "ERR-ALL-OR-NOTHING-MODULES", "CLIENT-SET-SEVERAL"},
       .wrap = cuttingSets(Split::modules)},
      {.name = "set-half-written",
       .sentence = "A set that is refused has written what stands before the bad field.",
       .breaks = {"ERR-ALL-OR-NOTHING", "ERR-ALL-OR-NOTHING-MODULES"},
       .wrap = splitting(Split::sections)},
      {.name = "modules-written-one-by-one",
       .sentence = "A set of several modules writes the good ones although one is refused.",
       .breaks = {"ERR-ALL-OR-NOTHING-MODULES"},
       .wrap = splitting(Split::modules)},
      {.name = "types-refused",
       .sentence = "A set with the member types is refused.",
       .breaks = {"CMD-SET-TYPES"},
       .wrap =
           answering([](const HttpRequest& r) { return says(r, "\"types\""); }, codeReply(-40101))},
      {.name = "number-refused",
       .sentence = "A JSON number in a set is refused.",
       .breaks = {"CMD-SET-NUMBER"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return hasMethod(r, "set") && (says(r, "\"volume\":6") || says(r, "\"luma\":6"));
           },
           codeReply(-40209))},
      {.name = "state-can-be-written",
       .sentence = "night_vision_mode can be written, as on older firmware.",
       .breaks = {"CMD-NIGHT-STATE-READ-ONLY", "CMD-NIGHT-STATE-KEPT", "SETTING-IMAGE-READ-ONLY"},
       .changeProfile =
           [](Profile& p) {
             sectionOf(p, "image", "switch").rules.find("night_vision_mode")->second.readOnly =
                 false;
           }},
      {.name = "coupling-missing",
       .sentence = "The state of night vision does not follow its preference.",
       .breaks = {"CMD-NIGHT-HUMAN-COLOR", "CMD-NIGHT-WHITE", "SETTING-IMAGE-COUPLING"},
       .changeProfile = [](Profile& p) { sectionOf(p, "image", "switch").couplings.clear(); }},
      {.name = "coupling-wrong",
       .sentence = "The white light is taken for infrared.",
       .breaks = {"CMD-NIGHT-WHITE", "SETTING-IMAGE-COUPLING"},
       .changeProfile =
           [](Profile& p) {
             for (auto& coupling : sectionOf(p, "image", "switch").couplings)
               for (auto& [when, state] : coupling.map)
                 if (state == "wtl_night_vision") state = "inf_night_vision";
           }},
      {.name = "add-not-stored",
       .sentence = "An add succeeds, and no row appears.",
       .breaks = {"CMD-ADD-ROW", "CMD-ADD-EXISTING", "CMD-DELETE-ROW", "CLIENT-ROWS"},
       .wrap = answering([](const HttpRequest& r) { return hasMethod(r, "add"); }, codeReply(0))},
      {.name = "add-existing-accepted",
       .sentence = "An add of a row that exists already is answered with success.",
       .breaks = {"CMD-ADD-EXISTING"},
       .wrap = answeringMethod("add", -40203)},
      {.name = "delete-comes-late",
       .sentence = "A delete succeeds, but is carried out with the next add or delete only.",
       .breaks = {"CMD-DELETE-ROW", "CMD-DELETE-MISSING", "CLIENT-ROWS"},
       .wrap = deletingLate()},
      {.name = "delete-missing-accepted",
       .sentence = "A delete of a row that does not exist is answered with success.",
       .breaks = {"CMD-DELETE-MISSING"},
       .wrap = answeringMethod("delete", -40205)},
      {.name = "number-stays-number",
       .sentence = "A volume that was set as a JSON number is read as one.",
       .breaks = {"CMD-SET-NUMBER-STORED-AS-STRING"},
       .wrap = branding("audio_config", "speaker", writesNumber, showNumber)},
      {.name = "types-stored",
       .sentence = "The member types of a set is stored, and shown by the next get.",
       .breaks = {"CMD-SET-TYPES-NOT-STORED"},
       .wrap = branding("image", "switch", namesTypes, showTypes)},
      {.name = "set-then-dropped",
       .sentence = "A set of the brightness is carried out, and the connection dropped.",
       .breaks = {"CMD-SET-SECTIONS", "CMD-SET-ABANDONED", "SETTING-IMAGE-ACCEPTS",
                  "CLIENT-SET-IMAGE", "CLIENT-SET-SEVERAL", "CLIENT-IMAGE-WRITES"},
       .wrap = around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
         HttpReply reply = inside.handle(request, peer);
         if (hasMethod(request, "set") && says(request, "\"luma\"") && codeOf(reply) == 0)
           reply.afterwards = Afterwards::drop;
         return reply;
       })},
      {.name = "cut-set-carried-out",
       .sentence = "A request that ends too early is filled up with spaces and carried out.",
       .breaks = {"CMD-SET-CUT"},
       .changeServer = [](ServerOptions& s) { s.lapses.servesCutBodies = true; }},
  };
}

}  // namespace stoklab::emulator
