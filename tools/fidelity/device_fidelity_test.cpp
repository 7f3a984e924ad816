// Whether the emulator, with the profile of a recorded device, answers what that device answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "stoklab/emulator/device.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/password.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"
#include "traces.h"
#include "wire_form.h"

namespace stoklab::fidelity {

using emulator::HttpReply;
using fixtures::Exchange;
using fixtures::JsonDifference;
using protocol::Json;

namespace {

constexpr std::string_view kRight = "right", kWrong = "wrong";  // passwords
constexpr std::string_view kChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

const protocol::RsaPrivateKey& loginKey() {
  static const auto kKey = protocol::RsaPrivateKey::generate(1024);
  return kKey;
}

Json jsonOf(const std::string& text) {
  auto json = protocol::parseJson(text);
  return json ? *std::move(json) : Json();
}

std::string usernameIn(const Exchange& exchange) {
  const Json* name = exchange.request.body.at({"login", "username"});
  return name == nullptr || name->string() == nullptr ? std::string()
                                                      : protocol::percentDecode(*name->string());
}

bool isLogin(const Exchange& exchange) {
  return exchange.request.body.find("login") != nullptr &&
         fixtures::doorOf(exchange.request.path) == "root";
}

bool isAdmitted(const Exchange& exchange) {
  if (!exchange.reply) return false;
  const Json* code = exchange.reply->body.find("error_code");
  return code != nullptr && *code == Json(0);
}

// Why a session was dead, whether it had grown old or was never one, no recording says.
bool isOfADeadSession(const Exchange& exchange) {
  if (!exchange.reply) return false;
  const Json* code = exchange.reply->body.find("error_code");
  return code != nullptr && *code == Json(protocol::code::kUnauthorized);
}

// The user of the recorded device, who logged in first; a name that was masked is as good as any.
std::string accountOf(const fixtures::Trace& trace) {
  for (const Exchange& exchange : trace.exchanges)
    if (isLogin(exchange) && isAdmitted(exchange)) return usernameIn(exchange);
  return "admin";
}

std::string profileOf(const fixtures::Trace& trace) {
  return trace.source.profile.empty() ? std::string(fixtures::kDefaultProfile)
                                      : trace.source.profile;
}

// A device on a clock that goes as fast as the recording.
class Stage {
 public:
  explicit Stage(const fixtures::Trace& trace, const fixtures::Profile& profile)
      : device_(std::make_shared<const fixtures::Profile>(profile),
                {.account = {.username = accountOf(trace), .password = std::string(kRight)}},
                loginKey(), {.clock = clock_, .random = random_}) {}

  HttpReply play(const Exchange& exchange) {
    clock_.advance(exchange.at - at_);
    at_ = exchange.at;
    return isLogin(exchange) ? login(exchange) : send(exchange);
  }

 private:
  HttpReply post(std::string_view target, std::string_view body) {
    return device_.handle({.method = "POST", .target = target, .body = body},
                          {.address = "127.0.0.1"});
  }

  // The password of a login is the one thing that no recording holds, so it is made anew.
  HttpReply login(const Exchange& exchange) {
    const auto challenge =
        protocol::parseChallenge(*jsonOf(post("/", kChallenge).body).find("data"));
    const auto prepared =
        protocol::preparePassword(isAdmitted(exchange) ? kRight : kWrong, *challenge);
    HttpReply reply = post(exchange.request.path,
                           printRequest(protocol::loginRequest(usernameIn(exchange), *prepared)));
    const Json answer = jsonOf(reply.body);
    if (const Json* stok = answer.find("stok"); stok != nullptr && stok->string() != nullptr)
      tokens_[exchange.session] = *stok->string();
    return reply;
  }

  HttpReply send(const Exchange& exchange) {
    std::string path = exchange.request.path;
    if (const auto session = protocol::splitSessionPath(path)) {
      // A session whose login was not recorded has one all the same.
      if (!tokens_.contains(exchange.session)) {
        Exchange entry{.session = exchange.session,
                       .request = {.body = Json::object({{"login", Json::object()}})},
                       .reply = fixtures::TraceReply{.body = Json::object({{"error_code", 0}})}};
        login(entry);
      }
      const std::string token = isOfADeadSession(exchange) ? "0" : tokens_[exchange.session];
      path = "/stok=" + token + "/" + std::string(session->rest);
    }
    const Json& body = exchange.request.body;
    return device_.handle({.method = exchange.request.http,
                           .target = path,
                           .body = body.isNull() ? std::string_view() : text_ = printJson(body)},
                          {.address = "127.0.0.1"});
  }

  emulator::ManualClock clock_{emulator::Clock::Time(std::chrono::seconds(1782300000))};
  emulator::SeededRandom random_{1};
  emulator::Device device_;
  std::chrono::milliseconds at_{};
  std::map<std::string, std::string> tokens_;  // by session
  std::string text_;
};

std::string wordsFor(const JsonDifference& difference) {
  using Kind = JsonDifference::Kind;
  return "the emulator has " +
         (difference.kind == Kind::onlyRight ? std::string("none") : difference.left) +
         ", the trace " +
         (difference.kind == Kind::onlyLeft ? std::string("none") : difference.right);
}

class DeviceFidelity : public ::testing::TestWithParam<KeptTrace> {};

}  // namespace

TEST_P(DeviceFidelity, AnswersWhatTheDeviceAnswered) {
  const fixtures::Trace trace = read(GetParam());
  const auto profile = fixtures::builtInProfile(profileOf(trace));
  ASSERT_TRUE(profile) << profile.error().detail;
  Stage stage(trace, *profile);
  Findings findings(acceptedFor(GetParam()).device);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < trace.exchanges.size(); ++i) {
    const Exchange& exchange = trace.exchanges[i];
    const HttpReply reply = stage.play(exchange);
    if (!exchange.reply) continue;
    const auto& recorded = *exchange.reply;
    ++compared;
    if (reply.status != recorded.status)
      findings.add(i, exchange, "status",
                   "the emulator has " + std::to_string(reply.status) + ", the trace " +
                       std::to_string(recorded.status));
    for (const auto& [name, value] : recorded.headers)
      if (name == "Content-Type" && value != reply.contentType)
        findings.add(i, exchange, "header.Content-Type",
                     "the emulator has " + reply.contentType + ", the trace " + value);
    if (recorded.body.isNull()) continue;
    const Json answer = withPlaceholdersOf(recorded.body, jsonOf(reply.body));
    const auto differing = differences(answer, recorded.body, fixtures::Compare::values);
    const bool masks = trace.redaction.policy != "none";
    for (const auto& difference : masks ? exceptMasked(differing, answer) : differing)
      findings.add(i, exchange, difference.path, wordsFor(difference));
    if (!differing.empty()) continue;
    for (const auto& kind : wireDifferences(answer, recorded.body))
      findings.add(i, exchange, kind,
                   "the emulator writes " + printJson(answer) + ", the trace has " +
                       printJson(recorded.body));
  }
  EXPECT_GT(compared, 0U) << "the trace holds no answer";
  EXPECT_THAT(findings.problems(GetParam()), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Traces, DeviceFidelity, ::testing::ValuesIn(keptTraces()),
                         [](const auto& kept) { return testNameOf(kept.param); });

}  // namespace stoklab::fidelity
