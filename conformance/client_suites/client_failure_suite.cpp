// What the client tells its caller when something goes wrong, and what it leaves alone then.
#include "client_suites/client.h"
#include "client_suites/silent_server.h"
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using namespace std::chrono_literals;
using protocol::ErrorKind;
using protocol::Execution;
using protocol::SettingPath;
using testing::Eq;
using testing::HasSubstr;
using testing::Lt;

SUITE_NEEDS_OWN_EMULATOR(ClientLockout);

const SettingPath kSwitch{"image", "switch"};

// --- refusals

REQUIREMENT(ClientRefusal, HasTheCodeOfWhatIsUnknown, "CLIENT-UNKNOWN") {
  client::Session& session = sharedClient().session;
  for (const char* module : {"image", "no_such_module"}) {
    EXPECT_THAT(outcomeOf(session.get(module, "no_such_section"), std::string("get of ") + module),
                FailsWithCode(ErrorKind::refused, -40106));
  }
  EXPECT_THAT(outcomeOf(session.perform("system", "no_such_action"), "do"),
              FailsWithCode(ErrorKind::refused, -40106));
}

REQUIREMENT(ClientRefusal, HasTheCodeOfAWrongValue, "CLIENT-WRONG-VALUE") {
  device().remember(device().nightSetting());
  const std::string before = device().read(device().nightSetting());
  EXPECT_THAT(outcomeOf(sharedClient().camera.set(nightPath(), "no_such_mode"), "set"),
              FailsWithSomeCode(ErrorKind::refused));
  EXPECT_THAT(device().read(device().nightSetting()), Eq(before));
}

REQUIREMENT(ClientRefusal, IsNotWhatAPageIs, "CLIENT-NOT-A-REPLY") {
  Client& client = sharedClient();
  static_cast<void>(client.camera.get(kSwitch));
  client.transport.bend([](client::HttpExchange& request) {
    request.method = "GET";
    request.path = "/";
    request.body.clear();
  });
  const auto given = client.session.get("image", "switch");
  client.transport.bend({});
  EXPECT_THAT(outcomeOf(given, "the page at /"), FailsAs(ErrorKind::malformed));
}

// --- answers that are lost

REQUIREMENT(ClientLoss, OfASetIsReported, "CLIENT-SET-ONCE") {
  const std::string other = otherNightValue();
  device().remember(device().nightSetting());
  Client& client = sharedClient();
  static_cast<void>(client.camera.get(kSwitch));
  client.transport.forget();
  client.transport.loseAnswerTo("\"set\"");
  const auto result = client.camera.set(nightPath(), other);
  ASSERT_THAT(outcomeOf(result, "set"), FailsAs(ErrorKind::transport));
  EXPECT_TRUE(result.error().execution == Execution::mayHaveRun) << "taken for undone";
  EXPECT_THAT(client.transport.sent("\"set\""), Eq(1));
}

REQUIREMENT(ClientLoss, OfAGetIsRepaired, "CLIENT-GET-AGAIN") {
  Client& client = sharedClient();
  static_cast<void>(client.camera.get(kSwitch));
  client.transport.forget();
  client.transport.loseAnswerTo("\"get\"");
  EXPECT_THAT(outcomeOf(client.camera.get(nightPath()), "get"), Succeeds());
  EXPECT_THAT(client.transport.sent("\"get\""), Eq(2));
}

// --- passwords

// Some other password than that of the target. Blocked if the right one gets the client nowhere.
std::string wrongPassword() {
  Client client;
  if (const auto login = client.session.login(); !login)
    throw Blocked("the client cannot log in: " + protocol::describe(login.error()));
  return "no-" + *device().credentials().password;
}

REQUIREMENT(ClientLockout, IsWarnedOf, "CLIENT-WRONG-PASSWORD") {
  Client client(wrongPassword());
  const auto login = client.session.login();
  ASSERT_THAT(outcomeOf(login, "login"), FailsWithCode(ErrorKind::refused, -40401));
  EXPECT_THAT(login.error().detail, HasSubstr("attempts left"));
}

