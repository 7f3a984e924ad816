// The aspects under which each module of a profile is judged, and the requirements that are made
// from the templates of spec/settings.md: a template, for each module that has its aspect.
//
// The one thing not to get wrong: on a real camera a setting that is changed for a moment may cut
// the connection or lose a recording, even if it is put back. hazardOf() is the list of such
// settings; what writes them has the effect `disruptive`, or leaves the field out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/device_model.h"
#include "harness/spec.h"

namespace stoklab::conformance {

struct Aspect {
  std::string_view name;  // "SHAPE"
  // Whether there is something to judge in a section. A module has the aspect if it covers at least
  // one of its sections, and is as well known under it as the least known of them.
  bool (*covers)(const SectionModel& section);
};
std::span<const Aspect> aspects();
const Aspect* findAspect(std::string_view name);

// A field that the judge may write to see whether the device takes its values: enumerated or in a
// range, and no secret.
bool isTryable(const SectionModel& section, const FieldModel& field);
// Passwords, keys and certificates are never written, whatever a profile says of them.
bool isSecret(std::string_view field);

// Why a change is more than reversible, though it is put back: "cuts the connection"; empty if it
// is not. Of a whole section, if `field` is empty.
std::string_view hazardOf(std::string_view module, std::string_view section,
                          std::string_view field);

// "device_info" as it stands in a slug, "DEVICE-INFO".
std::string slugOf(std::string_view module);

// Puts the requirements of `model` in the place of the templates. Without a model a template stays
// as one requirement, which needs a profile. Two modules of one slug are a fault.
void expandTemplates(Spec& spec, const DeviceModel* model);

}  // namespace stoklab::conformance
