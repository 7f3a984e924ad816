// What one camera has that others of its profile have not: a name, a MAC and the like. A profile
// holds placeholders there, which many cameras side by side must not share.
//
// The one thing not to get wrong: these are made up. A real MAC, serial or device id belongs in no
// file of this repository.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// nullopt: as the profile has it.
struct CameraIdentity {
  std::optional<std::string> name = {};      // what people call it, "Yard"
  std::optional<std::string> mac = {};       // as devices write it, "00-00-5E-00-53-01"
  std::optional<std::string> serial = {};    // on its label
  std::optional<std::string> deviceId = {};  // 40 hex digits
  std::optional<std::string> address = {};   // IPv4
};

// Values for the fields of that profile that hold such things, as DeviceOptions::identity takes
// them. What the profile has no field for is left out.
protocol::Json identityPatch(const fixtures::Profile& profile, const CameraIdentity& identity);

// The `number`th camera of a made-up fleet, from 1: the same for the same seed, other than all
// others. Its MAC is a locally administered one; no name and no address.
CameraIdentity madeUpIdentity(std::uint64_t number, std::uint64_t seed);

}  // namespace stoklab::emulator
