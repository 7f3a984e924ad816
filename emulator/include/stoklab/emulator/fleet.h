// Many cameras in one process, behind one event loop, chosen by the local address that a client has
// connected to (127.a.b.c on one listener) or by port. Each has its own identity, settings,
// sessions, lockout, journal, clock and scripted faults; profiles, keys, certificate and rendered
// defaults are shared, and a camera that nobody has talked to costs next to nothing.
//
// The one thing not to get wrong: the environment must outlive the fleet.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

enum class FleetAddressing {
  address,  // 127.1.0.1, 127.1.0.2, ... on one port of the loopback interface
  port,     // a port each, on the address of the options
};

// One camera, or several alike: with a count above 1 the id and the name get a number behind them.
struct FleetMember {
  std::string id = {};  // empty: its number in the fleet, from 1
  std::shared_ptr<const fixtures::Profile> profile;
  std::size_t count = 1;
  std::string name = {};                             // what the device calls itself; empty: made up
  std::string mac = {}, serial = {};                 // likewise
  std::optional<std::string> address = {};           // FleetAddressing::address only
  std::optional<std::uint16_t> port = {};            // FleetAddressing::port only
  std::optional<CertificateFiles> certificate = {};  // FleetAddressing::port only
  std::optional<std::string> password = {};          // else that of the options
};

struct FleetOptions {
  FleetAddressing addressing = FleetAddressing::address;
  std::vector<FleetMember> members = {};
  // Part `shard`, from 1, of a fleet that several processes share. A camera has the same id, place
  // and identity whatever the number of shards.
  std::size_t shard = 1, shards = 1;
  std::uint64_t seed = 0;  // of made-up identities, and of the chance in scripted faults
  // Whether tokens and nonces come from that seed as well, for each camera in its own sequence.
  bool repeatable = false;
  JournalLimits journal = {.maxEntries = 1000, .maxBytes = 1024 * 1024};  // of each camera
};

struct FleetFacts {
  std::size_t cameras = 0;
  std::uint16_t port = 0;              // FleetAddressing::address: that of all cameras
  std::string certificateSha256 = {};  // empty if they have several, or none
  ServerCounts counts = {};            // of all servers together
};

class Fleet : public CameraDirectory {
 public:
  // Serves when it returns. `options` says what is common to all: address (for
  // FleetAddressing::port), port, TLS, account, clock, script of faults; an empty user name stands
  // for that of each profile. Fails as EmulatedCamera::start() does, and with ErrorKind::malformed
  // for members that contradict each other and for options that a fleet has no use for: a replay,
  // an upgrade, a journal file, planted faults.
  static protocol::Result<std::unique_ptr<Fleet>> start(FleetOptions fleet,
                                                        const CameraOptions& options,
                                                        Environment environment);

  virtual FleetFacts facts() const = 0;
  // Those that somebody has talked to, by id, and which faults of their scripts are still to come.
  virtual std::vector<std::pair<std::string, std::vector<ScriptedFaultFacts>>> unusedFaults()
      const = 0;
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace stoklab::emulator
