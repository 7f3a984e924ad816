// How a suite says which requirement a test judges:
//
//   REQUIREMENT(Challenge, IsAnsweredWith401, "AUTH-CHALLENGE-STATUS") {
//     EXPECT_THAT(device().askForChallenge(), HasStatus(401));
//   }
//
// That is a GoogleTest test of suite Challenge, plus a row in the register that ties it to the
// slug. One requirement, one test. The body may throw what device.h names; it is caught. Suites are
// linked as objects, never from a static library, which would drop the rows silently.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/device.h"
#include "harness/device_model.h"

namespace stoklab::conformance {

// The device under test. Only inside a REQUIREMENT.
Device& device();

// Whether a change may be made that is more than reversible: to an emulator of the run, or with
// Tier::disruptive. Only inside a REQUIREMENT whose own effect is less than that.
bool mayDisrupt();

// What the profile of the device says about challenges and sessions; what it does not say, and all
// of it if no profile is named, is as on a C350. Only inside a REQUIREMENT.
const ProtocolModel& profiled();

// Runs a body as the test of a requirement: decides whether it may run, writes down what happens,
// puts changed settings back. What REQUIREMENT expands to.
void judge(const std::string& slug, const std::function<void()>& body);

struct Registered {
  std::string slug, suite, test;
};
const std::vector<Registered>& registeredTests();

// Whether a suite gets an emulator of its own (if the run starts emulators at all), because it
// leaves the device in a state that other suites could not work with; in a hurry, because it waits
// for a session or a lock to end.
enum class Isolation { shared, ownEmulator, hurriedEmulator };
Isolation isolationOf(const std::string& suite);

// A suite says how an aspect of a module is judged (aspects.h):
//
//   ASPECT(ShowsItsSections, "SHAPE") { EXPECT_FALSE(module.sections.empty()); }
//
// That is no test yet. addAspectTests() makes one of it for each requirement with that aspect, in a
// suite for each module, so that what was read of a module serves several tests.
using AspectBody = void (*)(const ModuleModel& module);
struct RegisterAspect {
  RegisterAspect(const char* aspect, const char* test, AspectBody body);
};

// Once in a process, before GoogleTest runs. A requirement of no module, for want of a model, gets
// a test that has nothing to do.
void addAspectTests(const Spec& spec, const std::shared_ptr<const DeviceModel>& model);

struct RegisterTest {
  RegisterTest(const char* slug, const char* suite, const char* test);
};
struct RegisterIsolation {
  RegisterIsolation(const char* suite, Isolation isolation);
};

}  // namespace stoklab::conformance

#define REQUIREMENT(suite, name, slug)                                                     \
  static void suite##name##Body();                                                         \
  static const ::stoklab::conformance::RegisterTest suite##name##Row{slug, #suite, #name}; \
  TEST(suite, name) { ::stoklab::conformance::judge(slug, &suite##name##Body); }           \
  static void suite##name##Body()

#define SUITE_NEEDS_HURRIED_EMULATOR(suite)                                 \
  static const ::stoklab::conformance::RegisterIsolation suite##Isolation { \
#suite, ::stoklab::conformance::Isolation::hurriedEmulator              \
  }

#define ASPECT(name, aspect)                                                                 \
  static void name##Body(const ::stoklab::conformance::ModuleModel&);                        \
  static const ::stoklab::conformance::RegisterAspect name##Row{aspect, #name, &name##Body}; \
  static void name##Body([[maybe_unused]] const ::stoklab::conformance::ModuleModel& module)

#define SUITE_NEEDS_OWN_EMULATOR(suite)                                     \
  static const ::stoklab::conformance::RegisterIsolation suite##Isolation { \
#suite, ::stoklab::conformance::Isolation::ownEmulator                  \
  }
