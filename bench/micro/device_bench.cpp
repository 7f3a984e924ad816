// What the emulated device does for one request, without a network: from the text of the request
// to that of the answer.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "device/state_tree.h"
#include "must.h"
#include "server/byte_buffer.h"
#include "server/http_parser.h"
#include "server/http_reply.h"
#include "stoklab/emulator/device.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/emulator/journal.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/password.h"

namespace {

using namespace stoklab;            // NOLINT
using namespace stoklab::emulator;  // NOLINT
using bench::must;
using bench::require;

constexpr const char* kPassword = "correct-horse";
constexpr std::string_view kAskForChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";
constexpr std::string_view kGet = R"({"method":"get","image":{"name":"switch"}})";

std::shared_ptr<const fixtures::Profile> profileFor(int sessions) {
  auto profile = must(fixtures::builtInProfile(fixtures::kDefaultProfile));
  profile.authentication.maxSessions.value = sessions;
  return std::make_shared<const fixtures::Profile>(std::move(profile));
}

const protocol::RsaPrivateKey& loginKey() {
  static const auto kKey = protocol::RsaPrivateKey::generate(1024);
  return kKey;
}

// A device with that many sessions, and the path of the first of them.
struct Camera {
  explicit Camera(int sessions = 1)
      : device(profileFor(sessions),
               DeviceOptions{.account = {.username = "admin", .password = kPassword}}, loginKey(),
               {.clock = clock, .random = random}) {
    for (int i = 0; i < sessions; ++i) {
      const auto reply = must(protocol::parseReply(post("/", loginText()).body));
      const auto path = must(protocol::parseAdmission(reply)).token.commandPath();
      if (i == 0) commandPath = path;
    }
  }

  HttpReply post(std::string_view target, std::string_view body) {
    return device.handle({.method = "POST", .target = target, .body = body}, peer);
  }
  HttpReply command(std::string_view body) { return post(commandPath, body); }

  std::string loginText() {
    const auto reply = must(protocol::parseJson(post("/", kAskForChallenge).body));
    const auto challenge = must(protocol::parseChallenge(*reply.find("data")));
    return printRequest(
        protocol::loginRequest("admin", must(protocol::preparePassword(kPassword, challenge))));
  }

