// One session of the client, and how it comes by it: CLIENT-LOGIN and its neighbours.
#include <thread>

#include "client_suites/client.h"
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using protocol::ErrorKind;
using testing::Eq;

SUITE_NEEDS_HURRIED_EMULATOR(ClientExpiry);

// Of the right shape, and nobody's.
constexpr std::string_view kNoToken = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kLogout = R"({"method":"do","system":{"logout":"null"}})";

REQUIREMENT(Client, ReadsTheChallenge, "CLIENT-CHALLENGE") {
  const Answer seen = device().askForChallenge();
  WatchedTransport transport(false);
  const auto challenge = client::Session(transport, {}).challenge();
  ASSERT_THAT(outcomeOf(challenge, "challenge"), Succeeds());
  EXPECT_FALSE(challenge->nonce.empty()) << "the client has read no nonce";
  const Value* types = seen.at("data.encrypt_type");
  const auto key = seen.text("data.key");
  if (types == nullptr || !key) throw Blocked("the judge cannot read the challenge");
  EXPECT_TRUE(challenge->key == percentDecode(*key)) << "the client has read another key";
  ASSERT_THAT(challenge->encryptTypes.size(), Eq(types->items.size()));
  for (std::size_t i = 0; i < types->items.size(); ++i)
    EXPECT_THAT(challenge->encryptTypes[i], Eq(types->items[i].text));
}

REQUIREMENT(Client, LogsIn, "CLIENT-LOGIN") {
  EXPECT_THAT(sharedLogin(), Succeeds());
  EXPECT_TRUE(sharedClient().session.token()) << "the client has no token";
}

// Reads once, so that whatever ended the session before is over, and then `times` times more.
void readAgain(Client& client, int times) {
  for (int i = 0; i <= times; ++i) {
    if (i == 1) client.transport.forget();
    ASSERT_THAT(outcomeOf(client.camera.get(nightPath()), "get"), Succeeds());
  }
}

REQUIREMENT(Client, NeedsOneLogin, "CLIENT-ONE-LOGIN") {
  Client& client = sharedClient();
  readAgain(client, 5);
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(0));
  EXPECT_THAT(client.transport.sent(), Eq(5));
}

REQUIREMENT(Client, KeepsItsConnection, "CLIENT-ONE-CONNECTION") {
  Client& client = sharedClient();
  readAgain(client, 0);
  const std::size_t before = client.transport.connectionsOpened();
  readAgain(client, 5);
  EXPECT_THAT(client.transport.connectionsOpened() - before, Eq(0U));
}

// --- the end of a token

// Ends the session of `client` without its knowing.
void endSessionOf(Client& client) {
  if (const auto login = client.session.login(); !login)
    throw Blocked("the client cannot log in: " + protocol::describe(login.error()));
  const std::string token = client.session.token()->text();
  device().commandAs(token, kLogout);
  if (device().commandAs(token, kGetSwitch).succeeded())
    throw Blocked("the device has not ended the session");
  client.transport.forget();
}

REQUIREMENT(ClientSession, IsMadeAnew, "CLIENT-LOGIN-AGAIN") {
  Client client;
  endSessionOf(client);
  EXPECT_THAT(outcomeOf(client.camera.get(nightPath()), "get"), Succeeds());
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(1));
  EXPECT_THAT(client.transport.sent("\"get\""), Eq(2));
}

REQUIREMENT(ClientSession, CarriesASetOver, "CLIENT-LOGIN-AGAIN-SET") {
  const std::string other = otherNightValue();
  device().remember(device().nightSetting());
  Client client;
  endSessionOf(client);
  EXPECT_THAT(outcomeOf(client.camera.set(nightPath(), other), "set"), Succeeds());
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(1));
  EXPECT_THAT(client.transport.sent("\"set\""), Eq(2));
  EXPECT_THAT(device().read(device().nightSetting()), Eq(other));
}

REQUIREMENT(ClientExpiry, IsOvercome, "CLIENT-EXPIRY") {
  const auto lifetime = device().sessionLifetime();
  if (!lifetime) throw NotApplicable("a session lives longer than the judge waits");
  Client client;
  if (const auto login = client.session.login(); !login)
    throw Blocked("the client cannot log in: " + protocol::describe(login.error()));
  const std::string token = client.session.token()->text();
  std::this_thread::sleep_for(*lifetime + std::chrono::milliseconds(100));
  if (device().commandAs(token, kGetSwitch).succeeded())
    throw Blocked("the device has not ended the session");
  client.transport.forget();
  EXPECT_THAT(outcomeOf(client.camera.get(nightPath()), "get"), Succeeds());
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(1));
  EXPECT_THAT(client.transport.sent("\"get\""), Eq(2));
}

// Blocked if the device takes it for one of its own, or if the client could not log in anyway.
protocol::SessionToken unknownToken() {
  sharedClient();
  if (device().commandAs(kNoToken, kGetSwitch).succeeded())
    throw Blocked("the device accepts a token that it has not given");
  return *protocol::SessionToken::parse(kNoToken);
}

REQUIREMENT(ClientSession, ReplacesAnUnknownToken, "CLIENT-UNKNOWN-TOKEN") {
  Client client;
  client.session.adoptToken(unknownToken());
  EXPECT_THAT(outcomeOf(client.camera.get(nightPath()), "get"), Succeeds());
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(1));
  EXPECT_THAT(client.transport.sent("\"get\""), Eq(2));
}

REQUIREMENT(ClientSession, GivesUpAfterASecondDeadToken, "CLIENT-DEAD-TWICE") {
  const std::string path = unknownToken().commandPath();
  Client client;
  client.transport.bend([&](client::HttpExchange& request) {
    if (request.path != "/") request.path = path;
  });
  client.session.adoptToken(unknownToken());
  EXPECT_THAT(outcomeOf(client.session.get("image", "switch"), "get"),
              FailsWithSomeCode(ErrorKind::refused));
  EXPECT_THAT(client.transport.sent("\"login\""), Eq(1));
  EXPECT_THAT(client.transport.sent("\"get\""), Eq(2));
}

REQUIREMENT(ClientSession, EndsWithALogout, "CLIENT-LOGOUT") {
  Client client;
  if (const auto login = client.session.login(); !login)
    throw Blocked("the client cannot log in: " + protocol::describe(login.error()));
  const std::string token = client.session.token()->text();
  EXPECT_THAT(outcomeOf(client.session.logout(), "logout"), Succeeds());
  EXPECT_FALSE(client.session.token()) << "the client has kept its token";
  EXPECT_THAT(device().commandAs(token, kGetSwitch), IsRefusal());
}

}  // namespace
}  // namespace stoklab::conformance
