// What one request costs, in numbers that are the same on every machine: system calls, allocations,
// copied bytes, writes and bytes on the wire, of the emulator as it ships and of the client; and
// what a client's operations cost in round trips and handshakes. Compares them with expected.json,
// which holds no tolerance: more is a regression, and less is to be written down.
//
//   bench_counts EXPECTED.json [--write] [--spoil system-call|allocation|copy]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counting.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace {

using namespace stoklab;  // NOLINT
using bench::Counts;
using bench::Side;
using protocol::Json;

constexpr int kWarmUp = 50, kRequests = 200;
constexpr const char* kPassword = "correct-horse";

using Measured = std::vector<std::pair<std::string, std::uint64_t>>;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(3);
}

template <class T>
T must(protocol::Result<T> result) {
  if (!result) fail(result.error().detail);
  return *std::move(result);
}

struct Camera {
  emulator::SystemClock system;
  emulator::SeededRandom random{1};
  std::unique_ptr<emulator::EmulatedCamera> camera;
  client::HttpsOptions https;

  Camera() {
    auto profile = std::make_shared<const fixtures::Profile>(
        must(fixtures::findProfile(fixtures::kDefaultProfile)));
    emulator::CameraOptions options;
    options.device.account.password = kPassword;
    camera = must(
        emulator::EmulatedCamera::start(profile, options, {.clock = system, .random = random}));
    https.port = camera->port();
  }
};

protocol::Request request(const char* text) {
  const auto parsed = must(protocol::parseJson(text));
  const bool sets = parsed.find("set") != nullptr;
  return {.method = sets ? protocol::Method::set : protocol::Method::get,
          .modules = *(sets ? parsed.find("set") : parsed.find("get"))};
}

// Per kRequests requests on one kept connection, when everything is warm.
void measureKept(const std::string& name, const char* text, Measured& measured) {
  Camera camera;
  client::HttpsTransport transport(camera.https);
  client::Session session(transport, {.password = kPassword});
  const protocol::Request wanted = request(text);
  const auto repeat = [&](int times) {
    for (int i = 0; i < times; ++i) must(session.send(wanted));
    bench::awaitServer();
  };
  repeat(1);
  // The ciphertext of a login is of any length, and the journal copies it when it grows.
  camera.camera->control().journal().clear();
  repeat(kWarmUp);
  const Counts serverBefore = bench::countsOf(Side::server),
               clientBefore = bench::countsOf(Side::client);
  repeat(kRequests);
  const Counts server = bench::countsOf(Side::server), client = bench::countsOf(Side::client);
  const auto put = [&](const char* side, const Counts& before, const Counts& after) {
    const std::string prefix = name + "." + side + ".";
    measured.emplace_back(prefix + "system_calls", after.systemCalls - before.systemCalls);
    measured.emplace_back(prefix + "writes", after.writes - before.writes);
    measured.emplace_back(prefix + "wire_bytes", after.writtenBytes - before.writtenBytes);
    measured.emplace_back(prefix + "allocations", after.allocations - before.allocations);
    measured.emplace_back(prefix + "copied_bytes", after.copiedBytes - before.copiedBytes);
  };
  put("server", serverBefore, server);
  put("client", clientBefore, client);
}

// Requests and full and resumed handshakes of what a client does.
void measureOperations(Measured& measured) {
  Camera camera;
  client::HttpsTransport transport(camera.https);
  client::Session session(transport, {.password = kPassword});
  auto before = camera.camera->counts();
  const auto put = [&](const std::string& name) {
    const auto now = camera.camera->counts();
    measured.emplace_back(name + ".round_trips", now.requests - before.requests);
    measured.emplace_back(name + ".handshakes", now.handshakes - before.handshakes);
    measured.emplace_back(name + ".connections", now.connections - before.connections);
    before = now;
  };
  const auto get = request(R"({"get":{"image":{"name":"switch"}}})");
  must(session.send(get));
  put("first_get");
  must(session.send(get));
  put("next_get");
  transport.disconnect();
  must(session.send(get));
  put("get_on_a_new_connection");
}

Measured measureAll() {
  Measured measured;
  measureKept("get", R"({"get":{"image":{"name":"switch"}}})", measured);
  measureKept("set", R"({"set":{"image":{"switch":{"flicker":"50hz"}}}})", measured);
  measureOperations(measured);
  return measured;
}

std::string readFile(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

int compare(const Measured& measured, const Json& expected) {
  int wrong = 0;
  for (const auto& [name, value] : measured) {
    const Json* const wanted = expected.find("counts")->find(name);
    const auto number = wanted != nullptr && wanted->integer() != nullptr ? *wanted->integer() : -1;
    const auto now = static_cast<std::int64_t>(value);
    const char* verdict = "ok";
    if (number != now) {
      ++wrong;
      verdict = number < 0 ? "NEW, write it down" : now > number ? "MORE" : "LESS, write it down";
    }
    std::printf("%-40s %12lld %12lld  %s\n", name.c_str(), static_cast<long long>(number),
                static_cast<long long>(now), verdict);
  }
  return wrong == 0 ? 0 : 1;
}

bench::Spoil spoilOf(std::string_view word) {
  if (word == "system-call") return bench::Spoil::systemCall;
  if (word == "allocation") return bench::Spoil::allocation;
  if (word == "copy") return bench::Spoil::copy;
  fail("--spoil takes system-call, allocation or copy");
}

}  // namespace

int main(int count, char** words) {
  bench::beginCounting();
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.empty()) fail("usage: bench_counts EXPECTED.json [--write] [--spoil WHAT]");
  const auto spoiled = std::ranges::find(arguments, "--spoil");
  if (spoiled != arguments.end() && spoiled + 1 != arguments.end())
    bench::spoil(spoilOf(*(spoiled + 1)));
  const Measured measured = measureAll();
  if (std::ranges::find(arguments, "--write") != arguments.end()) {
    Json counts = Json::object();
    for (const auto& [name, value] : measured) counts.set(name, static_cast<std::int64_t>(value));
    std::ofstream(arguments[0]) << printPrettyJson(
                                       Json::object({{"what", "of 200 requests each; see main.cpp"},
                                                     {"counts", std::move(counts)}}))
                                << '\n';
    return 0;
  }
  const auto expected = must(protocol::parseJson(readFile(arguments[0])));
  return compare(measured, expected);
}
