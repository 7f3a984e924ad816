// Faults by script: "the second set of image.switch is answered with -40109", "the next connection
// is reset", "every tenth answer comes at 100 bytes a second". Unlike a planted fault (fault.h),
// which is a camera that is wrong for good, a scripted one happens when it is told to, a number of
// times, and is accounted for.
//
// A script is data: fixtures/schema/faults.schema.json says what it looks like.
//
//   {"schema_version":1,"seed":7,"faults":[
//     {"name":"busy once","when":{"method":"set","module":"image"},"times":1,"do":{"code":-40109}},
//     {"when":{"connection":3},"do":{"reset":"before_reading"}}]}
//
// To put them to work:
//
//   auto script = std::make_shared<FaultScript>(seed);
//   if (auto added = script->add(json); !added) ...
//   endpoint = makeScripted(std::move(endpoint), script, {profile, &device.control()});
//   serverOptions.connections = script;
//
// around planted faults, and inside of whatever writes a journal (HttpReply::fault says which fault
// had its way). In a fleet each camera has a script, and one ConnectionScript in front asks that of
// the camera that the peer has come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/device_control.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// What can be done, for help and for lists; in the order of the layers.
struct ScriptedFaultKind {
  std::string_view name;   // the member of "do": "code"
  std::string_view layer;  // "device", "HTTP", "TCP", "TLS"
  std::string_view sentence;
  std::string_view example;  // a whole "do"
};
std::span<const ScriptedFaultKind> scriptedFaultKinds();

// What has become of one.
struct ScriptedFaultFacts {
  std::uint64_t id = 0;  // from 1, never used again
  std::string name = {};
  protocol::Json fault = {};            // as it was given
  std::uint64_t met = 0;                // how often its "when" held
  std::uint64_t used = 0;               // how often it had its way
  std::optional<std::uint64_t> left{};  // nullopt: without end
};

// Those of one camera, in order: of several that match, the first that is not used up has its way.
// Thread-safe.
//
// The one thing not to get wrong: adding a fault with a certificate makes a key, which takes 0.1 to
// 0.3 s; never do it on a thread that serves.
class FaultScript final : public ConnectionScript {
 public:
  // `seed`: of chance, where a script names none of its own.
  explicit FaultScript(std::uint64_t seed = 0);
  ~FaultScript() override;

  // Appends a script, an object with "faults", or one fault; returns the ids. All or nothing: fails
  // with ErrorKind::malformed, which says where ("faults[2].do.code: ...").
  protocol::Result<std::vector<std::uint64_t>> add(const protocol::Json& script);
  bool remove(std::uint64_t id);
  void clear();
  // Likewise, and connections and chance begin anew.
  void reset();
  std::vector<ScriptedFaultFacts> facts() const;
  // Those that were to happen a number of times and have not, or have never happened at all.
  std::vector<ScriptedFaultFacts> unused() const;

  // Counts the connection, and says what is to become of it.
  std::optional<ConnectionFault> onConnection(Peer& peer) override;

  class Impl;
  Impl& impl() { return *impl_; }  // for the endpoint

 private:
  std::unique_ptr<Impl> impl_;
};

// What faults need to know of the device that they happen to. All of it outlives the endpoint.
struct ScriptedDevice {
  std::shared_ptr<const fixtures::Profile> profile;  // how it words its refusals
  DeviceControl* control = nullptr;                  // its sessions
};

// Asks `inside`, or does not, and changes answers, as `script` says.
std::unique_ptr<Endpoint> makeScripted(std::unique_ptr<Endpoint> inside,
                                       std::shared_ptr<FaultScript> script, ScriptedDevice device);

}  // namespace stoklab::emulator
