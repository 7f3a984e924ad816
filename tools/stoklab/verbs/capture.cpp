#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "calendar.h"
#include "capture/forwarding.h"
#include "capture/front.h"
#include "capture/live_line.h"
#include "capture/login_gate.h"
#include "capture/recording.h"
#include "capture/summary.h"
#include "capture/trace_file.h"
#include "connection.h"
#include "kept_fields.h"
#include "listen_address.h"
#include "options.h"
#include "port_file.h"
#include "state_directory.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/identity.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/redaction.h"
#include "stoklab/fixtures/trace_builder.h"
#include "stop_signal.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using emulator::HttpsServer;
using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::array kTlsModes = {"modern", "device"};
constexpr std::chrono::milliseconds kLook{100};  // how often the end of the recording is noticed
constexpr std::chrono::seconds kTurnPatience{2};
// A firmware image, with room to spare; and a browser has six connections.
constexpr std::size_t kMaxRequestBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxConnections = 64;

struct Options {
  ConnectionOptions connection;
  std::string listen = "127.0.0.1:0";
  int port = -1;  // not given
  bool expose = false;
  int tls = 0;  // index of kTlsModes
  bool http = false;
  std::string certificate, privateKey;
  std::string out;
  bool overwrite = false;
  std::string portFile;
  std::string profile, note;
  std::vector<std::string> keep;
  int maxExchanges = 10'000;
  bool verbose = false;
  double shutdownSeconds = -1;
};

// What the options come to, checked before anything is connected.
struct Plan {
  Target device;
  ListenAddress listen;
  std::uint16_t port = 0;
  std::vector<fixtures::KeptField> kept;
  std::optional<fixtures::Profile> profile;
};

std::chrono::milliseconds toMilliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(seconds));
}

Result<Plan> makePlan(const Options& options) {
  Plan plan;
  if (options.connection.target.empty())
    return malformed("no device is named: use --target https://HOST[:PORT] or set STOKLAB_TARGET");
  auto device = parseTarget(options.connection.target);
  if (!device) return std::move(device).error();
  plan.device = *std::move(device);
  if (options.out.empty()) return malformed("no file is named for the trace: use --out FILE");
  auto listen = parseListenAddress(options.listen);
  if (!listen) return std::move(listen).error();
  plan.listen = *std::move(listen);
  if (!plan.listen.isLoopback() && !options.expose)
    return malformed("--listen " + plan.listen.address +
                     " would let others on the network talk to the device through this machine, "
                     "and what they send would be recorded; add --expose if that is meant");
  plan.port = plan.listen.port.value_or(0);
  if (options.port >= 0) {
    const auto port = static_cast<std::uint16_t>(options.port);
    if (plan.port != 0 && plan.port != port)
      return malformed("--listen and --port name different ports: give one of them");
    plan.port = port;
  }
  if (options.certificate.empty() != options.privateKey.empty())
    return malformed("--cert and --key belong together: give both or neither");
  auto kept = parseKeptFields(options.keep);
  if (!kept) return std::move(kept).error();
  plan.kept = *std::move(kept);
  if (auto checked = fixtures::checkKept(plan.kept); !checked) return checked.error();
  if (!options.profile.empty()) {
    auto profile = fixtures::findProfile(options.profile);
    if (!profile) return std::move(profile).error();
    plan.profile = *std::move(profile);
  }
  return plan;
}

Result<emulator::Identity> frontIdentity(const Options& options, Console& console) {
  if (!options.certificate.empty())
    return emulator::readIdentity(options.certificate, options.privateKey);
  const auto directory = stateDirectory(console.environment);
  if (!directory) {
    note(console, directory.error().detail + "; the certificate will not be kept");
    return emulator::makeIdentity({});
  }
  return emulator::cachedIdentity({}, *directory);
}

emulator::ServerOptions frontOptions(const Options& options, const Plan& plan,
                                     emulator::Identity identity) {
  emulator::ServerOptions server{.address = plan.listen.address, .port = plan.port};
  server.tls.enabled = !options.http;
  server.tls.identity = std::move(identity);
  if (std::string_view(kTlsModes[static_cast<std::size_t>(options.tls)]) == "modern") {
    server.tls.maxVersion = "TLSv1.3";
    server.tls.cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20:" + server.tls.cipherList;
  }
  server.limits.maxBodyBytes = kMaxRequestBytes;
  server.limits.maxConnections = kMaxConnections;
  return server;
}

