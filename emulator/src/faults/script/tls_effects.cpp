// What can go wrong in a handshake.
#include <algorithm>
#include <array>

#include "faults/script/effect.h"
#include "faults/script/other_identities.h"
#include "faults/script/reading.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Result;

namespace {

struct Alert {
  std::string_view name;
  int number;
};
// RFC 8446, section 6, and RFC 5246, section 7.2.
constexpr auto kAlerts = std::to_array<Alert>({
    {"close_notify", 0},
    {"unexpected_message", 10},
    {"bad_record_mac", 20},
    {"record_overflow", 22},
    {"handshake_failure", 40},
    {"bad_certificate", 42},
    {"unsupported_certificate", 43},
    {"certificate_revoked", 44},
    {"certificate_expired", 45},
    {"certificate_unknown", 46},
    {"illegal_parameter", 47},
    {"unknown_ca", 48},
    {"access_denied", 49},
    {"decode_error", 50},
    {"decrypt_error", 51},
    {"protocol_version", 70},
    {"insufficient_security", 71},
    {"internal_error", 80},
    {"inappropriate_fallback", 86},
    {"user_canceled", 90},
    {"missing_extension", 109},
    {"unsupported_extension", 110},
    {"unrecognized_name", 112},
    {"certificate_required", 116},
    {"no_application_protocol", 120},
});

Effect happening(ConnectionFault fault) { return {.connection = std::move(fault)}; }

Result<Effect> readAlert(const Json& value, const Json&, const std::string& place) {
  std::optional<int> number;
  if (const std::string* name = value.string()) {
    const auto known = std::find_if(kAlerts.begin(), kAlerts.end(),
                                    [&](const Alert& alert) { return alert.name == *name; });
    if (known != kAlerts.end()) number = known->number;
  } else if (const std::int64_t* given = value.integer(); given && *given >= 0 && *given <= 255) {
    number = static_cast<int>(*given);
  }
  if (!number)
    return wrongAt(place,
                   "must be the number of a TLS alert, from 0 to 255, or its name as in RFC 8446, "
                   "\"handshake_failure\"");
  return happening({.kind = ConnectionFault::Kind::alert, .alert = *number});
}

Result<Effect> readHandshakeStall(const Json& value, const Json&, const std::string& place) {
  if (auto is = trueAt(value, place); !is) return is.error();
  return happening({.kind = ConnectionFault::Kind::handshakeStall});
}

Result<Effect> readCertificate(const Json& value, const Json&, const std::string& place) {
  const auto choice = choiceAt(value, place, {"swapped", "expired"});
  if (!choice) return choice.error();
  auto identity = *choice == 0 ? swappedIdentity() : expiredIdentity();
  if (!identity) return wrongAt(place, "cannot be made: " + identity.error().detail);
  return happening({.kind = ConnectionFault::Kind::certificate, .identity = *std::move(identity)});
}

constexpr EffectKind kEffects[] = {
    {{"alert", "TLS", "Answers the client's first message with that alert, a number or a name.",
      R"({"alert":"handshake_failure"})"},
     readAlert},
    {{"handshake_stall", "TLS", "Accepts the connection and never answers its handshake.",
      R"({"handshake_stall":true})"},
     readHandshakeStall},
    {{"certificate", "TLS",
      "Shows another certificate: one with another key (\"swapped\"), or one whose time is over "
      "(\"expired\").",
      R"({"certificate":"swapped"})"},
     readCertificate},
};

}  // namespace

std::span<const EffectKind> tlsEffects() { return kEffects; }

}  // namespace stoklab::emulator
