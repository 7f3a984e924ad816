#include "fleet_plan.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace stoklab::emulator {

using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kMostCameras = 100'000;
constexpr std::uint32_t kLoopback = 127;
// From 127.1.0.1 on, without the addresses that look like those of a network or a broadcast.
constexpr std::uint32_t kFirstNetwork = kLoopback << 24 | 1U << 16;
constexpr std::uint64_t kHostsOfNetwork = 254;
constexpr std::size_t kMostPorts = 65535;

std::uint32_t addressOf(std::uint64_t number) {
  const std::uint64_t index = number - 1;
  return kFirstNetwork + (static_cast<std::uint32_t>(index / kHostsOfNetwork) << 8) +
         static_cast<std::uint32_t>(index % kHostsOfNetwork) + 1;
}

std::string idOf(const FleetMember& member, std::uint64_t number, std::size_t index) {
  if (member.id.empty()) return std::to_string(number);
  return member.count == 1 ? member.id : member.id + std::to_string(index + 1);
}

Result<void> checkMember(const FleetMember& member, FleetAddressing addressing,
                         const std::string& name) {
  if (!member.profile) return malformed(name + " has no profile");
  if (member.count == 0) return malformed(name + ": a count is at least 1");
  const bool byAddress = addressing == FleetAddressing::address;
  if (byAddress && member.port)
    return malformed(name +
                     " names a port, but the cameras of this fleet are told apart by "
                     "address");
  if (!byAddress && member.address)
    return malformed(name +
                     " names an address, but the cameras of this fleet are told apart by "
                     "port");
  if (byAddress && member.certificate)
    return malformed(name + " has a certificate of its own, which only a fleet by port can have");
  if (member.address) {
    const auto address = parseIpv4(*member.address);
    if (!address || *address >> 24 != kLoopback)
      return malformed(name + ": " + *member.address +
                       " is not one of 127.0.0.0/8; a fleet by address is for this machine only");
  }
  if (member.count > 1 && (!member.mac.empty() || !member.serial.empty()))
    return malformed(name + ": a MAC or serial belongs to one camera, and this is " +
                     std::to_string(member.count));
  return {};
}

// Those of shard k: neighbours, as many as any other shard has, or one more.
std::pair<std::size_t, std::size_t> shardOf(std::size_t total, std::size_t shard,
                                            std::size_t shards) {
  return {total * (shard - 1) / shards, total * shard / shards};
}

Result<void> place(PlannedCamera& camera, const FleetMember& member, FleetAddressing addressing,
                   std::uint16_t firstPort) {
  if (addressing == FleetAddressing::address) {
    camera.address = member.address
                         ? *parseIpv4(*member.address) + static_cast<std::uint32_t>(camera.ofMember)
                         : addressOf(camera.number);
    return camera.address >> 24 == kLoopback
               ? Result<void>()
               : malformed("camera " + camera.id + " would lie beyond 127.0.0.0/8");
  }
  std::uint64_t port = 0;
  if (member.port && *member.port != 0)
    port = *member.port + camera.ofMember;
  else if (!member.port && firstPort != 0)
    port = firstPort + camera.number - 1;
  if (port > kMostPorts)
    return malformed("camera " + camera.id + " would be at port " + std::to_string(port) +
                     ", and there are only " + std::to_string(kMostPorts) +
                     "; begin at a lower one, or tell them apart by address");
  camera.port = static_cast<std::uint16_t>(port);
  return {};
}

// By what two cameras would be taken for each other.
Result<void> checkDistinct(const std::vector<PlannedCamera>& cameras) {
  std::set<std::string_view> ids;
  std::set<std::pair<std::uint32_t, std::uint16_t>> places;
  for (const PlannedCamera& camera : cameras) {
    if (!ids.insert(camera.id).second) return malformed("two cameras have the id " + camera.id);
    const std::pair place(camera.address, camera.port);
    if (place != std::pair<std::uint32_t, std::uint16_t>(0, 0) && !places.insert(place).second)
      return malformed(
          "camera " + camera.id + " would be where another one is, at " +
          (camera.port != 0 ? "port " + std::to_string(camera.port) : printIpv4(camera.address)));
  }
  return {};
}

}  // namespace

std::optional<std::uint32_t> parseIpv4(std::string_view text) {
  std::array<char, INET_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), copy.begin());
  in_addr address{};
  if (::inet_pton(AF_INET, copy.data(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::string printIpv4(std::uint32_t address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  const in_addr wire{.s_addr = htonl(address)};
  ::inet_ntop(AF_INET, &wire, text.data(), text.size());
  return text.data();
}

Result<std::vector<PlannedCamera>> planFleet(const FleetOptions& fleet, std::uint16_t firstPort) {
  if (fleet.shards == 0 || fleet.shard == 0 || fleet.shard > fleet.shards)
    return malformed("shard " + std::to_string(fleet.shard) + " of " +
                     std::to_string(fleet.shards) + " does not exist; the first one is 1");
  std::size_t total = 0;
  for (std::size_t i = 0; i < fleet.members.size(); ++i) {
    const FleetMember& member = fleet.members[i];
    const std::string name = member.id.empty() ? "entry " + std::to_string(i + 1) + " of the fleet"
                                               : "camera " + member.id;
    if (auto good = checkMember(member, fleet.addressing, name); !good) return good.error();
    total += std::min(member.count, kMostCameras + 1);
    if (total > kMostCameras)
      return malformed("a fleet has at most " + std::to_string(kMostCameras) + " cameras");
  }
  if (total == 0) return malformed("a fleet has at least one camera");
  const auto [begin, end] = shardOf(total, fleet.shard, fleet.shards);
  if (begin == end)
    return malformed("shard " + std::to_string(fleet.shard) + " of " +
                     std::to_string(fleet.shards) + " would be empty: there are only " +
                     std::to_string(total) + " cameras");
  std::vector<PlannedCamera> cameras;
  cameras.reserve(total);
  for (std::size_t i = 0; i < fleet.members.size(); ++i) {
    const FleetMember& member = fleet.members[i];
    for (std::size_t index = 0; index < member.count; ++index) {
      PlannedCamera camera{.number = cameras.size() + 1, .member = i, .ofMember = index};
      camera.id = idOf(member, camera.number, index);
      if (auto placed = place(camera, member, fleet.addressing, firstPort); !placed)
        return placed.error();
      cameras.push_back(std::move(camera));
    }
  }
  // Of the whole fleet, so that all shards of it agree.
  if (auto distinct = checkDistinct(cameras); !distinct) return distinct.error();
  if (fleet.shards == 1) return cameras;
  const auto first = cameras.begin() + static_cast<std::ptrdiff_t>(begin);
  return std::vector<PlannedCamera>(
      std::make_move_iterator(first),
      std::make_move_iterator(cameras.begin() + static_cast<std::ptrdiff_t>(end)));
}

}  // namespace stoklab::emulator
