// One call of the control interface: what was asked, and what is answered.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/controlled_camera.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct ControlAnswer {
  int status = 200;
  protocol::Json body = protocol::Json::object();  // gets its schema_version later
  std::vector<std::pair<std::string, std::string>> headers = {};
  // Ready to be sent instead of `body`; empty: nothing is.
  std::string_view text = {};
};

// {"error":{"code":"no_such_path","message":"..."}}
inline ControlAnswer refuse(int status, std::string_view code, const std::string& message) {
  return {.status = status,
          .body = protocol::Json::object(
              {{"error", protocol::Json::object({{"code", code}, {"message", message}})}})};
}

struct ControlCall {
  ControlledCamera* camera = nullptr;  // null: none is meant, or all are
  std::string id = {};                 // of the camera
  std::string name = {};               // what stands for the last part of the path, "{name}"
  protocol::Json query = protocol::Json::object();  // checked, as the route's table says
  protocol::Json body = protocol::Json::object();   // likewise
};

// What the calls share. Thread-safe.
class ControlState {
 public:
  ControlState(CameraDirectory& directory, const ControlOptions& options)
      : cameras(directory), reveal(options.revealSecrets ? Reveal::secrets : Reveal::nothing) {}

  CameraDirectory& cameras;
  const Reveal reveal;

  struct Snapshot {
    std::shared_ptr<const fixtures::Profile> profile;  // of the firmware that it was taken of
    std::shared_ptr<const DeviceControl::Snapshot> settings;
    Clock::Time taken;
  };
  std::mutex mutex;                                                  // guards what follows
  std::map<std::string, std::map<std::string, Snapshot>> snapshots;  // by camera and name
  std::multiset<Journal*> waits;                                     // those under way
  bool stopping = false;
};

}  // namespace stoklab::emulator
