// A camera in a person's words: its settings by path, and those that differ between generations
// under one name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/client/session.h"
#include "stoklab/protocol/setting_path.h"

namespace stoklab::client {

// What stands below a module: a section is asked for by "name", a table by "table" (facts.md D1,
// D3).
enum class SectionKind { section, table };
struct SectionName {
  std::string name;
  SectionKind kind = SectionKind::section;
};

// The sections and tables that a module is known to have; empty if nothing is known. A device has
// no call that lists them, so the knowledge comes from outside, for example from a profile.
using SectionNames = std::function<std::vector<SectionName>(std::string_view module)>;

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
// "auto_ir", as the newer generation writes it; "other".
std::string_view toText(NightVision mode);
// `other` for a text that is not one of them.
NightVision nightVisionFromText(std::string_view text);

// Which field carries the night vision preference.
enum class NightVisionGeneration {
  split,   // pre_night_vision_mode is written, night_vision_mode is a read-only state (C350)
  single,  // night_vision_mode is written (C440, C540V)
};

// Not thread-safe. The session must outlive it.
class Camera {
 public:
  explicit Camera(Session& session, SectionNames sectionNames = {});

  // One field, one section or every known section of a module, by the path's depth, without the
  // meta keys of older firmware (".name" and the like, E7; Session::get() has them). A table is an
  // object row name -> fields, its rows are addressed like fields. Fails with ErrorKind::refused if
  // the device has no such thing, and with ErrorKind::safety, before anything is sent, for a whole
  // module of which no section is known.
  //
  // Without SectionNames a table is recognised by the device's -40106 to its "name" (D12), which
  // costs a second request.
  Result<protocol::Json> get(const protocol::SettingPath& path);

  // Several paths in one request, the values in their order. If the device refuses the request as a
  // whole, they are asked one by one, and the first failure is the result.
  Result<std::vector<protocol::Json>> get(const std::vector<protocol::SettingPath>& paths);

  // The given sections of a module in one request: an object section -> fields. If the device
  // refuses the request as a whole, because it does not know one of them, each is asked by itself
  // and those that it refuses are left out; only if it refuses all of them is that an error.
  Result<protocol::Json> get(std::string_view module, const std::vector<SectionName>& sections);

  // One field; numbers are sent as strings (W7). A path that ends at a section takes an object of
  // fields.
  Result<void> set(const protocol::SettingPath& path, protocol::Json value);
  // Several fields, in one request. A path given twice keeps the last value.
  Result<void> set(const std::vector<std::pair<protocol::SettingPath, protocol::Json>>& values);

  // Which generation this device is: from its image.switch section, which is read for
  // this once at most.
  Result<NightVisionGeneration> nightVisionGeneration();

  // The preference where the device has one, else the nearest meaning of its mode.
  Result<NightVision> nightVision();
  // On a device of the single generation only autoIr, autoColor and humanTriggeredColor exist;
  // others fail with ErrorKind::safety before anything is set.
  Result<void> setNightVision(NightVision mode);

  // Ends all sessions; the device is away for about a minute.
  Result<void> reboot();

 private:
  std::optional<SectionKind> knownKind(std::string_view module, std::string_view section) const;
  Result<std::vector<SectionName>> knownSections(const std::string& module) const;
  Result<protocol::Json> getOne(std::string_view module, const SectionName& section);
  // As getOne(), finding out whether it is a section or a table.
  Result<protocol::Json> getEither(std::string_view module, const std::string& section);
  Result<std::vector<protocol::Json>> getTogether(const std::vector<protocol::SettingPath>& paths);

  Session& session_;
  SectionNames sectionNames_;
  std::optional<NightVisionGeneration> generation_;
};

}  // namespace stoklab::client
