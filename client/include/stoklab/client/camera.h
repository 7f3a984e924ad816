// A camera in a person's words: its settings by path, and those that differ between generations
// under one name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/client/session.h"
#include "stoklab/protocol/setting_path.h"

namespace stoklab::client {

// Night vision as the newer generation names it (facts.md D20); `other` is a name this version
// does not know.
enum class NightVision {
  humanTriggeredColor,
  autoColor,
  autoIr,
  whiteLedAlwaysOn,
  irAlwaysOn,
  off,
  custom,
  other,
};
std::string_view toText(NightVision mode);

// Which field carries the night vision preference.
enum class NightVisionGeneration {
  split,   // pre_night_vision_mode is written, night_vision_mode is a read-only state (C350)
  single,  // night_vision_mode is written (C440, C540V)
};

// Not thread-safe. The session must outlive it.
class Camera {
 public:
  explicit Camera(Session& session) : session_(session) {}

  // One field, one section or every readable section of a module, by the path's depth.
  Result<protocol::Json> get(const protocol::SettingPath& path);

  // One field; numbers are sent as strings (W7).
  Result<void> set(const protocol::SettingPath& path, protocol::Json value);
  // Several fields, in one request.
  Result<void> set(const std::vector<std::pair<protocol::SettingPath, protocol::Json>>& values);

  // Which generation this device is: from its image.switch section.
  Result<NightVisionGeneration> nightVisionGeneration();

  // The preference where the device has one, else the nearest meaning of its mode.
  Result<NightVision> nightVision();
  // On a device of the single generation only autoIr, autoColor and humanTriggeredColor exist;
  // others fail with ErrorKind::safety before anything is sent.
  Result<void> setNightVision(NightVision mode);

  // Ends all sessions; the device is away for about a minute.
  Result<void> reboot();

 private:
  Session& session_;
};

}  // namespace stoklab::client
