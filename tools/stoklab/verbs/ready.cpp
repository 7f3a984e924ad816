#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "options.h"
#include "readiness.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "target.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

struct Options {
  std::string url;
  std::string portFile;
  bool wait = false;
  double timeoutSeconds = 10;
};

std::chrono::milliseconds toMilliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(seconds));
}

// The target that a port file names: the port in its first line and, if it is no https, the scheme
// in its second; nullopt while there is none.
std::optional<Target> targetIn(const std::string& portFile) {
  std::ifstream file(portFile);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), port);
  if (error != std::errc() || stop != line.data() + line.size() || port == 0) return std::nullopt;
  std::string scheme;
  std::getline(file, scheme);
  return Target{.tls = scheme != "http", .host = "127.0.0.1", .port = port};
}

// Whether something there answers the challenge, which needs no login and changes nothing.
// Otherwise the reason is left in `why`.
bool answers(const Target& target, std::chrono::milliseconds timeout, std::string& why) {
  client::HttpsOptions https{.host = target.host, .port = target.port, .tls = target.tls};
  https.deadlines = {.connect = timeout, .read = timeout, .total = timeout};
  client::HttpsTransport transport(https);
  client::Session session(transport, {});
  const auto challenge = session.challenge();
  if (!challenge) why = target.text() + ": " + describe(challenge.error());
  return challenge.has_value();
}

ExitCode run(const Options& options, Console& console) {
  std::optional<Target> target;
  if (!options.url.empty()) {
    const auto parsed = parseTarget(options.url);
    if (!parsed) return complain(console, ExitCode::usage, parsed.error().detail);
    target = *parsed;
  } else if (options.portFile.empty()) {
    return complain(console, ExitCode::usage, "nothing to look at: use --url or --port-file");
  }

  std::string why;
  const auto look = [&] {
    const auto there = target ? target : targetIn(options.portFile);
    if (!there) why = options.portFile + " holds no port yet";
    constexpr std::chrono::milliseconds kOneLook{2'000};
    return there && answers(*there, kOneLook, why);
  };
  const Pacer pacer{.now = std::chrono::steady_clock::now,
                    .pause = [](auto time) { std::this_thread::sleep_for(time); }};
  const Patience patience{.total = toMilliseconds(options.wait ? options.timeoutSeconds : 0)};
  if (waitUntil(patience, pacer, look)) return ExitCode::asExpected;
  return complain(console, ExitCode::unreachable, "not ready: " + why);
}

}  // namespace

Run declareReady(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(
      command,
      {.name = "--url", .help = "the emulator: https://host:port or http://...", .value = "URL"},
      options->url);
  addOption(command,
            {.name = "--port-file",
             .help = "a file whose first line is the emulator's port, on this machine",
             .value = "FILE"},
            options->portFile);
  addConflict(command, {"--url", "--port-file"});
  addFlag(command, {.name = "--wait", .help = "wait until it is ready, instead of looking once"},
          options->wait);
  addOption(command, {.name = "--timeout", .help = "how long to wait", .value = "SECONDS"},
            options->timeoutSeconds, {0, 3600});
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
