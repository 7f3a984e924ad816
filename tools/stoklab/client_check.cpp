#include "client_check.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "stoklab/emulator/device.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/password.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::cli {

using fixtures::Exchange;
using fixtures::JsonDifference;
using fixtures::Trace;
using protocol::Json;
using Outcome = CheckedRequest::Outcome;

namespace {

// Of the emulated device; no recording holds the real one.
constexpr std::string_view kRight = "right-password", kWrong = "wrong-password";
constexpr std::string_view kChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

Json jsonOf(const std::string& text) {
  auto json = protocol::parseJson(text);
  return json ? *std::move(json) : Json();
}

std::optional<std::int64_t> errorCodeOf(const Json& body) {
  const Json* code = body.find("error_code");
  if (code == nullptr || code->integer() == nullptr) return std::nullopt;
  return *code->integer();
}

bool isLogin(const Exchange& exchange) {
  const Json* login = exchange.request.body.find("login");
  return login != nullptr && login->isObject() &&
         !protocol::splitSessionPath(exchange.request.path);
}

bool wasAccepted(const Exchange& exchange) {
  return exchange.reply && errorCodeOf(exchange.reply->body) == std::int64_t{protocol::code::kOk};
}

std::string textAt(const Json& body, std::initializer_list<std::string_view> keys) {
  const Json* value = body.at(keys);
  return value == nullptr || value->string() == nullptr ? std::string()
                                                        : protocol::percentDecode(*value->string());
}

// The user who logged in first; the built-in one if nobody did.
std::string userOf(const Trace& trace, const fixtures::Profile& firmware) {
  for (const Exchange& exchange : trace.exchanges)
    if (isLogin(exchange) && wasAccepted(exchange))
      return textAt(exchange.request.body, {"login", "username"});
  return firmware.authentication.username.value;
}

// A session that was dead when it was recorded: it is asked for with a token that never lived.
bool wasDead(const Exchange& exchange) {
  if (!exchange.reply) return false;
  const auto code = errorCodeOf(exchange.reply->body);
  return code == std::int64_t{protocol::code::kUnauthorized} ||
         code == std::int64_t{protocol::code::kSessionTimeout} ||
         code == std::int64_t{protocol::code::kDeadSession};
}

bool canBeAsked(const Exchange& exchange) {
  if (!exchange.reply) return false;
  const bool hasBody = !exchange.request.body.isNull();
  return hasBody || (exchange.request.http != "POST" && exchange.request.bodyNote.empty());
}

emulator::LoginKeys keysFor(const fixtures::Profile& firmware) {
  const auto& rules = firmware.authentication;
  const auto make = [](int bits) {
    return protocol::RsaPrivateKey::generate(static_cast<std::size_t>(bits));
  };
  if (rules.secondKeyBits.value == 0) return make(rules.keyBits.value);
  return {make(rules.keyBits.value), make(rules.secondKeyBits.value)};
}

struct Answer {
  int status = 0;
  Json body = {};  // null if it is not JSON
  bool came = true;
};

class Stage {
 public:
  Stage(const Trace& trace, std::shared_ptr<const fixtures::Profile> firmware)
      : device_(
            firmware,
            {.account = {.username = userOf(trace, *firmware), .password = std::string(kRight)}},
            keysFor(*firmware), {.clock = clock_, .random = random_}) {}

  CheckedRequest play(const Exchange& exchange, std::size_t index) {
    clock_.advance(std::max(std::chrono::milliseconds(0), exchange.at - at_));
    at_ = std::max(at_, exchange.at);
    CheckedRequest checked{.index = index};
    if (isLogin(exchange)) {
      checkLogin(exchange, checked);
      return checked;
    }
    const auto session = protocol::splitSessionPath(exchange.request.path);
    std::string path = exchange.request.path;
    if (session) {
      const std::string token = wasDead(exchange) ? "0" : tokenFor(exchange);
      if (token.empty()) {
        checked.outcome = Outcome::notRun;
        checked.reason = "its session could not be opened";
        return checked;
      }
      path = "/stok=" + token + "/" + std::string(session->rest);
    }
    const Json& body = exchange.request.body;
    compare(exchange,
            send(exchange.request.http, path, body.isNull() ? std::string() : printJson(body)),
            checked);
    return checked;
  }

 private:
  Answer send(const std::string& method, const std::string& path, const std::string& body) {
    constexpr std::string_view kType = "application/json; charset=UTF-8";
    const std::vector<emulator::HttpHeader> headers = {{"Host", "127.0.0.1"},
                                                       {"Content-Type", kType}};
    const auto reply =
        device_.handle({.method = method, .target = path, .headers = headers, .body = body},
                       {.address = "127.0.0.1"});
    Answer answer{.status = reply.status,
                  .body = jsonOf(reply.body),
                  .came = reply.afterwards != emulator::Afterwards::drop};
    if (const Json* data = answer.body.find("data"); data != nullptr && data->find("nonce"))
      challenge_ = *data;
    return answer;
  }

