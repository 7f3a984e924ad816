// What `stoklab emulate` can be told on its command line.
//
// The one thing not to get wrong: negative numbers and empty texts stand for "not given".
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "control_options.h"
#include "emulate/fleet_options.h"
#include "fault_options.h"
#include "options.h"
#include "password_source.h"
#include "replay_options.h"
#include "stoklab/emulator/emulated_camera.h"

namespace stoklab::cli {

struct EmulateArguments {
  std::string profile;  // empty: the default one, or that of the trace
  std::string address = "127.0.0.1";
  int port = 0;
  int httpPort = -1;
  std::string portFile, journal;
  int tls = 0;  // index of a table; see tlsModeOf()
  std::string certificate, privateKey;
  std::string username;
  PasswordOptions password;
  double rebootSeconds = -1;
  double sessionSeconds = -1;
  double lockSeconds = -1;
  double shutdownSeconds = -1;
  std::string upgradeTo;
  double upgradeSeconds = -1;
  int seed = -1;
  std::string clock;
  FaultArguments faults;
  ReplayArguments replay;
  ControlArguments control;
  FleetArguments fleet;
  bool listFaults = false;
  bool explain = false;
};

// The arguments must live until the verb has run.
void addEmulateOptions(CLI::App& command, EmulateArguments& arguments);

emulator::TlsMode tlsModeOf(const EmulateArguments& arguments);

std::chrono::milliseconds toMilliseconds(double seconds);

}  // namespace stoklab::cli
