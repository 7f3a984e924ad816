// What can be wrong with refusals.
#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;

namespace {

// The rule of one field.
fixtures::FieldRule& ruleOf(Profile& profile, std::string_view section, std::string_view field) {
  return sectionOf(profile, "image", section).rules.find(field)->second;
}

void setCode(Profile& profile, std::string_view kind, int code) {
  profile.badRequests.find(kind)->second.value.errorCode = code;
}

Condition commandThat(bool (*is)(std::string_view body)) {
  return [is](const HttpRequest& request) { return isCommand(request) && is(request.body); };
}

}  // namespace

std::vector<Fault> errorFaults() {
  return {
      {.name = "error-code-as-string",
       .sentence = "The error_code of an unknown module or action is a string.",
       .breaks = {"ERR-CODE-INTEGER", "ERR-UNKNOWN-MODULE", "ERR-UNKNOWN-SECTION",
                  "ERR-UNKNOWN-TABLE", "ERR-UNKNOWN-ACTION", "ERR-SET-UNKNOWN-MODULE",
                  "ERR-SET-UNKNOWN-SECTION", "ERR-BODY-NUL", "ERR-DUPLICATE-KEYS",
                  "CLIENT-UNKNOWN"},
       .wrap = replacingInAnswers(R"("error_code":-40106)", R"("error_code":"-40106")")},
      {.name = "unknown-succeeds",
       .sentence = "What the device does not have is answered with success.",
       .breaks = {"ERR-UNKNOWN-MODULE", "ERR-UNKNOWN-SECTION", "ERR-UNKNOWN-TABLE",
                  "ERR-UNKNOWN-ACTION", "ERR-SET-UNKNOWN-MODULE", "ERR-SET-UNKNOWN-SECTION",
                  "CLIENT-UNKNOWN"},
       .wrap = replacingInAnswers(R"("error_code":-40106)", R"("error_code":0)")},
      {.name = "unknown-module-code-wrong",
       .sentence = "An unknown module is answered with -40101.",
       .breaks = {"ERR-UNKNOWN-MODULE", "ERR-SET-UNKNOWN-MODULE", "CLIENT-UNKNOWN"},
       .changeProfile = [](Profile& p) { setCode(p, "module_unknown", -40101); }},
      {.name = "unknown-section-code-wrong",
       .sentence = "An unknown section or table is answered with -40101.",
       .breaks = {"ERR-UNKNOWN-SECTION", "ERR-UNKNOWN-TABLE", "ERR-SET-UNKNOWN-SECTION",
                  "CLIENT-UNKNOWN"},
       .changeProfile = [](Profile& p) { setCode(p, "section_unknown", -40101); }},
      {.name = "unknown-action-code-wrong",
       .sentence = "An unknown action is answered with -40101.",
       .breaks = {"ERR-UNKNOWN-ACTION", "CLIENT-UNKNOWN"},
       .changeProfile = [](Profile& p) { setCode(p, "action_unknown", -40101); }},
      {.name = "unknown-method-code-wrong",
       .sentence = "An unknown method is answered with -40106.",
       .breaks = {"ERR-UNKNOWN-METHOD"},
       .changeProfile = [](Profile& p) { setCode(p, "method_unknown", -40106); }},
      {.name = "unknown-field-stored",
       .sentence = "A field that a section does not have is stored.",
       .breaks = {"ERR-SET-UNKNOWN-FIELD"},
       .changeProfile =
           [](Profile& p) { sectionOf(p, "image", "switch").fields.set("no_such_field", ""); }},
      {.name = "enumeration-not-checked",
       .sentence = "The night vision preference takes any text.",
       .breaks = {"ERR-ENUM", "ERR-ENUM-KEEPS", "ERR-ALL-OR-NOTHING", "ERR-ALL-OR-NOTHING-MODULES",
                  "SETTING-IMAGE-REFUSES", "CLIENT-WRONG-VALUE"},
       .changeProfile =
           [](Profile& p) { ruleOf(p, "switch", "pre_night_vision_mode").allowed.clear(); }},
      {.name = "enumeration-code-wrong",
       .sentence = "A value outside its enumeration is refused with -40209.",
       .breaks = {"ERR-ENUM"},
       .changeProfile = [](Profile& p) { setCode(p, "value_not_allowed", -40209); }},
      {.name = "range-not-checked",
       .sentence = "The brightness takes any number.",
       .breaks = {"ERR-RANGE", "ERR-RANGE-KEEPS", "SETTING-IMAGE-REFUSES"},
       .changeProfile = [](Profile& p) { ruleOf(p, "common", "luma").maximum = 1'000'000; }},
      {.name = "number-not-checked",
       .sentence = "The brightness takes any text.",
       .breaks = {"ERR-RANGE", "ERR-RANGE-KEEPS", "ERR-NOT-A-NUMBER", "SETTING-IMAGE-REFUSES"},
       .changeProfile =
           [](Profile& p) {
             ruleOf(p, "common", "luma").minimum.reset();
             ruleOf(p, "common", "luma").maximum.reset();
           }},
      {.name = "object-accepted",
       .sentence = "An object in place of a string is answered with success.",
       .breaks = {"ERR-VALUE-OBJECT"},
       .wrap = answering(commandThat([](std::string_view body) {
                           return body.find(R"("pre_night_vision_mode":{)") !=
                                  std::string_view::npos;
                         }),
                         codeReply(0))},
      {.name = "empty-body-succeeds",
       .sentence = "An empty body is answered with success.",
       .breaks = {"ERR-BODY-EMPTY"},
       .wrap = answering(commandThat([](std::string_view body) { return body.empty(); }),
                         codeReply(0))},
      {.name = "no-json-succeeds",
       .sentence = "A command that is no JSON is answered with success.",
       .breaks = {"ERR-BODY-NOT-JSON", "ERR-BODY-CUT"},
       .wrap = answering(commandThat([](std::string_view body) {
                           return !body.empty() && body.find("[[[[") == std::string_view::npos &&
                                  body.size() < 10'000 && jsonOf(body).isNull();
                         }),
                         codeReply(0))},
      {.name = "no-object-succeeds",
       .sentence = "A JSON value that is no object is answered with success.",
       .breaks = {"ERR-BODY-ARRAY", "ERR-BODY-STRING"},
       .wrap = answering(commandThat([](std::string_view body) {
                           const Json json = jsonOf(body);
                           return !json.isNull() && !json.isObject();
                         }),
                         codeReply(0))},
      {.name = "missing-method-is-get",
       .sentence = "A request without a method is taken for a get.",
       .breaks = {"ERR-NO-METHOD"},
       .wrap = editingRequests([](const HttpRequest& request, std::string& body) {
         Json json = jsonOf(body);
         if (!isCommand(request) || !json.isObject() || json.find("method") != nullptr) return;
         json.set("method", "get");
         body = printJson(json);
       })},
      {.name = "number-for-method-is-get",
       .sentence = "A method that is a number is taken for a get.",
       .breaks = {"ERR-METHOD-NUMBER"},
       .wrap = editingRequests([](const HttpRequest&, std::string& body) {
         body = replaced(body, R"("method":1,)", R"("method":"get",)");
       })},
      {.name = "empty-module-succeeds",
       .sentence = "A get with an empty module is answered with an empty module.",
       .breaks = {"ERR-NEITHER-NAME-NOR-TABLE"},
       .wrap = answering(commandThat([](std::string_view body) {
                           return body == R"({"method":"get","image":{}})";
                         }),
                         jsonReply(R"({"image":{},"error_code":0})"))},
      {.name = "deep-json-crashes",
       .sentence = "JSON that nests deeply gets no answer.",
       .breaks = {"ERR-BODY-DEEP"},
       .wrap = droppingWhere(commandThat([](std::string_view body) {
         return body.find(std::string(200, '[')) != std::string_view::npos;
       }))},
      {.name = "zero-byte-crashes",
       .sentence = "A value with a zero byte gets no answer.",
       .breaks = {"ERR-BODY-NUL"},
       .wrap = droppingWhere(commandThat(
           [](std::string_view body) { return body.find("\\u0000") != std::string_view::npos; }))},
      {.name = "bad-utf8-crashes",
       .sentence = "A value that is no UTF-8 gets no answer.",
       .breaks = {"ERR-BODY-NOT-UTF8"},
       .wrap = droppingWhere(commandThat(
           [](std::string_view body) { return body.find('\xff') != std::string_view::npos; }))},
      {.name = "duplicate-key-crashes",
       .sentence = "A request with its method twice gets no answer.",
       .breaks = {"ERR-DUPLICATE-KEYS"},
       .wrap = droppingWhere(commandThat([](std::string_view body) {
         return body.find("\"method\"") != body.rfind("\"method\"");
       }))},
      {.name = "no-json-at-the-door-crashes",
       .sentence = "A body that is no JSON gets no answer without a session.",
       .breaks = {"ERR-LOGIN-NOT-JSON"},
       .wrap = droppingWhere([](const HttpRequest& request) {
         return request.method == "POST" && request.target == "/" && jsonOf(request.body).isNull();
       })},
      {.name = "long-body-accepted",
       .sentence = "A body of four megabytes is answered with success.",
       .breaks = {"ERR-BODY-LONG"},
       .changeServer = [](ServerOptions& s) { s.limits.maxBodyBytes = 8U * 1024 * 1024; },
       .wrap = answering(
           commandThat([](std::string_view body) { return body.size() > 2U * 1024 * 1024; }),
           codeReply(0))},
      {.name = "module-text-is-name",
       .sentence = "A text for a module is taken for the name of a section.",
       .breaks = {"ERR-MODULE-STRING"},
       .wrap = editingRequests([](const HttpRequest&, std::string& body) {
         body = replaced(body, R"("image":"switch")", R"("image":{"name":"switch"})");
       })},
      {.name = "number-for-name-succeeds",
       .sentence = "A get whose name is a number is answered with success.",
       .breaks = {"ERR-NAME-NUMBER"},
       .wrap = answering(commandThat([](std::string_view body) {
                           return body.find(R"("name":1})") != std::string_view::npos;
                         }),
                         codeReply(0))},
      {.name = "get-of-nothing-succeeds",
       .sentence = "A get without a module is answered with success.",
       .breaks = {"ERR-NO-MODULE"},
       .wrap = answering(
           commandThat([](std::string_view body) { return body == R"({"method":"get"})"; }),
           codeReply(0))},
      {.name = "code-in-wrong-place",
       .sentence = "The code of an unknown action stands in data, not at the top.",
       .breaks = {"CLIENT-UNKNOWN", "ERR-CODE-INTEGER", "ERR-UNKNOWN-ACTION"},
       .wrap = editingAnswers([](const HttpRequest& request, Json& answer) {
         const Json* code = answer.find("error_code");
         if (!hasMethod(request, "do") || code == nullptr || *code != Json(-40106)) return;
         answer.erase("error_code");
         answer.set("data", Json::object({{"code", -40106}}));
       })},
  };
}

}  // namespace stoklab::emulator
