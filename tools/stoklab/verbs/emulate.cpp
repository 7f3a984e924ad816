#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "options.h"
#include "password_source.h"
#include "state_directory.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stop_signal.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using emulator::CameraOptions;
using emulator::EmulatedCamera;
using emulator::TlsMode;
using protocol::Json;
using protocol::Result;

namespace {

// How long requests that are under way may take to finish after a signal.
constexpr std::chrono::seconds kPatience{2};
constexpr std::size_t kGeneratedPasswordLength = 20;
constexpr std::string_view kPasswordAlphabet =
    "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";  // without look-alikes

// Negative numbers stand for "not given".
struct Options {
  std::string profile{fixtures::kDefaultProfile};
  std::string address = "127.0.0.1";
  int port = 0;
  int httpPort = -1;
  std::string portFile, journal;
  int tls = 0;  // index of kTlsModes
  std::string certificate, privateKey;
  std::string username;
  PasswordOptions password;
  double rebootSeconds = -1;
  double sessionSeconds = -1;
  double lockSeconds = -1;
  double shutdownSeconds = -1;
  int seed = -1;
  std::vector<std::string> faults;
  bool listFaults = false;
  bool explain = false;
};

constexpr std::array kTlsModes = {std::pair{"device", TlsMode::device},
                                  std::pair{"modern", TlsMode::modern}};

std::chrono::milliseconds toMilliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(seconds));
}

// What the profile guesses, so that nobody takes it for knowledge.
ExitCode explain(const fixtures::Profile& profile, Console& console) {
  const auto guesses = fixtures::assumptions(profile);
  if (console.format == Format::json) {
    Json list = Json::array();
    for (const auto& guess : guesses)
      list.push(Json::object({{"path", guess.path}, {"value", guess.value}, {"note", guess.note}}));
    printDocument(console, Json::object({{"profile", profile.name}, {"assumed", std::move(list)}}));
    return ExitCode::asExpected;
  }
  console.out << profile.name << ": " << profile.identity.model << ", hardware "
              << profile.identity.hardware << ", firmware " << profile.identity.firmware << "\n"
              << guesses.size() << " behaviours are assumed: nobody has published a measurement.\n";
  for (const auto& guess : guesses) {
    console.out << "\n" << guess.path;
    if (!guess.value.empty()) console.out << " = " << guess.value;
    if (!guess.note.empty()) console.out << "\n    " << guess.note;
  }
  console.out << "\n";
  return ExitCode::asExpected;
}

// One line for each: its name, what is wrong, and the requirements that must fail.
ExitCode listFaults(Console& console) {
  if (console.format == Format::json) {
    Json list = Json::array();
    for (const auto& fault : emulator::faults()) {
      Json breaks = Json::array();
      for (const auto slug : fault.breaks) breaks.push(slug);
      list.push(Json::object(
          {{"name", fault.name}, {"sentence", fault.sentence}, {"breaks", std::move(breaks)}}));
    }
    printDocument(console, Json::object({{"faults", std::move(list)}}));
    return ExitCode::asExpected;
  }
  for (const auto& fault : emulator::faults()) {
    console.out << fault.name << "  " << fault.sentence << " Breaks";
    std::string_view separator = " ";
    for (const auto slug : fault.breaks) {
      console.out << separator << slug;
      separator = ", ";
    }
    console.out << ".\n";
  }
  return ExitCode::asExpected;
}

// The password of the account, and whether it was made up here.
struct Password {
  std::string text;
  bool generated = false;
};

Result<Password> passwordFor(const Options& options, Console& console) {
  const bool given = !options.password.file.empty() || options.password.fileDescriptor >= 0 ||
                     console.environment("STOKLAB_PASSWORD").has_value();
  if (!given) {
    emulator::SystemRandom random;
    return Password{.text = random.text(kGeneratedPasswordLength, kPasswordAlphabet),
                    .generated = true};
  }
  auto text = readPassword(options.password, console, "the emulated camera",
                           [](const std::string&) -> Result<std::string> {
                             return protocol::malformed("no password was given");
                           });
  if (!text) return std::move(text).error();
  return Password{.text = *std::move(text)};
}

