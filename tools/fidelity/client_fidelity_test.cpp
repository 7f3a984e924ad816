// Whether our client, asked to do what a recorded client did, sends what that one sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/client/session.h"
#include "stoklab/client/transport.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"
#include "traces.h"
#include "wire_form.h"

namespace stoklab::fidelity {

using client::HttpAnswer;
using client::HttpExchange;
using fixtures::Exchange;
using protocol::Json;
using protocol::Method;
using protocol::Request;

namespace {

// Answers what the trace says, with a challenge that can be answered, and keeps what was sent.
class RecordedDevice final : public client::Transport {
 public:
  protocol::Result<HttpAnswer> exchange(const HttpExchange& request) override {
    sent.push_back(request);
    const auto body = protocol::parseJson(request.body);
    if (body && body->at({"user_management", "get_encrypt_info"}) != nullptr)
      return HttpAnswer{.status = 401, .body = challenge()};
    if (body && body->find("login") != nullptr)
      return HttpAnswer{.status = 200, .body = R"({"error_code":0,"stok":"0123abcd"})"};
    return HttpAnswer{.status = 200, .body = answer};
  }

  std::vector<HttpExchange> sent;
  std::string answer = R"({"error_code":0})";

 private:
  static std::string challenge() {
    static const auto kKey = protocol::RsaPrivateKey::generate(1024);
    const Json data = Json::object({{"code", -40407},
                                    {"encrypt_type", Json::array({"1", "2"})},
                                    {"key", kKey.publicSpkiBase64()},
                                    {"nonce", "abcdefgh"},
                                    {"passwdType", "md5"}});
    return printJson(protocol::encodeStrings(Json::object({{"error_code", -40401}, {"data", data}}),
                                             protocol::kDeviceAlphabet));
  }
};

// The one name of {"name":"switch"} or {"name":["switch","common"]}, as a client is told them;
// nullopt if the arguments of a module are something else.
std::optional<std::vector<std::string>> namesAt(const Json& arguments, std::string_view key) {
  const Json* value = arguments.find(key);
  if (value == nullptr || arguments.size() != 1) return std::nullopt;
  if (const auto* one = value->string()) return std::vector<std::string>{*one};
  if (value->elements() == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const Json& name : *value->elements()) {
    if (name.string() == nullptr) return std::nullopt;
    names.push_back(*name.string());
  }
  return names;
}

// Asks for the same through the call that a program would use for it. The outcome does not matter:
// some of what was recorded is a refusal.
void perform(const Request& intent, client::Session& session) {
  const auto& modules = *intent.modules.members();
  const std::string& module = modules.front().key;
  const Json& arguments = modules.front().value;
  const bool one = modules.size() == 1;
  switch (intent.method) {
    case Method::get:
      if (const auto names = namesAt(arguments, "name"); one && names) {
        if (names->size() == 1)
          (void)session.get(module, names->front());
        else
          (void)session.get(module, *names);
        return;
      }
      if (const auto tables = namesAt(arguments, "table"); one && tables && tables->size() == 1) {
        (void)session.getTable(module, tables->front());
        return;
      }
      break;
    case Method::set:
      if (one && arguments.size() == 1) {
        const auto& section = arguments.members()->front();
        (void)session.set(module, section.key, section.value);
        return;
      }
      break;
    case Method::perform:
      if (one && arguments.size() == 1) {
        const auto& action = arguments.members()->front();
        (void)session.perform(module, action.key, action.value);
        return;
      }
      break;
    case Method::add: {
      const Json *table = arguments.find("table"), *row = arguments.find("name"),
                 *fields = arguments.find("para");
      if (one && table != nullptr && table->string() != nullptr && row != nullptr &&
          row->string() != nullptr && fields != nullptr) {
        (void)session.add(module, *table->string(), *row->string(), *fields);
        return;
      }
      break;
    }
    case Method::remove:
      if (const auto rows = namesAt(arguments, "name"); one && rows) {
        (void)session.remove(module, *rows);
        return;
      }
      break;
  }
  (void)session.exchange(intent);  // several modules at once, or no call of its own
}

// What our client sends for what was recorded; nullopt if it sends nothing.
std::optional<HttpExchange> sendAgain(const Exchange& exchange) {
  RecordedDevice device;
  client::Session session(device, {.username = "admin", .password = "secret"});
  const Json& body = exchange.request.body;
  if (body.find("login") != nullptr) {
    const Json* name = body.at({"login", "username"});
    client::Session named(device, {.username = name == nullptr || name->string() == nullptr
                                                   ? std::string()
                                                   : protocol::percentDecode(*name->string()),
                                   .password = "secret"});
    (void)named.login();
  } else if (body.at({"user_management", "get_encrypt_info"}) != nullptr) {
    (void)session.challenge();
  } else {
    const auto intent = protocol::parseRequest(protocol::decodeStrings(body));
    if (!intent || intent->modules.size() == 0) return std::nullopt;
    session.adoptToken(*protocol::SessionToken::parse("0123abcd"));
    if (exchange.reply && exchange.reply->body.isObject())
      device.answer = printJson(exchange.reply->body);
    perform(*intent, session);
    if (device.sent.size() > 1) return device.sent.front();  // a dead session is entered again
  }
  if (device.sent.empty()) return std::nullopt;
  return device.sent.back();
}

class ClientFidelity : public ::testing::TestWithParam<KeptTrace> {};

}  // namespace

TEST_P(ClientFidelity, SendsWhatTheRecordedClientSent) {
  const fixtures::Trace trace = read(GetParam());
  Findings findings(acceptedFor(GetParam()).client);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < trace.exchanges.size(); ++i) {
    const Exchange& exchange = trace.exchanges[i];
    const auto& recorded = exchange.request;
    const std::string door = fixtures::doorOf(recorded.path);
    if (!recorded.body.isObject() || (door != "root" && door != "command")) continue;
    ++compared;
    const auto sent = sendAgain(exchange);
    if (!sent) {
      findings.add(i, exchange, "meaning", "our client sends nothing of that kind");
      continue;
    }
    const Json ours = withPlaceholdersOf(recorded.body, *protocol::parseJson(sent->body));
    if (sent->method != recorded.http)
      findings.add(i, exchange, "http", "ours is a " + sent->method);
    if (fixtures::meaningOf(sent->path, ours) !=
        fixtures::meaningOf(recorded.path, recorded.body)) {
      findings.add(i, exchange, "meaning",
                   "ours means " + fixtures::meaningOf(sent->path, ours) + ", the recorded one " +
                       fixtures::meaningOf(recorded.path, recorded.body));
      continue;
    }
    for (const auto& kind : wireDifferences(ours, recorded.body))
      findings.add(i, exchange, kind,
                   "ours is " + printJson(ours) + ", the recorded one " + printJson(recorded.body));
  }
  EXPECT_GT(compared, 0U) << "the trace holds no request that our client could send";
  EXPECT_THAT(findings.problems(GetParam()), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Traces, ClientFidelity, ::testing::ValuesIn(keptTraces()),
                         [](const auto& kept) { return testNameOf(kept.param); });

}  // namespace stoklab::fidelity
