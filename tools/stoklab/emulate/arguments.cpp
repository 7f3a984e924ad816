#include "emulate/arguments.h"

#include <array>
#include <cstddef>
#include <utility>

#include "emulate/clock_option.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli {

using emulator::TlsMode;

namespace {

constexpr std::array kTlsModes = {std::pair{"device", TlsMode::device},
                                  std::pair{"modern", TlsMode::modern}};

}  // namespace

emulator::TlsMode tlsModeOf(const EmulateArguments& arguments) {
  return kTlsModes[static_cast<std::size_t>(arguments.tls)].second;
}

std::chrono::milliseconds toMilliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(seconds));
}

void addEmulateOptions(CLI::App& command, EmulateArguments& arguments) {
  constexpr Range<double> kSeconds{0, 7.0 * 24 * 3600};
  addOption(command,
            {.name = "--profile",
             .help = "the device: a name of `stoklab profile list`, or a file; by default " +
                     std::string(fixtures::kDefaultProfile),
             .value = "NAME|FILE"},
            arguments.profile);
  addOption(command, {.name = "--listen", .help = "the address to listen on", .value = "ADDRESS"},
            arguments.address);
  addOption(command,
            {.name = "--port", .help = "the camera's port; 0 takes any free one", .value = "N"},
            arguments.port, kPort);
  addOption(command,
            {.name = "--port-file",
             .help = "a file that holds the port once the camera serves",
             .value = "FILE"},
            arguments.portFile);
  addOption(command,
            {.name = "--journal",
             .help = "write down what clients do: a line of JSON an exchange, without secrets",
             .value = "FILE"},
            arguments.journal);
  addOption(command,
            {.name = "--http-port",
             .help = "also answer plain HTTP there, with a redirect, as port 80 of a camera does",
             .value = "N"},
            arguments.httpPort, kPort);
  std::vector<std::string> tlsModes;
  for (const auto& mode : kTlsModes) tlsModes.emplace_back(mode.first);
  addChoice(
      command,
      {.name = "--tls", .help = "device: as the profile says; modern: ECDHE and TLS 1.3 as well"},
      tlsModes, arguments.tls);
  addOption(command,
            {.name = "--cert",
             .help = "a certificate of your own, PEM; instead of the one that is made and kept",
             .value = "FILE"},
            arguments.certificate);
  addOption(command, {.name = "--key", .help = "its private key, PEM", .value = "FILE"},
            arguments.privateKey);
  addOption(
      command,
      {.name = "--username", .help = "the account; by default the profile's", .value = "NAME"},
      arguments.username);
  addOption(command,
            {.name = "--password-file",
             .help = "a file that holds the password; - is standard input. Without any password, "
                     "one is made up and printed",
             .value = "FILE"},
            arguments.password.file);
  addOption(command,
            {.name = "--password-fd",
             .help = "an open file descriptor that yields the password",
             .value = "N"},
            arguments.password.fileDescriptor, kNotNegative);
  addOption(command,
            {.name = "--reboot-time",
             .help = "how long the camera is away after a reboot; by default as the profile says",
             .value = "SECONDS"},
            arguments.rebootSeconds, kSeconds);
  addOption(command,
            {.name = "--session-lifetime",
             .help = "how long a session lives; by default as the profile says",
             .value = "SECONDS"},
            arguments.sessionSeconds, kSeconds);
  addOption(command,
            {.name = "--lock-time",
             .help = "how long the lock after too many wrong passwords lasts; by default as the "
                     "profile says",
             .value = "SECONDS"},
            arguments.lockSeconds, kSeconds);
  addOption(command,
            {.name = "--seed",
             .help = "make tokens, nonces and chance repeatable, and so easy to guess: for tests "
                     "only. The same requests get the same bytes then, also for the clock stands "
                     "still unless --clock says otherwise",
             .value = "N"},
            arguments.seed, kNotNegative);
  addOption(command,
            {.name = "--clock",
             .help = "where the camera's clock begins: now, a time such as 2026-01-01T00:00:00Z, "
                     "frozen (it stands still, until the control interface moves it), or "
                     "frozen@TIME. By default now, with --seed " +
                     std::string(kRepeatableClock),
             .value = "TIME"},
            arguments.clock);
  addOption(
      command,
      {.name = "--auto-shutdown", .help = "end after that time, whatever runs", .value = "SECONDS"},
      arguments.shutdownSeconds, kSeconds);
  addOption(command,
            {.name = "--upgrade-to",
             .help = "the firmware that the camera has after a system.firmware_upgrade, or after "
                     "SIGUSR1: it is away for a time, and comes back as that profile, without "
                     "sessions; it prints UPGRADED then",
             .value = "PROFILE"},
            arguments.upgradeTo);
  addOption(command,
            {.name = "--upgrade-time",
             .help = "how long it is away; by default as long as a reboot takes",
             .value = "SECONDS"},
            arguments.upgradeSeconds, kSeconds);
  addFaultOptions(command, arguments.faults);
  addReplayOptions(command, arguments.replay);
  addControlOptions(command, arguments.control);
  addFlag(command,
          {.name = "--list-faults",
           .help = "list the defects, with the requirements that each must break, and end"},
          arguments.listFaults);
  addFlag(command,
          {.name = "--explain", .help = "print what the profile assumes without evidence, and end"},
          arguments.explain);
  addFleetOptions(command, arguments.fleet);
  for (const char* other :
       {"--replay", "--upgrade-to", "--http-port", "--journal", "--explain", "--list-faults"})
    addConflict(command, {"--fleet", other});
}

}  // namespace stoklab::cli
