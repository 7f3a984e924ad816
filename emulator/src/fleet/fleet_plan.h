// Which cameras a fleet has, and where each of them is: pure arithmetic on its options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/fleet.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

struct PlannedCamera {
  std::uint64_t number = 0;   // in the whole fleet, from 1
  std::size_t member = 0;     // index in FleetOptions::members
  std::size_t ofMember = 0;   // the how many-th of that member, from 0
  std::string id = {};        // unique
  std::uint32_t address = 0;  // FleetAddressing::address: IPv4, host byte order
  std::uint16_t port = 0;     // FleetAddressing::port; 0: any free one
};

// All of them, or those of the shard. `firstPort`: of cameras whose member names none, one after
// the other; 0: any free ones. Fails with ErrorKind::malformed; the detail names the camera.
protocol::Result<std::vector<PlannedCamera>> planFleet(const FleetOptions& fleet,
                                                       std::uint16_t firstPort);

// "127.1.0.1"; nullopt for anything but four numbers. And back.
std::optional<std::uint32_t> parseIpv4(std::string_view text);
std::string printIpv4(std::uint32_t address);

}  // namespace stoklab::emulator
