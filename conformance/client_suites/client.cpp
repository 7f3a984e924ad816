#include "client_suites/client.h"

#include <algorithm>
#include <utility>

namespace stoklab::conformance {
namespace {

using protocol::Json;

client::HttpsOptions optionsFor(Device& there) {
  const Target& target = there.target();
  client::HttpsOptions options{.host = target.host, .port = target.port, .tls = target.tls};
  if (target.tls) {
    options.security.trust = client::TlsTrust::pin;
    options.security.pin = there.connect().tls().sha256;
  }
  return options;
}

client::Credentials credentialsOf(const Credentials& ours,
                                  const std::optional<std::string>& password) {
  return {.username = ours.username, .password = password.value_or(ours.password.value_or(""))};
}

std::optional<HttpAnswer> seen(const client::Result<client::HttpAnswer>& answer) {
  if (!answer) return std::nullopt;
  HttpAnswer out;
  out.status = answer->status;
  out.statusLine = "HTTP/1.1 " + std::to_string(answer->status);
  out.headers = answer->headers;
  out.body = answer->body;
  return out;
}

template <class T>
Outcome outcome(const client::Result<T>& result, std::string what) {
  Outcome out{.what = std::move(what)};
  if (!result) out.error = result.error();
  return out;
}

class OutcomeThat final : public testing::MatcherInterface<const Outcome&> {
 public:
  OutcomeThat(std::string description, std::function<bool(const Outcome&)> matches)
      : description_(std::move(description)), matches_(std::move(matches)) {}
  bool MatchAndExplain(const Outcome& value, testing::MatchResultListener*) const override {
    return matches_(value);
  }
  void DescribeTo(std::ostream* out) const override { *out << description_; }

