#include "request_body.h"

#include <utility>

#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {
constexpr std::size_t kMaxJsonDepth = 32;
}  // namespace

Checked<RequestBody> readRequestBody(std::string_view body) {
  if (body.empty()) return Refusal{.kind = "body_empty"};
  auto parsed = protocol::parseJson(body, {.maxDepth = kMaxJsonDepth});
  if (!parsed)
    return Refusal{.kind = protocol::jsonDepth(body) > kMaxJsonDepth ? "json_too_deep"
                                                                     : "body_not_json"};
  if (!parsed->isObject()) return Refusal{.kind = "body_not_object"};
  const Json* name = parsed->find("method");
  if (name == nullptr) return Refusal{.kind = "method_missing"};
  if (name->string() == nullptr) return Refusal{.kind = "method_not_string"};
  const auto method = protocol::methodFromText(protocol::percentDecode(*name->string()));
  if (!method) return Refusal{.kind = "method_unknown"};
  RequestBody request{.method = *method};
  request.modules = *std::move(parsed);
  request.modules.erase("method");
  for (auto& member : *request.modules.members())
    member.value = protocol::decodeStrings(std::move(member.value));
  if (request.modules.size() == 0) return Refusal{.kind = "module_missing"};
  return request;
}

}  // namespace stoklab::emulator
