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
  std::uint64_t seed = 0;                                                 // of made-up identities
  JournalLimits journal = {.maxEntries = 1000, .maxBytes = 1024 * 1024};  // of each camera
};

class Fleet : public CameraDirectory {
 public:
  // Serves when it returns. `options` says what is common to all: address, port, TLS, account,
  // limits; not replay, upgrade, journal file or planted faults. Fails as EmulatedCamera::start()
  // does, and with ErrorKind::malformed for members that contradict each other.
  static protocol::Result<std::unique_ptr<Fleet>> start(FleetOptions fleet,
                                                        const CameraOptions& options,
                                                        Environment environment);

  virtual ServerCounts counts() const = 0;
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace stoklab::emulator