REQUIREMENT(ClientLockout, IsNotRisked, "CLIENT-WRONG-PASSWORD-ONCE") {
  Client client(wrongPassword());
  if (client.session.login()) throw Blocked("the device accepts any password");
  client.transport.forget();
  EXPECT_THAT(outcomeOf(client.camera.get(kSwitch), "get"), FailsAs(ErrorKind::safety));
  EXPECT_THAT(outcomeOf(client.session.login(), "login"), FailsAs(ErrorKind::safety));
  EXPECT_THAT(client.transport.sent(), Eq(0));
}

REQUIREMENT(ClientLockout, IsToldWithItsSeconds, "CLIENT-LOCKED") {
  constexpr int kMost = 30;
  const std::string wrong = wrongPassword();
  Client client(wrong);
  auto login = client.session.login();
  for (int i = 0; i < kMost && !login && login.error().kind == ErrorKind::refused; ++i) {
    client.session.setCredentials({device().credentials().username, wrong});
    login = client.session.login();
  }
  ASSERT_THAT(outcomeOf(login, "login"), FailsAs(ErrorKind::locked));
  ASSERT_TRUE(login.error().retryAfter) << "the client does not say for how long";
  EXPECT_THAT(login.error().retryAfter->count(), testing::Ge(1));
}

// --- silence

// How long a call took.
template <class Call>
std::chrono::milliseconds timeOf(Call&& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

constexpr client::Deadlines kShort{.connect = 300ms, .read = 300ms, .total = 600ms};

// Reads from `port` of this machine, and expects that nothing comes of it, soon.
void expectNoAnswer(std::uint16_t port, bool tls, Execution execution) {
  client::HttpsTransport transport({.port = port, .tls = tls, .deadlines = kShort});
  std::optional<client::Result<client::HttpAnswer>> answer;
  const auto time = timeOf([&] { answer = transport.exchange({.body = "{}"}); });
  ASSERT_FALSE(answer->has_value()) << "there was an answer";
  EXPECT_THAT(std::string(toText(answer->error().kind)), Eq("transport"));
  EXPECT_TRUE(answer->error().execution == execution)
      << "the client is wrong about whether the request may have been carried out";
  EXPECT_THAT(time.count(), Lt(3000));
}

REQUIREMENT(ClientDeadline, EndsAHandshake, "CLIENT-DEADLINE-HANDSHAKE") {
  const SilentServer server;
  expectNoAnswer(server.port(), true, Execution::didNotRun);
}

REQUIREMENT(ClientDeadline, EndsAWaitForAnAnswer, "CLIENT-DEADLINE-ANSWER") {
  const SilentServer server;
  expectNoAnswer(server.port(), false, Execution::mayHaveRun);
}

REQUIREMENT(ClientDeadline, IsNotNeededWhereNobodyListens, "CLIENT-NOBODY-THERE") {
  std::uint16_t port = 0;
  {
    const SilentServer server;
    port = server.port();
  }
  expectNoAnswer(port, true, Execution::didNotRun);
}

// --- certificates

client::HttpsOptions pinned(const std::string& fingerprint) {
  const Target& target = device().target();
  client::HttpsOptions options{.host = target.host, .port = target.port};
  options.security.trust = client::TlsTrust::pin;
  options.security.pin = fingerprint;
  return options;
}

REQUIREMENT(ClientTrust, AcceptsThePinnedCertificate, "CLIENT-PIN") {
  client::HttpsTransport transport(pinned(device().connect().tls().sha256));
  EXPECT_THAT(outcomeOf(transport.connect(), "connect"), Succeeds());
}

REQUIREMENT(ClientTrust, SendsNothingToAnother, "CLIENT-WRONG-PIN") {
  client::HttpsTransport transport(pinned(std::string(64, '0')));
  const auto answer = transport.exchange({.body = "{}"});
  ASSERT_FALSE(answer.has_value()) << "the client trusts a certificate that is not pinned";
  EXPECT_THAT(std::string(toText(answer.error().kind)), Eq("transport"));
  EXPECT_THAT(transport.requestsSent(), Eq(0U));
}

}  // namespace
}  // namespace stoklab::conformance