RecordingOptions recordingOptions(const Options& options, const Plan& plan) {
  RecordingOptions recording;
  recording.authority = plan.device.authority();
  std::transform(recording.authority.begin(), recording.authority.end(),
                 recording.authority.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  recording.source = {.profile = plan.profile ? plan.profile->name : std::string(),
                      .date = today(),
                      .method = fixtures::TraceMethod::capture,
                      .tool = "stoklab " STOKLAB_VERSION,
                      .note = options.note};
  recording.redaction = {.policy = std::string(fixtures::kRedactionPolicy), .kept = plan.kept};
  recording.maxExchanges = static_cast<std::size_t>(options.maxExchanges);
  recording.now = [] { return std::chrono::system_clock::now(); };
  recording.ticks = [] { return std::chrono::steady_clock::now(); };
  return recording;
}

// The proxy, from the socket of the client to that of the device.
struct Proxy {
  std::unique_ptr<LoginBudget> budget;
  std::unique_ptr<fixtures::TraceBuilder> builder;
  std::unique_ptr<Forwarding> forwarding;
  std::unique_ptr<LoginGate> gate;
  std::unique_ptr<Recording> recording;
  std::unique_ptr<HttpsServer> server;
  std::string url, fingerprint;
};

void announce(const Proxy& proxy, const Options& options, const Plan& plan, Console& console) {
  Json facts = Json::object({{"schema_version", kSchemaVersion},
                             {"url", proxy.url},
                             {"port", int{proxy.server->port()}},
                             {"pid", std::int64_t{::getpid()}}});
  if (!proxy.fingerprint.empty()) facts.set("certificate_sha256", proxy.fingerprint);
  facts.set("target", plan.device.text());
  facts.set("out", options.out);
  console.out << "READY " << printJson(facts) << std::endl;
}

ExitCode conclude(Proxy& proxy, const Options& options, Console& console) {
  const auto finished = proxy.recording->finish();
  const RecordingTally& tally = proxy.recording->tally();
  printSummary(console, {.out = options.out,
                         .tally = tally,
                         .loginsHeldBack = proxy.gate->heldBack(),
                         .masked = maskedByClass(*proxy.builder),
                         .dropped = proxy.builder->dropped()});
  if (!finished) return complain(console, ExitCode::usage, finished.error().detail);
  // It has been said when it happened.
  if (tally.writeError) return ExitCode::usage;
  if (tally.leaks > 0)
    return complain(console, ExitCode::findings,
                    std::to_string(tally.leaks) +
                        " exchange(s) could not be written without a secret; see above");
  if (tally.exchanges == 0)
    return complain(console, ExitCode::nothingRun,
                    "nothing was recorded, so there is no " + options.out +
                        ": no client asked for anything of the protocol at " + proxy.url);
  return ExitCode::asExpected;
}

ExitCode serve(const Options& options, const Plan& plan, TraceFile file,
               client::HttpsTransport& transport, Console& console) {
  emulator::Identity identity;
  Proxy proxy;
  if (!options.http) {
    auto made = frontIdentity(options, console);
    if (!made) return complain(console, ExitCode::usage, made.error().detail);
    identity = *std::move(made);
    auto fingerprint = certificateFingerprint(identity);
    if (!fingerprint) return complain(console, ExitCode::usage, fingerprint.error().detail);
    proxy.fingerprint = *std::move(fingerprint);
  }
  auto budget = loginBudget(options.connection.target, console, kTurnPatience);
  if (!budget) return complain(console, ExitCode::usage, budget.error().detail);
  proxy.budget = *std::move(budget);

  std::optional<StopSignal> stop(std::in_place);  // before the threads of the server
  std::atomic<bool> ended{false};
  RecordingOptions recording = recordingOptions(options, plan);
  const auto tell = [&console](const std::string& what) { note(console, what); };
  recording.tell = tell;
  recording.ended = [&ended] { ended = true; };
  if (options.verbose || ::isatty(STDERR_FILENO) == 1)
    recording.recorded = [&console](const fixtures::Exchange& exchange) {
      console.err << liveLine(exchange) << std::endl;
    };
  proxy.builder = std::make_unique<fixtures::TraceBuilder>(
      fixtures::TraceBuilderOptions{.redaction = {.keep = plan.kept}, .host = recording.authority},
      plan.profile ? &*plan.profile : nullptr);
  const auto ticks = recording.ticks;
  proxy.forwarding = std::make_unique<Forwarding>(
      transport,
      ForwardingOptions{.device = plan.device, .frontIsTls = !options.http, .now = ticks});
  proxy.gate = std::make_unique<LoginGate>(
      *proxy.forwarding,
      LoginGateOptions{.budget = proxy.budget.get(), .now = ticks, .tell = tell});
  proxy.recording = std::make_unique<Recording>(*proxy.gate, *proxy.builder, std::move(file),
                                                std::move(recording));
  auto server = HttpsServer::start(*proxy.recording, frontOptions(options, plan, identity));
  if (!server) return complain(console, ExitCode::usage, server.error().detail);
  proxy.server = *std::move(server);
  proxy.url = (options.http ? "http://" : "https://") +
              ListenAddress::authority(plan.listen.address, proxy.server->port());
  if (!options.portFile.empty()) {
    if (const auto written = writePortFile(options.portFile, proxy.server->port()); !written)
      return complain(console, ExitCode::usage, written.error().detail);
  }
  announce(proxy, options, plan, console);

  using Clock = std::chrono::steady_clock;
  const auto until = options.shutdownSeconds >= 0
                         ? Clock::now() + toMilliseconds(options.shutdownSeconds)
                         : Clock::time_point::max();
  while (!ended && Clock::now() < until && !stop->wait(kLook)) {
  }
  // A second signal ends the program as ever, which costs no exchange that is written.
  stop.reset();
  proxy.server->stop(3 * toMilliseconds(options.connection.timeoutSeconds));
  if (!options.portFile.empty()) ::unlink(options.portFile.c_str());
  return conclude(proxy, options, console);
}

ExitCode run(const Options& options, Console& console) {
  const auto plan = makePlan(options);
  if (!plan) return complain(console, ExitCode::usage, plan.error().detail);
  auto file = TraceFile::open(options.out,
                              options.overwrite ? ExistingFile::replace : ExistingFile::refuse);
  if (!file) return complain(console, ExitCode::usage, file.error().detail);
  return withTransport(options.connection, console, [&](client::HttpsTransport& transport) {
    return serve(options, *plan, *std::move(file), transport, console);
  });
}

void declareFront(CLI::App& command, Options& options) {
  addOption(command,
            {.name = "--listen", .help = "where clients connect", .value = "ADDRESS[:PORT]"},
            options.listen);
  addOption(command,
            {.name = "--port",
             .help = "the port, if --listen names none; 0 takes any free one",
             .value = "N"},
            options.port, kPort);
  addFlag(
      command,
      {.name = "--expose", .help = "listen on an address that others on the network reach, too"},
      options.expose);
  addOption(command,
            {.name = "--port-file",
             .help = "a file that holds the port once the proxy serves",
             .value = "FILE"},
            options.portFile);
  addChoice(command,
            {.name = "--tls",
             .help = "modern: what browsers speak, and what cameras do besides; device: only the "
                     "static RSA of a camera"},
            {kTlsModes.begin(), kTlsModes.end()}, options.tls);
  addFlag(command, {.name = "--http", .help = "let clients talk plain HTTP to the proxy"},
          options.http);
  addOption(command,
            {.name = "--cert",
             .help = "a certificate of your own, PEM; instead of the one that is made and kept",
             .value = "FILE"},
            options.certificate);
  addOption(command, {.name = "--key", .help = "its private key, PEM", .value = "FILE"},
            options.privateKey);
}

void declareTrace(CLI::App& command, Options& options) {
  addOption(command, {.name = "--out", .help = "the trace", .value = "FILE"}, options.out);
  addFlag(command,
          {.name = "--overwrite",
           .help = "replace a file that is there already, with the first exchange"},
          options.overwrite);
  addOption(command,
            {.name = "--profile",
             .help = "the profile that comes nearest: its settings are known, and kept",
             .value = "NAME|FILE"},
            options.profile);
  addOption(command, {.name = "--note", .help = "a sentence for the trace", .value = "TEXT"},
            options.note);
  addOption(command,
            {.name = "--keep",
             .help = "keep a field that would be masked; the reason stands in the trace; "
                     "repeatable",
             .value = "FIELD=REASON"},
            options.keep);
  addOption(command, {.name = "--max-exchanges", .help = "end after so many", .value = "N"},
            options.maxExchanges, kPositive);
}

}  // namespace

Run declareCapture(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addTargetOptions(command, options->connection);
  declareFront(command, *options);
  declareTrace(command, *options);
  addFlag(command,
          {.name = "--verbose",
           .help = "a line for each exchange, also if standard error is no terminal"},
          options->verbose);
  addOption(
      command,
      {.name = "--auto-shutdown", .help = "end after that time, whatever runs", .value = "SECONDS"},
      options->shutdownSeconds, {0, 7.0 * 24 * 3600});
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
