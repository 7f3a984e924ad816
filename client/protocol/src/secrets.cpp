#include "stoklab/protocol/secrets.h"

#include <algorithm>
#include <array>

namespace stoklab::protocol {

namespace {

// Keys of a challenge are public by nature, but a recorded one tells which device it was, so they
// are hidden with the rest.
constexpr std::array<std::string_view, 18> kSecretFields = {
    "ciphertext", "key",         "key_2",    "new_passwd", "nonce",    "old_passwd",
    "passwd",     "passwd1",     "password", "pppoe_pwd",  "psk_key",  "secret",
    "server_pwd", "ssid_passwd", "stok",     "token",      "user_pwd", "wep_key",
};

constexpr std::string_view kHidden = "***";

bool isEmpty(const Json& value) {
  return value.isNull() || (value.string() != nullptr && value.string()->empty());
}

}  // namespace

std::span<const std::string_view> secretFields() { return kSecretFields; }

bool isSecretField(std::string_view name) {
  return std::find(kSecretFields.begin(), kSecretFields.end(), name) != kSecretFields.end();
}

Json redact(const Json& value) {
  if (const auto* elements = value.elements()) {
    Json copy = Json::array();
    for (const Json& element : *elements) copy.push(redact(element));
    return copy;
  }
  if (const auto* members = value.members()) {
    Json copy = Json::object();
    for (const auto& member : *members) {
      const bool hide = isSecretField(member.key) && !isEmpty(member.value);
      copy.set(member.key, hide ? Json(kHidden) : redact(member.value));
    }
    return copy;
  }
  return value;
}

std::string redactBody(std::string_view body) {
  const auto parsed = parseJson(body);
  if (parsed && (parsed->isObject() || parsed->isArray())) return printJson(redact(*parsed));
  return "(" + std::to_string(body.size()) + " bytes that are not JSON)";
}

}  // namespace stoklab::protocol