// A reader sees the whole file or none.
Result<void> writePortFile(const std::string& name, std::uint16_t port) {
  const std::string temporary = name + ".tmp" + std::to_string(::getpid());
  std::ofstream file(temporary);
  file << port << "\n";
  file.close();
  if (!file || ::rename(temporary.c_str(), name.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return protocol::malformed("cannot write the port file " + name);
  }
  return {};
}

void announce(const EmulatedCamera& camera, const fixtures::Profile& profile,
              const Options& options, const Password& password, Console& console) {
  Json facts = Json::object({{"schema_version", kSchemaVersion},
                             {"url", camera.url()},
                             {"port", int{camera.port()}},
                             {"pid", std::int64_t{::getpid()}},
                             {"certificate_sha256", camera.certificateSha256()},
                             {"profile", profile.name},
                             {"username", options.username}});
  if (camera.httpPort() != 0) facts.set("http_port", int{camera.httpPort()});
  if (password.generated) facts.set("password", password.text);
  console.out << "READY " << printJson(facts) << std::endl;
}

Result<CameraOptions> cameraOptions(const Options& options, const Password& password,
                                    Console& console) {
  if (options.certificate.empty() != options.privateKey.empty())
    return protocol::malformed("--cert and --key belong together: give both or neither");
  CameraOptions camera{.address = options.address,
                       .port = static_cast<std::uint16_t>(options.port),
                       .tls = kTlsModes[static_cast<std::size_t>(options.tls)].second};
  camera.journal = options.journal;
  camera.device.account = {.username = options.username, .password = password.text};
  if (options.httpPort >= 0) camera.httpPort = static_cast<std::uint16_t>(options.httpPort);
  if (options.rebootSeconds >= 0) camera.device.rebootTime = toMilliseconds(options.rebootSeconds);
  if (options.sessionSeconds >= 0)
    camera.device.sessionLifetime = toMilliseconds(options.sessionSeconds);
  if (options.lockSeconds >= 0) camera.device.lockTime = toMilliseconds(options.lockSeconds);
  if (!options.certificate.empty())
    camera.certificate = {.certificate = options.certificate, .privateKey = options.privateKey};
  for (const std::string& name : options.faults) {
    const auto* fault = emulator::findFault(name);
    if (fault == nullptr)
      return protocol::malformed("there is no fault " + name +
                                 ": see stoklab emulate --list-faults");
    camera.faults.push_back(fault);
  }
  if (const auto directory = stateDirectory(console.environment))
    camera.stateDirectory = *directory;
  else
    note(console, directory.error().detail + "; the certificate will not be kept");
  return camera;
}

std::unique_ptr<emulator::Random> randomFor(const Options& options) {
  if (options.seed < 0) return std::make_unique<emulator::SystemRandom>();
  return std::make_unique<emulator::SeededRandom>(static_cast<std::uint64_t>(options.seed));
}

ExitCode serve(const Options& options, std::shared_ptr<const fixtures::Profile> profile,
               Console& console) {
  const auto password = passwordFor(options, console);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);
  const auto camera = cameraOptions(options, *password, console);
  if (!camera) return complain(console, ExitCode::usage, camera.error().detail);

  const StopSignal stop;  // before the threads of the camera
  const emulator::SystemClock clock;
  const auto random = randomFor(options);
  auto started = EmulatedCamera::start(profile, *camera, {.clock = clock, .random = *random});
  if (!started) return complain(console, ExitCode::usage, started.error().detail);
  if (!options.portFile.empty()) {
    if (const auto written = writePortFile(options.portFile, (*started)->port()); !written)
      return complain(console, ExitCode::usage, written.error().detail);
  }
  announce(**started, *profile, options, *password, console);
  stop.wait(options.shutdownSeconds >= 0 ? std::optional(toMilliseconds(options.shutdownSeconds))
                                         : std::nullopt);
  (*started)->stop(kPatience);
  if (!options.portFile.empty()) ::unlink(options.portFile.c_str());
  return ExitCode::asExpected;
}

