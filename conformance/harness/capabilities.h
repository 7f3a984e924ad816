// What a device offers, asked of itself before anything is judged: requirements that are about
// something it lacks do not apply, and what nobody could find out is never taken for "offered".
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/device.h"
#include "harness/results.h"

namespace stoklab::conformance {

// What a profile says a device has, in the words of Capability.
struct Claims {
  std::string encryptTypes = {};  // "1, 2"; empty: it does not say
  std::string nightVision = {};   // as nightVisionIn() says
  // A module, and paths of it to ask for, "OSD.label_info[]", in order of preference.
  std::vector<std::pair<std::string, std::vector<std::string>>> modules = {};
};

// Reads a profile (fixtures/schema/profile.schema.json). Empty claims for an empty text. Throws
// std::runtime_error if it is no profile.
Claims claimsOf(std::string_view profile);

// "split" if the preference is a field of its own, "single" if the mode itself is written,
// "neither" (D20).
std::string nightVisionIn(const Value& imageSwitch);

// Asks the device. `modules` are asked for besides those of the claims; without a password nothing
// behind the login is asked. Throws SafetyStop and Interrupted; what the device does not answer is
// "unknown".
std::vector<Capability> probe(Device& device, const Claims& claims,
                              const std::set<std::string>& paths, bool behindLogin);

// The section by which tests see that the device serves: image.switch, or device_info.basic_info of
// a device that has no image module. Throws as probe().
Setting witnessOf(Device& device);

// Model, hardware and firmware, as the device names itself, and nothing that tells one device of a
// kind from another. What does is learned by the redactor.
std::vector<Fact> identityFacts(Device& device, Redactor& redactor);

// Whether `id` names the device: its MAC, its identity, or the SHA-256 of its certificate, in any
// case and with or without separators.
bool isDevice(Device& device, std::string_view id, std::string_view certificateSha256);

}  // namespace stoklab::conformance
