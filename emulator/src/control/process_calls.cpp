#include "control/handlers.h"
#include "control/routes.h"
#include "control_files.h"

namespace stoklab::emulator {

using protocol::Json;

ControlAnswer getHealth(ControlState&, const ControlCall&) {
  return {.body = Json::object({{"status", "ok"}})};
}

ControlAnswer getReadiness(ControlState& state, const ControlCall&) {
  return {.body = Json::object(
              {{"ready", true}, {"cameras", static_cast<std::int64_t>(state.cameras.size())}})};
}

ControlAnswer getDocument(ControlState&, const ControlCall&) { return {.text = controlDocument()}; }

std::string_view controlDocument() { return control::embedded::files().front().text; }

}  // namespace stoklab::emulator