ExitCode run(Options options, Console& console) {
  if (options.listFaults) return listFaults(console);
  auto found = fixtures::findProfile(options.profile);
  if (!found) return complain(console, ExitCode::usage, found.error().detail);
  const auto profile = std::make_shared<const fixtures::Profile>(*std::move(found));
  if (options.explain) return explain(*profile, console);
  if (options.username.empty()) options.username = profile->authentication.username.value;
  return serve(options, profile, console);
}

}  // namespace

Run declareEmulate(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  constexpr Range<double> kSeconds{0, 7.0 * 24 * 3600};
  addOption(command,
            {.name = "--profile",
             .help = "the device: a name of `stoklab profile list`, or a file",
             .value = "NAME|FILE"},
            options->profile);
  addOption(command, {.name = "--listen", .help = "the address to listen on", .value = "ADDRESS"},
            options->address);
  addOption(command,
            {.name = "--port", .help = "the HTTPS port; 0 takes any free one", .value = "N"},
            options->port, kPort);
  addOption(command,
            {.name = "--port-file",
             .help = "a file that holds the port once the camera serves",
             .value = "FILE"},
            options->portFile);
  addOption(command,
            {.name = "--journal",
             .help = "write down what clients do: a line of JSON an exchange, without secrets",
             .value = "FILE"},
            options->journal);
  addOption(command,
            {.name = "--http-port",
             .help = "also answer plain HTTP there, with a redirect, as port 80 of a camera does",
             .value = "N"},
            options->httpPort, kPort);
  std::vector<std::string> tlsModes;
  for (const auto& mode : kTlsModes) tlsModes.emplace_back(mode.first);
  addChoice(
      command,
      {.name = "--tls", .help = "device: as the profile says; modern: ECDHE and TLS 1.3 as well"},
      tlsModes, options->tls);
  addOption(command,
            {.name = "--cert",
             .help = "a certificate of your own, PEM; instead of the one that is made and kept",
             .value = "FILE"},
            options->certificate);
  addOption(command, {.name = "--key", .help = "its private key, PEM", .value = "FILE"},
            options->privateKey);
  addOption(
      command,
      {.name = "--username", .help = "the account; by default the profile's", .value = "NAME"},
      options->username);
  addOption(command,
            {.name = "--password-file",
             .help = "a file that holds the password; - is standard input. Without any password, "
                     "one is made up and printed",
             .value = "FILE"},
            options->password.file);
  addOption(command,
            {.name = "--password-fd",
             .help = "an open file descriptor that yields the password",
             .value = "N"},
            options->password.fileDescriptor, kNotNegative);
  addOption(command,
            {.name = "--reboot-time",
             .help = "how long the camera is away after a reboot; by default as the profile says",
             .value = "SECONDS"},
            options->rebootSeconds, kSeconds);
  addOption(command,
            {.name = "--session-lifetime",
             .help = "how long a session lives; by default as the profile says",
             .value = "SECONDS"},
            options->sessionSeconds, kSeconds);
  addOption(command,
            {.name = "--lock-time",
             .help = "how long the lock after too many wrong passwords lasts; by default as the "
                     "profile says",
             .value = "SECONDS"},
            options->lockSeconds, kSeconds);
  addOption(command,
            {.name = "--seed",
             .help = "make tokens and nonces repeatable, and so easy to guess: for tests only",
             .value = "N"},
            options->seed, kNotNegative);
  addOption(
      command,
      {.name = "--auto-shutdown", .help = "end after that time, whatever runs", .value = "SECONDS"},
      options->shutdownSeconds, kSeconds);
  addOption(command,
            {.name = "--fault",
             .help = "plant a defect, to see who notices; repeatable",
             .value = "NAME"},
            options->faults);
  addFlag(command,
          {.name = "--list-faults",
           .help = "list the defects, with the requirements that each must break, and end"},
          options->listFaults);
  addFlag(command,
          {.name = "--explain", .help = "print what the profile assumes without evidence, and end"},
          options->explain);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
