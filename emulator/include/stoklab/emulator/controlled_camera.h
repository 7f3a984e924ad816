// A camera as the control interface sees it, alone or one of many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/emulator/device_control.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/journal.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

enum class CameraProgress { up, away, upgrading };

struct CameraFacts {
  std::string id = {};   // "1"; in a manifest whatever it says
  std::string url = {};  // "https://127.0.0.1:8443"
  std::string certificateSha256 = {};
  CameraProgress progress = CameraProgress::up;
  ServerCounts counts = {};  // of its server; a fleet shares one
};

// All members may be called from several threads.
class ControlledCamera {
 public:
  virtual ~ControlledCamera() = default;

  virtual CameraFacts facts() const = 0;
  virtual std::shared_ptr<const fixtures::Profile> profile() const = 0;
  // Calls `visit` with the device that the camera is at present, which an upgrade would replace;
  // not at all if the camera is in the middle of one, and false then.
  virtual bool withDevice(const std::function<void(DeviceControl&)>& visit) = 0;
  virtual SteerableClock& clock() = 0;
  virtual Journal& journal() = 0;
  virtual FaultScript& faults() = 0;
  // Whether nobody has used the device yet, so that it is as it was when it was new, and costs next
  // to nothing; withDevice() uses it.
  virtual bool isUnused() const { return false; }
  // The names of planted faults (fault.h), which are not the script's.
  virtual std::vector<std::string> plantedFaults() const { return {}; }
  // False if there is no firmware to come.
  virtual bool beginUpgrade() = 0;
};

// All cameras of a process. Thread-safe.
class CameraDirectory {
 public:
  virtual ~CameraDirectory() = default;
  virtual std::size_t size() const = 0;
  // In order, from the `first`th on (from 0), at most `most`.
  virtual std::vector<CameraFacts> list(std::size_t first, std::size_t most) const = 0;
  // Lives as long as the directory; nullptr if there is none of that id.
  virtual ControlledCamera* find(const std::string& id) = 0;
  // Whoever serves the control interface says where; the cameras' pages may use it from then on.
  virtual void controlledFrom(const std::string&) {}
  // Whether pages of these cameras have that origin ("https://127.0.0.1:8443").
  virtual bool ownsOrigin(const std::string& origin) const = 0;
};

}  // namespace stoklab::emulator
