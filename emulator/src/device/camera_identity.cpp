#include "stoklab/emulator/camera_identity.h"

#include <algorithm>
#include <array>

#include "stoklab/protocol/crypto.h"

namespace stoklab::emulator {

using fixtures::SectionKind;
using protocol::Json;

namespace {

// Which fields of the profiles hold what; an empty module or section is any.
struct Place {
  std::optional<std::string> CameraIdentity::*part;
  std::string_view module, section, field;
};
constexpr std::array<Place, 20> kPlaces = {{
    {&CameraIdentity::name, "device_info", "", "alias"},
    {&CameraIdentity::name, "device_info", "", "device_alias"},
    {&CameraIdentity::mac, "", "", "mac"},
    {&CameraIdentity::mac, "", "", "macaddr"},
    {&CameraIdentity::mac, "", "", "fac_macaddr"},
    {&CameraIdentity::mac, "", "", "mac_addr"},
    {&CameraIdentity::mac, "", "", "device_mac"},
    {&CameraIdentity::serial, "device_info", "", "barcode"},
    {&CameraIdentity::serial, "device_info", "", "serial"},
    {&CameraIdentity::serial, "device_info", "", "serial_number"},
    {&CameraIdentity::serial, "device_info", "", "sn"},
    {&CameraIdentity::deviceId, "device_info", "", "dev_id"},
    {&CameraIdentity::deviceId, "device_info", "", "device_id"},
    {&CameraIdentity::deviceId, "cloud_config", "", "device_id"},
    {&CameraIdentity::address, "network", "lan", "ipaddr"},
    {&CameraIdentity::address, "network", "wan", "ipaddr"},
    {&CameraIdentity::address, "network", "wan_status", "ipaddr"},
    {&CameraIdentity::address, "protocol", "wan", "ipaddr"},
    {&CameraIdentity::address, "protocol", "static", "ipaddr"},
    {&CameraIdentity::address, "device_info", "", "ip"},
}};

bool fits(std::string_view wanted, std::string_view name) {
  return wanted.empty() || wanted == name;
}

// The one that stands in that field; nullptr: it is no such field, or the identity leaves it.
const std::string* valueFor(const CameraIdentity& identity, std::string_view module,
                            std::string_view section, std::string_view field) {
  const auto place = std::find_if(kPlaces.begin(), kPlaces.end(), [&](const Place& row) {
    return row.field == field && fits(row.module, module) && fits(row.section, section);
  });
  if (place == kPlaces.end()) return nullptr;
  const auto& part = identity.*place->part;
  return part ? &*part : nullptr;
}

}  // namespace

Json identityPatch(const fixtures::Profile& profile, const CameraIdentity& identity) {
  Json patch = Json::object();
  for (const auto& module : profile.modules) {
    for (const auto& section : module.sections) {
      // The rows of a table are other things: the channels of a recorder, the clients of a network.
      if (section.kind == SectionKind::action || section.kind == SectionKind::table) continue;
      for (const auto& field : *section.fields.members()) {
        if (field.value.string() == nullptr) continue;
        const std::string* value = valueFor(identity, module.name, section.name, field.key);
        if (value == nullptr) continue;
        if (patch.find(module.name) == nullptr) patch.set(module.name, Json::object());
        Json& sections = *patch.find(module.name);
        if (sections.find(section.name) == nullptr) sections.set(section.name, Json::object());
        sections.find(section.name)->set(field.key, *value);
      }
    }
  }
  return patch;
}

CameraIdentity madeUpIdentity(std::uint64_t number, std::uint64_t seed) {
  // The number itself stands in the MAC and the serial, so that no two of a fleet are the same; the
  // rest says which fleet it is.
  const std::string fleet = protocol::sha256Hex("fleet " + std::to_string(seed));
  std::string low = "0000000000";
  for (std::size_t digit = low.size(); digit > 0; --digit) {
    low[digit - 1] = "0123456789ABCDEF"[number & 15];
    number >>= 4;
  }
  std::string upper = fleet.substr(0, 2);
  for (char& c : upper)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  const std::string digits = "02" + upper + low.substr(2);
  CameraIdentity identity;
  std::string mac;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    if (at > 0) mac += '-';
    mac += digits.substr(at, 2);
  }
  identity.mac = std::move(mac);
  identity.serial = "STOKLAB" + upper + low;
  identity.deviceId = "8021" + protocol::sha256Hex(fleet + low).substr(0, 36);
  return identity;
}

}  // namespace stoklab::emulator
