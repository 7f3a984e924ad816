// An emulated device on the network, everything that reaches it written down, and a dump of it
// through the same door as the command line's.
#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dump/dump.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::drift {

// A clock for both sides: who sleeps moves it, and nobody waits.
class SharedClock final : public emulator::Clock {
 public:
  Time now() const override { return clock_.now(); }
  cli::dump::Time asTime();

 private:
  emulator::ManualClock clock_{Time(std::chrono::seconds(1782300000))};
};

// One request, as the device got it.
struct Contact {
  emulator::Clock::Time at;
  std::string http;  // "POST"
  std::string body;
};

// Folder of this run of the tests, gone at its end.
const std::filesystem::path& workFolder();
// Where keys and certificates are kept from one run to the next: making them takes longer than most
// tests.
std::filesystem::path keyFolder();

class DumpedDevice {
 public:
  // `next` is the firmware that upgrade() leads to.
  explicit DumpedDevice(fixtures::Profile profile,
                        std::shared_ptr<const fixtures::Profile> next = nullptr);

  // Of the whole device, as fast as it goes unless the options say otherwise. What was complained
  // of is in errors().
  std::variant<cli::dump::Dump, cli::ExitCode> tryDump(cli::dump::DumpOptions options);
  // The profile; a test fails if there is none.
  fixtures::Profile dump(cli::dump::DumpOptions options = unthrottled());

  // Returns when the next firmware serves; a test fails if it does not.
  void upgrade();

  static cli::dump::DumpOptions unthrottled() { return {.rate = 0}; }

  SharedClock& clock() { return clock_; }
  std::vector<Contact> contacts() const;
  const std::string& errors() const { return errors_; }
  void setPassword(std::string password) { password_ = std::move(password); }

 private:
  class Witness;

  SharedClock clock_;
  emulator::SystemRandom random_;
  mutable std::mutex mutex_;
  std::vector<Contact> contacts_;
  emulator::Fault witness_;
  std::promise<std::string> upgraded_;  // "", or why not
  std::unique_ptr<emulator::EmulatedCamera> camera_;
  std::string errors_, password_ = "secret-1";
};

// "modules.led.config.enabled field-removed breaking", one a finding, sorted.
std::vector<std::string> findingsBetween(const fixtures::Profile& before,
                                         const fixtures::Profile& after, bool values);

}  // namespace stoklab::drift
