#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "password_source.h"
#include "state_directory.h"
#include "stoklab/emulator/emulated_camera.h"
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

struct Options {
  std::string profile{fixtures::kDefaultProfile};
  std::string portFile;
  std::string username;
  PasswordOptions password;
  std::string certificate, privateKey;
  CameraOptions camera;
  std::optional<double> rebootSeconds, shutdownSeconds;
  std::optional<std::uint64_t> seed;
  bool explain = false;
};

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

ExitCode serve(const Options& options, std::shared_ptr<const fixtures::Profile> profile,
               Console& console) {
  const auto password = passwordFor(options, console);
  if (!password) return complain(console, ExitCode::usage, password.error().detail);

  CameraOptions camera = options.camera;
  camera.device.account = {.username = options.username, .password = password->text};
  if (options.rebootSeconds) camera.device.rebootTime = toMilliseconds(*options.rebootSeconds);
  if (!options.certificate.empty())
    camera.certificate = {.certificate = options.certificate, .privateKey = options.privateKey};
  if (const auto directory = stateDirectory(console.environment))
    camera.stateDirectory = *directory;
  else
    note(console, directory.error().detail + "; the certificate will not be kept");

  const emulator::SystemClock clock;
  std::unique_ptr<emulator::Random> random;
  if (options.seed)
    random = std::make_unique<emulator::SeededRandom>(*options.seed);
  else
    random = std::make_unique<emulator::SystemRandom>();

  const StopSignal stop;
  auto started = EmulatedCamera::start(profile, camera, {.clock = clock, .random = *random});
  if (!started) return complain(console, ExitCode::usage, started.error().detail);
  if (!options.portFile.empty()) {
    if (const auto written = writePortFile(options.portFile, (*started)->port()); !written)
      return complain(console, ExitCode::usage, written.error().detail);
  }
  announce(**started, *profile, options, *password, console);
  stop.wait(options.shutdownSeconds ? std::optional(toMilliseconds(*options.shutdownSeconds))
                                    : std::nullopt);
  (*started)->stop(kPatience);
  if (!options.portFile.empty()) ::unlink(options.portFile.c_str());
  return ExitCode::asExpected;
}

ExitCode run(Options options, Console& console) {
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
  command
      .add_option("--profile", options->profile, "the device: a name of `profile list`, or a file")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  command.add_option("--listen", options->camera.address, "the address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_option("--port", options->camera.port, "the HTTPS port; 0 takes any free one")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--port-file", options->portFile, "is written once the camera serves")
      ->type_name("FILE");
  command
      .add_option("--http-port", options->camera.httpPort,
                  "also answer plain HTTP there, with a redirect, as port 80 of a camera does")
      ->type_name("N");
  command
      .add_option("--tls", options->camera.tls,
                  "device: as the profile says; modern: ECDHE and TLS 1.3 as well")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, TlsMode>{{"device", TlsMode::device},
                                                                 {"modern", TlsMode::modern}})
              .description(""))
      ->type_name("device|modern");
  auto* certificate =
      command.add_option("--cert", options->certificate, "a certificate of your own, PEM")
          ->type_name("FILE");
  auto* key =
      command.add_option("--key", options->privateKey, "its private key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  command.add_option("--username", options->username, "the account; default: the profile's")
      ->type_name("NAME");
  command
      .add_option("--password-file", options->password.file,
                  "a file that holds the password; - is standard input. Without one and without "
                  "STOKLAB_PASSWORD a password is made up and printed")
      ->type_name("FILE");
  command
      .add_option("--password-fd", options->password.fileDescriptor,
                  "an open file descriptor that yields the password")
      ->type_name("N");
  command
      .add_option("--reboot-time", options->rebootSeconds,
                  "how long the camera is away after a reboot; default: the profile's")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 3600.0));
  command
      .add_option("--seed", options->seed,
                  "makes tokens and nonces repeatable, and so easy to guess: for tests only")
      ->type_name("N");
  command
      .add_option("--auto-shutdown", options->shutdownSeconds, "end after that time, whatever runs")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 7.0 * 24 * 3600));
  command.add_flag("--explain", options->explain,
                   "print what the profile assumes without evidence, and end");
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