  // What a session that the trace does not open is opened with.
  static Exchange plainLogin(const Exchange& exchange, const std::string& user) {
    Exchange login{.session = exchange.session};
    login.request.body =
        Json::object({{"method", "do"},
                      {"login", Json::object({{"username", user},
                                              {"password", fixtures::placeholder::kPassword},
                                              {"passwdType", "md5"},
                                              {"encrypt_type", "2"}})}});
    login.reply = fixtures::TraceReply{.body = Json::object({{"error_code", 0}})};
    return login;
  }

  std::string tokenFor(const Exchange& exchange) {
    if (const auto known = tokens_.find(exchange.session); known != tokens_.end())
      return known->second;
    tokens_[exchange.session] = {};  // one attempt a session: more would lock the device
    static_cast<void>(logIn(plainLogin(exchange, device_.profile().authentication.username.value)));
    return tokens_[exchange.session];
  }

  // The body that the recorded client would send now. Fails with a sentence.
  protocol::Result<Json> loginBody(const Exchange& exchange) {
    if (!challenge_) send("POST", "/", std::string(kChallenge));
    if (!challenge_) return protocol::malformed("the device hands out no challenge");
    auto challenge = protocol::parseChallenge(*challenge_);
    if (!challenge) return protocol::malformed("its challenge: " + challenge.error().detail);
    Json body = exchange.request.body;
    Json& login = *body.find("login");
    const std::string type = textAt(body, {"login", "encrypt_type"});
    const auto& offered = challenge->encryptTypes;
    if (!type.empty() && std::find(offered.begin(), offered.end(), type) == offered.end())
      return protocol::malformed("the client prepares its password as type " + type +
                                 ", which the device does not offer");
    if (!type.empty()) challenge->encryptTypes = {type};
    if (login.find("keyType") == nullptr) challenge->key2.reset();
    // The client hashes as it always did, whatever the firmware wants now.
    challenge->passwdType.reset();
    if (login.find("passwdType") != nullptr)
      challenge->passwdType = textAt(body, {"login", "passwdType"});
    const auto prepared =
        protocol::preparePassword(wasAccepted(exchange) ? kRight : kWrong, *challenge);
    if (!prepared) return protocol::malformed(prepared.error().detail);
    login.set("password", protocol::percentEncode(prepared->password, protocol::kClientAlphabet));
    return body;
  }

  protocol::Result<Answer> logIn(const Exchange& exchange) {
    const auto body = loginBody(exchange);
    if (!body) return body.error();
    challenge_.reset();  // a nonce is good for one login
    Answer answer = send("POST", exchange.request.path, printJson(*body));
    tokens_[exchange.session] = textAt(answer.body, {"stok"});
    return answer;
  }

  void checkLogin(const Exchange& exchange, CheckedRequest& checked) {
    if (wasAccepted(exchange)) tokens_[exchange.session] = {};
    const auto answer = logIn(exchange);
    if (answer) return compare(exchange, *answer, checked);
    checked.outcome = Outcome::fails;
    checked.reason = answer.error().detail;
  }

  static void compare(const Exchange& exchange, const Answer& answer, CheckedRequest& checked) {
    using Kind = JsonDifference::Kind;
    const auto& recorded = *exchange.reply;
    if (!answer.came) {
      checked.outcome = Outcome::fails;
      checked.reason = "there is no answer any more";
      return;
    }
    auto& found = checked.differences;
    if (recorded.status != answer.status)
      found.push_back({.kind = Kind::value,
                       .path = "HTTP status",
                       .left = std::to_string(recorded.status),
                       .right = std::to_string(answer.status)});
    const auto was = errorCodeOf(recorded.body), is = errorCodeOf(answer.body);
    if (was && is && *was != *is)
      found.push_back({.kind = Kind::value,
                       .path = "error_code",
                       .left = std::to_string(*was),
                       .right = std::to_string(*is)});
    // Once the code is another, the rest of the answer has to be.
    if (found.empty() && !recorded.body.isNull())
      for (auto& each : differences(recorded.body, answer.body, fixtures::Compare::shape))
        if (each.kind != Kind::onlyRight) found.push_back(std::move(each));
    if (!found.empty()) checked.outcome = Outcome::fails;
  }

  emulator::ManualClock clock_{emulator::Clock::Time(std::chrono::seconds(1782300000))};
  emulator::SeededRandom random_{1};
  emulator::Device device_;
  std::chrono::milliseconds at_{};
  std::map<std::string, std::string> tokens_;  // by session; empty: it could not be opened
  std::optional<Json> challenge_;              // the last one, if it has not been used
};

}  // namespace

std::size_t ClientCheck::count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(),
                    [&](const CheckedRequest& request) { return request.outcome == outcome; }));
}

ClientCheck checkClient(const Trace& trace, std::shared_ptr<const fixtures::Profile> firmware) {
  ClientCheck check;
  Stage stage(trace, std::move(firmware));
  for (std::size_t i = 0; i < trace.exchanges.size(); ++i) {
    if (canBeAsked(trace.exchanges[i]))
      check.requests.push_back(stage.play(trace.exchanges[i], i));
    else
      ++check.leftOut;
  }
  return check;
}

}  // namespace stoklab::cli
