// What a profile says about the settings of a device, as the judge reads it: the requirements about
// settings are made from it, one for each module and aspect (spec/settings.md).
//
// The one thing not to get wrong: this is a reading of the judge's own, and it stays one. The
// library that runs the emulator from the same file is not used, so that a mistake in it shows.
// A profile that cannot be read is no fault of the device: readDeviceModel() throws, and the run
// ends as a fault of the judge that says where in the file.
//
// Plain data. Values are as they stand in the file, in wire form (W1); devices encode them in ways
// of their own, so compare them with sameText().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/json_view.h"
#include "harness/spec.h"

namespace stoklab::conformance {

// "profile c350: modules.led.config.kind: expected one of section, table, live, action"
class ModelError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a value must be. Everything that is not given is not known.
struct FieldRule {
  std::vector<std::string> allowed = {};                   // an enumeration
  std::optional<std::int64_t> minimum = {}, maximum = {};  // of a decimal integer
  std::optional<std::size_t> maxLength = {};               // in bytes
  bool readOnly = false;

  // Whether it tells good values from bad ones.
  bool limits() const { return !allowed.empty() || minimum || maximum || maxLength; }
};

struct FieldModel {
  std::string name = {};
  Value::Kind kind = Value::Kind::text;
  FieldRule rule = {};
};

// When `when` is written, `target` takes the value that `map` gives for it (D20).
struct CouplingModel {
  std::string when = {}, target = {};
  std::vector<std::pair<std::string, std::string>> map = {};
};

enum class SectionKind { section, table, live };

struct SectionModel {
  std::string name = {};
  SectionKind kind = SectionKind::section;
  bool writable = false;
  Evidence evidence = Evidence::assumed;
  std::vector<std::string> sources = {};  // tags of the fact base, "VC78"
  std::vector<FieldModel> fields = {};    // of a table: those of any of its rows
  std::vector<CouplingModel> couplings = {};

  const FieldModel* find(std::string_view field) const;
};

// Without its actions: a module that has nothing else has no sections.
struct ModuleModel {
  std::string name = {};
  std::vector<SectionModel> sections = {};
};

// What differs between firmwares in how they answer, with what is measured or most likely on a C350
// for what a profile does not say.
struct ProtocolModel {
  int challengeStatus = 401;       // HTTP (H5)
  int challengeDataCode = -40407;  // C3
  int refusedStatus = 401;         // HTTP (H7)
  int deadTokenStatus = 401;       // HTTP (H6)
  std::string passwdType = "md5";  // empty: the member is absent (C2)
  bool orgAuthPwd = false;         // the password is prepared so, not by MD5 (P7)
  bool keyLacksSignByte = false;   // C7
  bool metaKeys = false;           // sections hold ".name" and ".type" (E7)
  bool tablesAreObjects = false;   // not lists of objects with one row each (D4)
};

// Whether two texts in wire form stand for the same.
bool sameText(std::string_view wire, std::string_view other);

struct DeviceModel {
  std::string name = {};  // of the profile
  ProtocolModel protocol = {};
  std::vector<ModuleModel> modules = {};
};

// `profile` is the JSON text of a profile; `origin` is what messages call it. Throws ModelError.
DeviceModel readDeviceModel(std::string_view profile, std::string_view origin);

}  // namespace stoklab::conformance
