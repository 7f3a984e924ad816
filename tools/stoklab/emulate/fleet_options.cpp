#include "emulate/fleet_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "password_source.h"
#include "recording_file.h"
#include "stoklab/fixtures/fleet_manifest.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {

using emulator::FleetAddressing;
using emulator::FleetMember;
using emulator::FleetOptions;
using fixtures::FleetBy;
using fixtures::FleetEntry;
using fixtures::FleetManifest;
using fixtures::Profile;
using protocol::malformed;
using protocol::Result;

namespace {

namespace fs = std::filesystem;

// What --fleet-by takes; the first one leaves it to the manifest, and else means "address".
const std::array<std::pair<const char*, std::optional<FleetBy>>, 3> kWays = {
    {{"auto", std::nullopt}, {"address", FleetBy::address}, {"port", FleetBy::port}}};

std::optional<std::size_t> asNumber(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<FleetManifest> readManifest(const std::string& name, Console& console) {
  const auto text = readWholeFile(console, name);
  if (!text)
    return malformed("--fleet " + name +
                     " is no number of cameras, and no manifest: " + text.error().detail);
  auto manifest = fixtures::parseFleetManifest(*text);
  if (!manifest) return malformed(name + ": " + manifest.error().detail);
  return manifest;
}

// Profiles, each read once; names of files as seen from the manifest's folder.
class Profiles {
 public:
  explicit Profiles(fs::path folder) : folder_(std::move(folder)) {}

  Result<std::shared_ptr<const Profile>> find(const std::string& name) {
    auto& known = known_[name];
    if (known) return known;
    const bool isFile = name.find('/') != std::string::npos || name.ends_with(".json");
    auto found = fixtures::findProfile(isFile ? (folder_ / name).string() : name);
    if (!found) return std::move(found).error();
    known = std::make_shared<const Profile>(*std::move(found));
    return known;
  }

 private:
  const fs::path folder_;
  std::map<std::string, std::shared_ptr<const Profile>> known_;
};

Result<FleetMember> memberOf(const FleetEntry& entry, const fs::path& folder, Profiles& profiles,
                             std::shared_ptr<const Profile> byDefault, Console& console) {
  FleetMember member{.id = entry.id,
                     .profile = std::move(byDefault),
                     .count = entry.count,
                     .name = entry.name,
                     .mac = entry.mac,
                     .serial = entry.serial,
                     .port = entry.port};
  if (!entry.profile.empty()) {
    auto profile = profiles.find(entry.profile);
    if (!profile) return std::move(profile).error();
    member.profile = *std::move(profile);
  }
  if (!entry.address.empty()) member.address = entry.address;
  if (!entry.certificate.empty())
    member.certificate = emulator::CertificateFiles{.certificate = folder / entry.certificate,
                                                    .privateKey = folder / entry.key};
  if (!entry.passwordFile.empty()) {
    auto password =
        readPassword({.file = (folder / entry.passwordFile).string()}, console,
                     "a camera of the fleet", [](const std::string&) -> Result<std::string> {
                       return malformed("no password was given");
                     });
    if (!password) return std::move(password).error();
    member.password = *std::move(password);
  }
  return member;
}

Result<void> readShard(const std::string& text, FleetOptions& fleet) {
  if (text.empty()) return {};
  const auto slash = text.find('/');
  const auto part = asNumber(std::string_view(text).substr(0, slash));
  const auto parts = slash == std::string::npos
                         ? std::nullopt
                         : asNumber(std::string_view(text).substr(slash + 1));
  if (!part || !parts || *part == 0 || *part > *parts)
    return malformed("--shard " + text + ": give K/N, for instance 1/4 for the first of four");
  fleet.shard = *part;
  fleet.shards = *parts;
  return {};
}

}  // namespace

void addFleetOptions(CLI::App& command, FleetArguments& arguments) {
  addOption(command,
            {.name = "--fleet",
             .help = "so many cameras in one process, each with its own identity, settings, "
                     "sessions and lockout; or those of a manifest (its form is "
                     "fixtures/schema/fleet.schema.json)",
             .value = "N|FILE"},
            arguments.fleet);
  std::vector<std::string> ways;
  for (const auto& way : kWays) ways.emplace_back(way.first);
  addChoice(command,
            {.name = "--fleet-by",
             .help = "address: the cameras are at 127.1.0.1, 127.1.0.2 and so on, all at one "
                     "port; port: at one address, --port and those after it; auto: as the "
                     "manifest says, or by address"},
            ways, arguments.by);
  addOption(command,
            {.name = "--fleet-list",
             .help = "a file that lists the cameras once they serve, as JSON that --targets reads",
             .value = "FILE"},
            arguments.list);
  addOption(command,
            {.name = "--shard",
             .help = "serve the K-th of N parts of the fleet; each camera is the same in any part",
             .value = "K/N"},
            arguments.shard);
  addDependence(command, {"--fleet-by", "--fleet-list", "--shard"}, "--fleet");
}

Result<FleetOptions> fleetOptions(const FleetArguments& arguments, const std::string& profile,
                                  Console& console) {
  FleetOptions fleet;
  if (auto shard = readShard(arguments.shard, fleet); !shard) return std::move(shard).error();
  FleetManifest manifest;
  fs::path folder;
  if (const auto number = asNumber(arguments.fleet)) {
    if (*number == 0) return malformed("--fleet 0: a fleet has at least one camera");
    manifest.entries = {FleetEntry{.count = *number}};
  } else {
    auto read = readManifest(arguments.fleet, console);
    if (!read) return std::move(read).error();
    manifest = *std::move(read);
    folder = fs::path(arguments.fleet).parent_path();
  }
  const auto by = kWays[static_cast<std::size_t>(arguments.by)].second;
  fleet.addressing = by.value_or(manifest.by.value_or(FleetBy::address)) == FleetBy::port
                         ? FleetAddressing::port
                         : FleetAddressing::address;
  Profiles profiles(folder);
  std::shared_ptr<const Profile> byDefault;
  if (std::ranges::any_of(manifest.entries,
                          [](const auto& entry) { return entry.profile.empty(); })) {
    auto found = fixtures::findProfile(profile);
    if (!found) return std::move(found).error();
    byDefault = std::make_shared<const Profile>(*std::move(found));
  }
  for (const FleetEntry& entry : manifest.entries) {
    auto member = memberOf(entry, folder, profiles, byDefault, console);
    if (!member) return malformed("--fleet " + arguments.fleet + ": " + member.error().detail);
    fleet.members.push_back(*std::move(member));
  }
  return fleet;
}

}  // namespace stoklab::cli
