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

#include <string>
#include <vector>

#include "harness/device.h"

namespace stoklab::conformance {

// The device under test. Only inside a REQUIREMENT.
Device& device();

// Runs a body as the test of a requirement: decides whether it may run, writes down what happens,
// puts changed settings back. What REQUIREMENT expands to.
void judge(const char* slug, void (*body)());

struct Registered {
  std::string slug, suite, test;
};
const std::vector<Registered>& registeredTests();

// Whether a suite gets an emulator of its own (if the run starts emulators at all), because it
// leaves the device in a state that other suites could not work with; in a hurry, because it waits
// for a session or a lock to end.
enum class Isolation { shared, ownEmulator, hurriedEmulator };
Isolation isolationOf(const std::string& suite);

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

#define SUITE_NEEDS_OWN_EMULATOR(suite)                                     \
  static const ::stoklab::conformance::RegisterIsolation suite##Isolation { \
#suite, ::stoklab::conformance::Isolation::ownEmulator                  \
  }
