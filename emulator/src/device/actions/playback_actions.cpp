// playback: searches that name the user id of system.get_user_id (facts.md D23).
#include <array>
#include <string>

#include "../actions.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Checked<Json> searchVideo(ActionContext& context, const fixtures::Section& action,
                          const Json& arguments) {
  const auto id = argumentText(arguments, "id");
  if (!id) return Refusal{.kind = "argument_missing"};
  if (!context.authentication.sessions().holdsUserId(*id))
    return Refusal{.kind = "playback_user_unknown"};
  return action.answer;
}

constexpr std::array<ActionRow, 1> kRows = {{{"playback", "search_video_utility", searchVideo}}};

}  // namespace

std::span<const ActionRow> playbackActions() { return kRows; }

}  // namespace stoklab::emulator
