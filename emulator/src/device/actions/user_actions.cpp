// user_management: a new password (facts.md L12), and the challenge for who has a session already.
#include <array>

#include "../actions.h"
#include "stoklab/protocol/challenge.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

// The built-in account only: its old hash must be the present one. The device takes the hash that a
// login would carry, bare or encrypted for a nonce.
Checked<Json> changeUserInfo(ActionContext& context, const fixtures::Section& action,
                             const Json& arguments) {
  const auto section = argumentText(arguments, "secname");
  const auto oldPassword = argumentText(arguments, "old_passwd");
  const auto newPassword = argumentText(arguments, "passwd");
  if (!section || !oldPassword || !newPassword) return Refusal{.kind = "argument_missing"};
  if (*section != "root") return Refusal{.kind = "user_unknown"};
  const std::string newHash = context.authentication.readHash(*newPassword);
  if (newHash.empty()) return Refusal{.kind = "argument_wrong"};
  if (!context.authentication.changePassword(context.authentication.readHash(*oldPassword),
                                             newHash))
    return Refusal{.kind = "old_password_wrong"};
  return action.answer;
}

Checked<Json> getEncryptInfo(ActionContext& context, const fixtures::Section&, const Json&) {
  return Json::object(
      {{"data", protocol::toJson(context.authentication.challenge(context.client))}});
}

constexpr std::array<ActionRow, 2> kRows = {{
    {"user_management", "change_user_info", changeUserInfo},
    {"user_management", "get_encrypt_info", getEncryptInfo},
}};

}  // namespace

std::span<const ActionRow> userActions() { return kRows; }

}  // namespace stoklab::emulator