  ManualClock clock{Clock::Time(std::chrono::seconds(1'782'300'000))};
  SeededRandom random{1};
  Peer peer{.address = "127.0.0.1"};
  Device device;
  std::string commandPath;
};

// A get of the first `count` sections of the profile, as one request of several modules.
std::string getOf(std::int64_t count, const fixtures::Profile& profile) {
  protocol::Json request = protocol::Json::object({{"method", "get"}});
  for (const fixtures::Module& module : profile.modules) {
    protocol::Json names = protocol::Json::array();
    for (const auto& section : module.sections) {
      if (section.kind != fixtures::SectionKind::section || count == 0) continue;
      names.push(section.name);
      --count;
    }
    if (!names.elements()->empty())
      request.set(module.name, protocol::Json::object({{"name", std::move(names)}}));
  }
  return printJson(request);
}

// By the number of sections.
void getsSections(benchmark::State& state) {
  Camera camera;
  const std::string body = getOf(state.range(0), camera.device.profile());
  const auto bytes = static_cast<std::int64_t>(camera.command(body).body.size());
  require(camera.command(body).body.find("\"error_code\":0") != std::string::npos, "no get");
  for (auto _ : state) benchmark::DoNotOptimize(camera.command(body));
  state.SetBytesProcessed(bytes * state.iterations());
}
BENCHMARK(getsSections)->Arg(1)->Arg(8)->Arg(64);

// By the number of sessions.
void getsAmongSessions(benchmark::State& state) {
  Camera camera(static_cast<int>(state.range(0)));
  require(camera.command(kGet).status == 200, "the session is gone");
  for (auto _ : state) benchmark::DoNotOptimize(camera.command(kGet));
}
BENCHMARK(getsAmongSessions)->Arg(1)->Arg(16)->Arg(256);

void setsOneField(benchmark::State& state) {
  Camera camera;
  const std::string_view bodies[] = {R"({"method":"set","image":{"switch":{"flicker":"50hz"}}})",
                                     R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})"};
  require(camera.command(bodies[0]).body == R"({"error_code":0})", "no set");
  std::size_t turn = 0;
  for (auto _ : state) benchmark::DoNotOptimize(camera.command(bodies[++turn % 2]));
}
BENCHMARK(setsOneField);

// By the number of fields in one request.
void setsFields(benchmark::State& state) {
  Camera camera;
  protocol::Json rows = protocol::Json::object();
  for (int row = 1; row <= state.range(0); ++row)
    rows.set("label_info_" + std::to_string(row), protocol::Json::object({{"enabled", "on"}}));
  const std::string body =
      printJson(protocol::Json::object({{"method", "set"}, {"OSD", std::move(rows)}}));
  require(camera.command(body).body == R"({"error_code":0})", "no set");
  for (auto _ : state) benchmark::DoNotOptimize(camera.command(body));
}
BENCHMARK(setsFields)->Arg(1)->Arg(3);

// The text of a changed section is made anew.
void setsAndGets(benchmark::State& state) {
  Camera camera;
  const std::string_view bodies[] = {R"({"method":"set","image":{"switch":{"flicker":"50hz"}}})",
                                     R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})"};
  std::size_t turn = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(camera.command(bodies[++turn % 2]));
    benchmark::DoNotOptimize(camera.command(kGet));
  }
}
BENCHMARK(setsAndGets);

void performs(benchmark::State& state) {
  Camera camera;
  constexpr std::string_view kAction = R"({"method":"do","system":{"get_user_id":null}})";
  require(camera.command(kAction).body.find("\"error_code\":0") != std::string::npos, "no action");
  for (auto _ : state) benchmark::DoNotOptimize(camera.command(kAction));
}
BENCHMARK(performs);

void givesChallenge(benchmark::State& state) {
  Camera camera;
  for (auto _ : state) benchmark::DoNotOptimize(camera.post("/", kAskForChallenge));
}
BENCHMARK(givesChallenge);

// Without the challenge and the client's own part.
void logsIn(benchmark::State& state) {
  Camera camera;
  require(camera.post("/", camera.loginText()).status == 200, "no login");
  for (auto _ : state) {
    state.PauseTiming();
    const std::string text = camera.loginText();
    state.ResumeTiming();
    benchmark::DoNotOptimize(camera.post("/", text));
  }
}
BENCHMARK(logsIn);

void tellsEffort(benchmark::State& state) {
  const HttpRequest request{.method = "POST", .target = "/", .body = kAskForChallenge};
  for (auto _ : state) benchmark::DoNotOptimize(Device::effortFor(request));
}
BENCHMARK(tellsEffort);

void rendersFromCache(benchmark::State& state) {
  const auto profile = profileFor(1);
  StateTree tree(*profile);
  const auto* entry = tree.find("image", "switch");
  std::string out;
  for (auto _ : state) {
    out.clear();
    tree.appendRendered(*entry, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(rendersFromCache);

// As after a set.
void rendersAnew(benchmark::State& state) {
  const auto profile = profileFor(1);
  StateTree tree(*profile);
  const auto* entry = tree.find("image", "switch");
  const protocol::Json content = tree.content(*entry);
  std::string out;
  for (auto _ : state) {
    out.clear();
    appendWire(content, tree.style(), out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(rendersAnew);

void parsesHttp(benchmark::State& state) {
  const ServerLimits limits;
  const std::string text =
      "POST /stok=0123456789abcdef0123456789abcdef/ds HTTP/1.1\r\nHost: 127.0.0.1:4443\r\n"
      "Content-Type: application/json\r\nContent-Length: " +
      std::to_string(kGet.size()) + "\r\n\r\n" + std::string(kGet);
  HttpParser parser(limits);
  ByteBuffer input;
  RequestViews views;
  for (auto _ : state) {
    input.clear();
    input.append(text);
    benchmark::DoNotOptimize(parser.parse(input, views));
    parser.reset();
  }
}
BENCHMARK(parsesHttp);

void writesHttp(benchmark::State& state) {
  Camera camera;
  const HttpReply reply = camera.command(kGet);
  const ReplyWriter writer({});
  ByteBuffer output;
  for (auto _ : state) {
    output.clear();
    writer.write(reply, {}, output);
    benchmark::DoNotOptimize(output.data());
  }
}
BENCHMARK(writesHttp);

void recordsExchange(benchmark::State& state) {
  Camera camera;
  Journal journal(camera.clock);
  const HttpReply reply = camera.command(kGet);
  const HttpRequest request{.method = "POST", .target = camera.commandPath, .body = kGet};
  for (auto _ : state) journal.record(request, camera.peer, reply, 1);
}
BENCHMARK(recordsExchange);

}  // namespace
