#include "stoklab/testing/emulator.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <cstdlib>
#include <optional>
#include <utility>

#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::testing {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;
using protocol::Result;
using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

namespace {

constexpr int kAnswerSeconds = 30;
constexpr std::chrono::seconds kPatience{2};

std::string programOf(const EmulatorOptions& options) {
  if (!options.program.empty()) return options.program;
  const char* const variable = std::getenv("STOKLAB");
  return variable != nullptr && *variable != '\0' ? variable : "stoklab";
}

std::string textOf(const Json& json, std::string_view key) {
  const Json* const value = json.find(key);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

}  // namespace

// The parts of an emulator, or the program.
struct Emulator::Running {
  ~Running();
  Result<void> start(const EmulatorOptions& options);
  Result<void> launch(const EmulatorOptions& options);

  std::string url, certificateSha256, controlUrl;

  emulator::SystemClock clock;
  emulator::SystemRandom random;
  std::unique_ptr<emulator::EmulatedCamera> camera;
  std::unique_ptr<emulator::ControlServer> control;

  Poco::Pipe output;
  std::optional<Poco::ProcessHandle> program;
};

Emulator::Running::~Running() {
  if (control) control->stop(kPatience);
  if (camera) camera->stop(kPatience);
  if (!program) return;
  try {
    Poco::Process::requestTermination(program->id());
    program->wait();
  } catch (const Poco::Exception&) {
    // It has ended already.
  }
}

Result<void> Emulator::Running::start(const EmulatorOptions& options) {
  auto found = fixtures::findProfile(
      options.profile.empty() ? std::string(fixtures::kDefaultProfile) : options.profile);
  if (!found) return std::move(found).error();
  const auto profile = std::make_shared<const fixtures::Profile>(*std::move(found));
  emulator::CameraOptions parts;
  parts.device.account = {.username = profile->authentication.username.value,
                          .password = options.password};
  auto started =
      emulator::EmulatedCamera::start(profile, parts, {.clock = clock, .random = random});
  if (!started) return std::move(started).error();
  camera = *std::move(started);
  auto served = emulator::ControlServer::start(camera->directory(), {});
  if (!served) return std::move(served).error();
  control = *std::move(served);
  url = camera->url();
  certificateSha256 = camera->certificateSha256();
  controlUrl = control->url();
  return {};
}

Result<void> Emulator::Running::launch(const EmulatorOptions& options) {
  const std::string name = programOf(options);
  Poco::Process::Args arguments = {"emulate", "--port", "0", "--control-port", "0"};
  if (!options.profile.empty()) arguments.insert(arguments.end(), {"--profile", options.profile});
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::string line;
  try {
    program = Poco::Process::launch(name, arguments, nullptr, &output, nullptr,
                                    {{"STOKLAB_PASSWORD", options.password}});
    Poco::PipeInputStream stream(output);
    std::getline(stream, line);
  } catch (const Poco::Exception& error) {
    return protocol::malformed("cannot start " + name + ": " + error.displayText());
  }
  constexpr std::string_view kReady = "READY ";
  if (!line.starts_with(kReady))
    return protocol::malformed(name +
                               " does not serve: what it wrote says why, and if that is "
                               "nothing, set STOKLAB to the program");
  const auto facts = protocol::parseJson(line.substr(kReady.size()));
  if (!facts) return facts.error();
  url = textOf(*facts, "url");
  certificateSha256 = textOf(*facts, "certificate_sha256");
  controlUrl = textOf(*facts, "control_url");
  return {};
}

Emulator::Emulator(std::unique_ptr<Running> running)
    : running_(std::move(running)),
      url_(running_->url),
      certificateSha256_(running_->certificateSha256),
      controlUrl_(running_->controlUrl) {}

Emulator::~Emulator() = default;

Result<std::unique_ptr<Emulator>> Emulator::start(Way way, const EmulatorOptions& options) {
  auto running = std::make_unique<Running>();
  const auto started = way == Way::inProcess ? running->start(options) : running->launch(options);
  if (!started) return started.error();
  std::unique_ptr<Emulator> emulator(new Emulator(std::move(running)));
  emulator->password_ = options.password;
  return emulator;
}

std::uint16_t Emulator::port() const { return Poco::URI(url_).getPort(); }

Result<Json> Emulator::control(std::string_view method, const std::string& path,
                               std::string_view body) {
  std::string text;
  int status = 0;
  try {
    const Poco::URI url(controlUrl_);
    Poco::Net::HTTPClientSession session(url.getHost(), url.getPort());
    session.setTimeout(Poco::Timespan(kAnswerSeconds, 0));
    Poco::Net::HTTPRequest request(std::string(method), path, "HTTP/1.1");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    if (!body.empty()) request.setContentType("application/json");
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    status = response.getStatus();
  } catch (const Poco::Exception& error) {
    return Error{.kind = ErrorKind::transport, .detail = error.displayText()};
  }
  auto answer = protocol::parseJson(text);
  if (!answer) return std::move(answer).error();
  constexpr int kGood = 200, kNotGood = 300;
  if (status >= kGood && status < kNotGood) return answer;
  std::string why = textOf(*answer, "text");
  if (const Json* error = answer->find("error")) why = textOf(*error, "message");
  return Error{
      .kind = ErrorKind::refused,
      .detail = std::string(method) + " " + path + ": HTTP " + std::to_string(status) + ": " + why};
}

AssertionResult Emulator::post(const std::string& path, const std::string& body) {
  const auto answer = control("POST", path, body);
  return answer ? AssertionSuccess() : AssertionFailure() << answer.error().detail;
}

AssertionResult Emulator::reset() { return post("/reset", {}); }

AssertionResult Emulator::advance(std::chrono::milliseconds time) {
  return post("/clock", "{\"advance_ms\":" + std::to_string(time.count()) + "}");
}

AssertionResult Emulator::addFault(std::string_view fault) {
  return post("/faults", std::string(fault));
}

AssertionResult Emulator::verify(std::string_view expectations) {
  return post("/verify", "{\"expect\":[" + std::string(expectations) + "]}");
}

Emulator& EmulatorTest::emulator() {
  static const auto kEmulator = [] {
    const char* const variable = std::getenv("STOKLAB");
    auto started = Emulator::start(variable != nullptr && *variable != '\0' ? Way::ownProcess
                                                                            : Way::inProcess);
    if (!started) {
      ADD_FAILURE() << started.error().detail;
      std::exit(EXIT_FAILURE);
    }
    return *std::move(started);
  }();
  return *kEmulator;
}

void EmulatorTest::SetUp() { ASSERT_TRUE(emulator().reset()); }

}  // namespace stoklab::testing