 private:
  std::string description_;
  std::function<bool(const Outcome&)> matches_;
};

OutcomeMatcher outcomeThat(std::string description, std::function<bool(const Outcome&)> matches) {
  return testing::MakeMatcher(new OutcomeThat(std::move(description), std::move(matches)));
}

std::string named(protocol::ErrorKind kind) { return std::string(protocol::toText(kind)); }

// The client that tests share, and where it belongs.
struct Shared {
  std::string url;
  Client client;
  Outcome login;
};
std::unique_ptr<Shared>& sharedSlot() {
  static std::unique_ptr<Shared> slot;
  return slot;
}

Shared& shared() {
  auto& slot = sharedSlot();
  // An emulator that fell over comes back at another port.
  const std::string url = device().target().url();
  if (slot && slot->url != url) slot.reset();
  if (!slot) {
    slot.reset(new Shared{.url = url, .client = Client{}, .login = {}});
    slot->login = outcomeOf(slot->client.session.login(), "login");
  }
  return *slot;
}

// A camera has few sessions to give; the shared one is handed back.
class LogoutAtTheEnd final : public testing::Environment {
 public:
  void TearDown() override {
    const auto there = std::move(sharedSlot());
    if (!there) return;
    there->client.transport.stopWatching();
    // Whether a logout works is for a requirement to say.
    static_cast<void>(there->client.session.logout());
  }
};
// GoogleTest owns it.
const testing::Environment* const kLogout = testing::AddGlobalTestEnvironment(new LogoutAtTheEnd);

}  // namespace

protocol::SettingPath nightPath() {
  const Setting& setting = device().nightSetting();
  return {setting.module, setting.section, setting.field};
}

// --- transport

WatchedTransport::WatchedTransport(bool risky) : inner_(optionsFor(device())), risky_(risky) {}

client::Result<client::HttpAnswer> WatchedTransport::exchange(const client::HttpExchange& request) {
  if (!watched_) return inner_.exchange(request);
  client::HttpExchange sent = request;
  if (change_) change_(sent);
  bodies_.push_back(sent.body);
  lost_ = !toLose_.empty() && sent.body.find(toLose_) != std::string::npos;
  if (lost_) toLose_.clear();
  client::Result<client::HttpAnswer> answer{protocol::Error{.kind = protocol::ErrorKind::safety}};
  device().watch({.method = sent.method, .path = sent.path, .body = sent.body}, risky_, [&] {
    answer = inner_.exchange(sent);
    return seen(answer);
  });
  if (!lost_) return answer;
  return protocol::Error{.kind = protocol::ErrorKind::transport,
                         .detail = "the judge has thrown the answer away",
                         .execution = protocol::Execution::mayHaveRun};
}

bool WatchedTransport::keptConnectionDied() const { return lost_ || inner_.keptConnectionDied(); }

int WatchedTransport::sent(std::string_view text) const {
  return static_cast<int>(
      std::count_if(bodies_.begin(), bodies_.end(),
                    [&](const std::string& body) { return body.find(text) != std::string::npos; }));
}

// --- client

Client::Client(const std::optional<std::string>& password)
    : transport(password.has_value()),
      // The judge has a guard of its own; here the client may use the last attempt, too.
      session(transport, credentialsOf(device().credentials(), password),
              {.minAttemptsLeft = password ? 0 : 2}),
      camera(session) {}

Outcome sharedLogin() { return shared().login; }

Client& sharedClient() {
  Shared& there = shared();
  if (there.login.error)
    throw Blocked("the client cannot log in: " + protocol::describe(*there.login.error));
  return there.client;
}

// --- outcomes

void PrintTo(const Outcome& outcome, std::ostream* out) {
  if (!outcome.what.empty()) *out << outcome.what << ": ";
  if (!outcome.error) {
    *out << (outcome.value.empty() ? "success" : outcome.value);
    return;
  }
  *out << protocol::describe(*outcome.error);
  if (outcome.error->retryAfter)
    *out << ", to be tried again in " << outcome.error->retryAfter->count() << " s";
}

Outcome outcomeOf(const client::Result<void>& result, std::string what) {
  Outcome out{.what = std::move(what)};
  if (!result) out.error = result.error();
  return out;
}

Outcome outcomeOf(const client::Result<Json>& result, std::string what) {
  Outcome out = outcome(result, std::move(what));
  if (result) out.value = printJson(*result);
  return out;
}

Outcome outcomeOf(const client::Result<std::vector<Json>>& result, std::string what) {
  Outcome out = outcome(result, std::move(what));
  if (result) out.value = printJson(Json::array(*result));
  return out;
}

Outcome outcomeOf(const client::Result<protocol::Reply>& result, std::string what) {
  Outcome out = outcome(result, std::move(what));
  if (result) out.value = printJson(result->body);
  return out;
}

Outcome outcomeOf(const client::Result<client::LoginFacts>& result, std::string what) {
  return outcome(result, std::move(what));
}

Outcome outcomeOf(const client::Result<protocol::Challenge>& result, std::string what) {
  return outcome(result, std::move(what));
}

Outcome outcomeOf(const client::Result<client::NightVision>& result, std::string what) {
  Outcome out = outcome(result, std::move(what));
  if (result) out.value = printJson(Json(toText(*result)));
  return out;
}

// --- matchers

OutcomeMatcher Succeeds() {
  return outcomeThat("success", [](const Outcome& o) { return !o.error; });
}

OutcomeMatcher Gives(const Json& value) {
  const std::string text = printJson(value);
  return outcomeThat(text, [text](const Outcome& o) { return !o.error && o.value == text; });
}

OutcomeMatcher FailsAs(protocol::ErrorKind kind) {
  return outcomeThat("an error of the kind " + named(kind),
                     [kind](const Outcome& o) { return o.error && o.error->kind == kind; });
}

OutcomeMatcher FailsWithCode(protocol::ErrorKind kind, int code) {
  return outcomeThat("an error of the kind " + named(kind) + " with the code " +
                         std::to_string(code) + " of the device",
                     [kind, code](const Outcome& o) {
                       return o.error && o.error->kind == kind && o.error->deviceCode == code;
                     });
}

OutcomeMatcher FailsWithSomeCode(protocol::ErrorKind kind) {
  return outcomeThat(
      "an error of the kind " + named(kind) + " with a code of the device",
      [kind](const Outcome& o) { return o.error && o.error->kind == kind && o.error->deviceCode; });
}

}  // namespace stoklab::conformance
