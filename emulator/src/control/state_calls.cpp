#include <algorithm>
#include <string>
#include <vector>

#include "control/arguments.h"
#include "control/handlers.h"
#include "journal/masking.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/envelope.h"

namespace stoklab::emulator {

using protocol::ErrorKind;
using protocol::Json;

namespace {

constexpr std::size_t kDeepest = 4;  // module, table, row, field

// {"image","switch","flicker"} of "image.switch.flicker"; empty for what is no path.
std::vector<std::string> splitPath(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find('.');
    parts.emplace_back(text.substr(0, end));
    if (parts.back().empty() || parts.size() > kDeepest) return {};
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The fields that a patch names: "image.switch.flicker".
void addLeaves(const Json& value, const std::string& path, std::size_t depth, Json& leaves) {
  const Json::Object* members = value.members();
  if (members == nullptr || depth == kDeepest) {
    leaves.push(path);
    return;
  }
  for (const auto& [key, inner] : *members)
    addLeaves(inner, path.empty() ? key : path + "." + key, depth + 1, leaves);
}

Json changedBy(const Json& modules) {
  Json leaves = Json::array();
  addLeaves(modules, {}, 0, leaves);
  return Json::object({{"changed", std::move(leaves)}});
}

}  // namespace

ControlAnswer getState(ControlState& state, const ControlCall& call) {
  const std::string text = textOf(call.query, "path");
  const auto path = text.empty() ? std::vector<std::string>() : splitPath(text);
  if (path.empty() && !text.empty())
    return refuse(400, "bad_path",
                  "a path is names with dots between them, four at most: image.switch.flicker");
  return withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    auto value = device.read(path);
    if (!value) return refuse(404, "no_such_setting", value.error().detail);
    if (state.reveal == Reveal::nothing)
      value = Masker(call.camera->profile().get()).settings(path, *value);
    return {.body = Json::object({{"path", text}, {"value", *std::move(value)}})};
  });
}

ControlAnswer patchState(ControlState&, const ControlCall& call) {
  ControlAnswer answer = withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    if (auto done = device.patch(call.body); !done)
      return refuse(422, "no_such_setting", done.error().detail);
    return {.body = changedBy(call.body)};
  });
  if (answer.status == 200) call.camera->journal().recordEvent("state_patched", answer.body);
  return answer;
}

ControlAnswer changeState(ControlState&, const ControlCall& call) {
  const std::string word = textOf(call.body, "method");
  const auto method = word.empty() ? protocol::Method::set : *protocol::methodFromText(word);
  const Json& modules = *call.body.find("modules");
  ControlAnswer answer = withDevice(*call.camera, [&](DeviceControl& device) -> ControlAnswer {
    auto done = device.change(method, modules);
    if (done) return {.body = Json::object({{"error_code", 0}})};
    ControlAnswer refused = refuse(422, "refused", protocol::describe(done.error()));
    if (done.error().deviceCode) {
      refused.body.find("error")->set("device_code", *done.error().deviceCode);
      refused.body.set("device_code", *done.error().deviceCode);
    }
    return refused;
  });
  if (answer.status == 200) {
    Json modulesNamed = Json::array();
    for (const auto& [module, payload] : *modules.members()) modulesNamed.push(module);
    call.camera->journal().recordEvent("state_changed",
                                       Json::object({{"method", std::string(toText(method))},
                                                     {"modules", std::move(modulesNamed)}}));
  }
  return answer;
}

}  // namespace stoklab::emulator
