// A conversation with one device: logs in when it must, carries the token, and logs in once more
// when the token has died under it.
//
// The one thing not to get wrong: a device locks after a few wrong passwords. A session makes at
// most one login for each call, never repeats a refused one, and after a refusal refuses further
// calls itself (ErrorKind::safety) until setCredentials() is called. There is one exception: a
// login refused because its nonce was outdated (-40410, facts.md C9) is no verdict on the password
// and is made once more with a fresh challenge.
//
// A request is sent again by itself only when it cannot have been carried out, or when it only
// reads; and only if a kept connection was the reason that it failed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/client/transport.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/login.h"

namespace stoklab::client {

struct Credentials {
  std::string username = "admin";
  std::string password = {};
};

// When a session stops by itself although the device would still take a login.
struct LoginGuard {
  // No login if the challenge says that fewer attempts than this are left (facts.md L5); 0 or 1
  // uses even the last one. A device that does not say is not guarded by this.
  int minAttemptsLeft = 2;
};

// What a login granted. The token is not part of it; see Session::token().
struct LoginFacts {
  std::optional<std::string> userGroup = {};  // "root"
};

// Not thread-safe: one session, one thread at a time.
class Session {
 public:
  // The transport must outlive the session.
  Session(Transport& transport, Credentials credentials, LoginGuard guard = {});

  // The device's challenge; needs and makes no login. A device that does not know the request, or
  // takes none there, is asked for a page that needs a session, which some answer with the
  // challenge (facts.md H10, C11). Fails with `locked` if the device says so instead of handing out
  // a challenge.
  Result<protocol::Challenge> challenge();

  // Logs in now, even if there is a token. Fails with `refused` (wrong password, with the attempts
  // left in the detail), `locked` (with the seconds left), `safety`, `transport`, `malformed`. No
  // password is sent if the challenge says that the device is locked, in its factory state or has
  // few attempts left (LoginGuard). Any answer that does not let us in counts as a refusal; a lost
  // answer does not.
  Result<LoginFacts> login();

  // Sends any request; logs in first if there is no token. If the token turns out dead (HTTP 401,
  // or -40401, -40403, -40415 with any status; facts.md H6, S3) there is one fresh login and one
  // repeat: a request with a dead token was not carried out. A reply with a non-zero code is
  // ErrorKind::refused with that code.
  Result<protocol::Reply> send(const protocol::Request& request);

  // The reply as it came, also when its code is not zero; else like send().
  Result<protocol::Reply> exchange(const protocol::Request& request);

  // The body as it is, no strings encoded; the answer's body as it came.
  Result<std::string> sendRaw(const std::string& body);

  // The fields of one section, unknown ones included, in the device's order; the meta keys of older
  // firmware (".name" and the like, E7) among them.
  Result<protocol::Json> get(std::string_view module, std::string_view section);
  // Several sections of one module in one request: an object section -> fields.
  Result<protocol::Json> get(std::string_view module, const std::vector<std::string>& sections);
  // The rows of a table: an object row name -> fields, whichever way the device lists them (D4).
  Result<protocol::Json> getTable(std::string_view module, std::string_view table);
  Result<void> set(std::string_view module, std::string_view section, protocol::Json fields);
  Result<protocol::Reply> perform(std::string_view module, std::string_view action,
                                  protocol::Json arguments = {});
  Result<void> add(std::string_view module, std::string_view table, std::string_view row,
                   protocol::Json fields);
  Result<void> remove(std::string_view module, const std::vector<std::string>& rows);

  // Ends the session on the device (L13) and forgets the token, unless no answer came
  // (`transport`). A session that the device has forgotten already is a success; without a token
  // nothing is sent.
  Result<void> logout();

  // Lifts the guard after a refused login.
  void setCredentials(Credentials credentials);

  const std::optional<protocol::SessionToken>& token() const { return token_; }
  // Continues a session that was opened elsewhere.
  void adoptToken(protocol::SessionToken token) { token_ = std::move(token); }

  // Number of login requests sent since construction.
  int loginsSent() const { return loginsSent_; }

 private:
  // The challenge in an answer, or what the answer says instead.
  Result<protocol::Challenge> challengeIn(const HttpAnswer& answer) const;

  // What may happen to a request whose answer was lost.
  enum class Repeat { never, allowed };

  // May happen twice if a kept connection was the reason that the first failed.
  Result<HttpAnswer> exchangeOn(const HttpExchange& request, Repeat repeat);
  Result<HttpAnswer> post(std::string path, std::string body, Repeat repeat);
  // To the command path, with a login before it or, if the token is dead, after it.
  Result<HttpAnswer> command(const std::string& body, Repeat repeat);
  // One challenge and one login request.
  Result<protocol::Reply> attemptLogin();
  Result<void> checkBeforeLogin(const protocol::Challenge& challenge) const;

  Transport& transport_;
  Credentials credentials_;
  LoginGuard guard_;
  std::optional<protocol::SessionToken> token_;
  std::optional<protocol::Error> refusal_;  // of the last login; blocks further ones
  int loginsSent_ = 0;
};

}  // namespace stoklab::client
