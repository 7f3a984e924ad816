// The client library, judged together with the device: what it asks for has to come out of the
// device as the judge itself sees it, and whatever the device says has to reach its caller.
//
// These suites alone use the client. What they compare with comes from the judge's own wire, which
// shares nothing with it. Every exchange of the client passes Device::watch(), so that its logins
// are counted and guarded and its exchanges stand in reports.
//
// The one thing not to get wrong: tests that may run against a real camera share one session,
// sharedClient(). Whoever needs another login makes a Client of its own, and its requirement needs
// "spawned-target".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/requirement_test.h"
#include "stoklab/client/camera.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"

namespace stoklab::conformance {

// device().nightSetting(), for the client.
protocol::SettingPath nightPath();

// The client's transport to the device of the present test, with somebody who listens.
class WatchedTransport final : public client::Transport {
 public:
  // Trusts only the certificate that the device shows to the judge at this moment. `risky`: its
  // logins may be refused.
  explicit WatchedTransport(bool risky);

  client::Result<client::HttpAnswer> exchange(const client::HttpExchange& request) override;
  bool keptConnectionDied() const override;

  // Changes every request on its way out.
  void bend(std::function<void(client::HttpExchange&)> change) { change_ = std::move(change); }
  // The device gets the next request whose body holds `text`; its answer is thrown away, as if a
  // kept connection had died under it.
  void loseAnswerTo(std::string text) { toLose_ = std::move(text); }

  // From now on exchanges are nobody's business. For the time when no test runs.
  void stopWatching() { watched_ = false; }

  // How many requests were sent, since the last forget(), whose body holds `text`.
  int sent(std::string_view text = {}) const;
  void forget() { bodies_.clear(); }
  std::size_t connectionsOpened() const { return inner_.connectionsOpened(); }

 private:
  client::HttpsTransport inner_;
  bool risky_;
  bool watched_ = true;
  std::function<void(client::HttpExchange&)> change_ = {};
  std::string toLose_ = {};
  bool lost_ = false;  // the answer to the last request was thrown away
  std::vector<std::string> bodies_ = {};
};

// One client with a session of its own; not logged in yet. Neither copied nor moved: its parts hold
// on to each other.
struct Client {
  // With the password of the target, unless another is given, which makes its logins risky.
  explicit Client(const std::optional<std::string>& password = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  WatchedTransport transport;
  client::Session session;
  client::Camera camera;
};

// The client that tests share, logged in once for all of them and logged out after the last test.
// Throws Blocked if that login failed.
Client& sharedClient();

// What a call of the client came to.
struct Outcome {
  std::string what = {};  // what was asked for; may be empty
  std::optional<protocol::Error> error = {};
  std::string value = {};  // as JSON, if there is one
};
void PrintTo(const Outcome& outcome, std::ostream* out);

Outcome outcomeOf(const client::Result<void>& result, std::string what = {});
Outcome outcomeOf(const client::Result<protocol::Json>& result, std::string what = {});
Outcome outcomeOf(const client::Result<std::vector<protocol::Json>>& result, std::string what = {});
Outcome outcomeOf(const client::Result<protocol::Reply>& result, std::string what = {});
Outcome outcomeOf(const client::Result<client::LoginFacts>& result, std::string what = {});
Outcome outcomeOf(const client::Result<protocol::Challenge>& result, std::string what = {});
Outcome outcomeOf(const client::Result<client::NightVision>& result, std::string what = {});

// The login of sharedClient(), made if it was not made before.
Outcome sharedLogin();

// Matchers, of one type like those of harness/answer.h.
using OutcomeMatcher = testing::Matcher<const Outcome&>;
OutcomeMatcher Succeeds();
OutcomeMatcher Gives(const protocol::Json& value);
OutcomeMatcher FailsAs(protocol::ErrorKind kind);
// As `kind`, with that code of the device.
OutcomeMatcher FailsWithCode(protocol::ErrorKind kind, int code);
// As `kind`, with any code of the device.
OutcomeMatcher FailsWithSomeCode(protocol::ErrorKind kind);

}  // namespace stoklab::conformance
