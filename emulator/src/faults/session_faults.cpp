// What can be wrong with tokens and sessions.
#include <algorithm>
#include <atomic>
#include <cctype>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "faults/around.h"
#include "faults/groups.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;

namespace {

std::string_view tokenOf(const HttpRequest& request) {
  const auto session = protocol::splitSessionPath(request.target);
  return session ? session->token : std::string_view();
}

bool sameButForCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// A command that was refused is tried again with the newest token, where `when` holds.
Fault::Wrap lendingTokens(bool (*when)(const HttpRequest&, const std::string& newest)) {
  return rememberingTokens([when](Endpoint& inside, const HttpRequest& request, const Peer& peer,
                                  HttpReply reply, const Tokens& tokens) {
    const std::string newest = tokens.newest();
    if (reply.status != 401 || newest.empty() || !when(request, newest)) return reply;
    return inside.handle(withTarget(request, commandTarget(newest)), peer);
  });
}

Fault::Wrap ignoringCase() {
  return rememberingTokens([](Endpoint& inside, const HttpRequest& request, const Peer& peer,
                              HttpReply reply, const Tokens& tokens) {
    if (reply.status != 401) return reply;
    for (const std::string& token : tokens.all()) {
      const std::string target = commandTarget(token);
      if (token != tokenOf(request) && sameButForCase(tokenOf(request), token))
        return inside.handle(withTarget(request, target), peer);
    }
    return reply;
  });
}

constexpr std::string_view kLogout = R"({"method":"do","system":{"logout":null}})";

Fault::Wrap loggingEverybodyOut() {
  return rememberingTokens([](Endpoint& inside, const HttpRequest& request, const Peer& peer,
                              HttpReply reply, const Tokens& tokens) {
    if (!says(request, "\"logout\"") || codeOf(reply) != 0) return reply;
    for (const std::string& token : tokens.all()) {
      const std::string target = commandTarget(token);
      inside.handle(withBody(withTarget(request, target), kLogout), peer);
    }
    return reply;
  });
}

Fault::Wrap writingForTheDead() {
  return rememberingTokens([](Endpoint& inside, const HttpRequest& request, const Peer& peer,
                              HttpReply reply, const Tokens& tokens) {
    if (reply.status == 401 && hasMethod(request, "set"))
      inside.handle(withTarget(request, commandTarget(tokens.newest())), peer);
    return reply;
  });
}

Fault::Wrap readingAtTheDoor() {
  return rememberingTokens([](Endpoint& inside, const HttpRequest& request, const Peer& peer,
                              HttpReply reply, const Tokens& tokens) {
    const bool get = request.body.find(R"("method":"get")") != std::string_view::npos;
    if (request.target != "/" || !get || tokens.newest().empty()) return reply;
    return inside.handle(withTarget(request, commandTarget(tokens.newest())), peer);
  });
}

// Says the same to everybody once sixty logins have been accepted.
Fault::Wrap runningOut() {
  return aroundEach([]() -> Step {
    return [given = std::make_shared<std::atomic<int>>(0)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      constexpr int kMost = 60;
      HttpReply reply = inside.handle(request, peer);
      if (reply.body.find("\"stok\"") == std::string::npos || ++*given <= kMost) return reply;
      return codeReply(-40406);
    };
  });
}

// The nonce of the answer to an unknown token is one that was never given out.
void spoilNonce(const HttpRequest& request, Json& answer) {
  Json* data = isCommand(request) ? answer.find("data") : nullptr;
  const Json* nonce = data == nullptr ? nullptr : data->find("nonce");
  if (nonce == nullptr || nonce->string() == nullptr) return;
  data->set("nonce", std::string(nonce->string()->rbegin(), nonce->string()->rend()));
}

// Two commands on one connection bind the token to it; the next command on another is refused.
Fault::Wrap bindingToConnections() {
  struct Use {
    std::uint16_t port = 0;  // of the token's last connection
    int commands = 0;        // on it
  };
  struct Uses {
    std::mutex mutex;
    std::map<std::string, Use, std::less<>> byTarget;
  };
  return aroundEach([]() -> Step {
    return [uses = std::make_shared<Uses>()](Endpoint& inside, const HttpRequest& request,
                                             const Peer& peer) {
      if (!isCommand(request)) return inside.handle(request, peer);
      const std::lock_guard lock(uses->mutex);
      Use& use = uses->byTarget[std::string(request.target)];
      const bool elsewhere = peer.port != use.port;
      const bool bound = elsewhere && use.commands > 1;
      use.commands = elsewhere ? 1 : use.commands + 1;
      use.port = peer.port;
      return inside.handle(bound ? withTarget(request, "/stok=none/ds") : request, peer);
    };
  });
}

}  // namespace

std::vector<Fault> sessionFaults() {
  return {
      {.name = "dead-token-status-200",
       .sentence = "An unknown token is answered with HTTP status 200.",
       .breaks = {"SESS-DEAD-TOKEN-STATUS"},
       .changeProfile = [](Profile& p) { p.authentication.deadTokenStatus.value = 200; }},
      {.name = "dead-token-code-wrong",
       .sentence = "An unknown token is answered with error_code -1.",
       .breaks = {"SESS-DEAD-TOKEN-CODE"},
       .changeProfile = [](Profile& p) { p.authentication.deadTokenErrorCode.value = -1; }},
      {.name = "dead-token-without-challenge",
       .sentence = "The answer to an unknown token carries no challenge.",
       .breaks = {"SESS-DEAD-TOKEN-CHALLENGE"},
       .wrap = editingAnswers([](const HttpRequest& request, Json& answer) {
         if (isCommand(request) && answer.find("data") != nullptr) answer.erase("data");
       })},
      {.name = "any-token-accepted",
       .sentence = "Any token is accepted while anybody is logged in.",
       .breaks = {"SESS-DEAD-TOKEN-STATUS", "SESS-DEAD-TOKEN-CODE", "SESS-DEAD-TOKEN-CHALLENGE",
                  "SESS-DEAD-TOKEN-WRITES-NOTHING", "SESS-WRONG-CASE-TOKEN", "SESS-EMPTY-TOKEN"},
       .wrap = lendingTokens(
           [](const HttpRequest& request, const std::string&) { return isCommand(request); })},
      {.name = "empty-token-accepted",
       .sentence = "An empty token is accepted while anybody is logged in.",
       .breaks = {"SESS-EMPTY-TOKEN"},
       .wrap = lendingTokens([](const HttpRequest& request, const std::string&) {
         return isCommand(request) && tokenOf(request).empty();
       })},
      {.name = "token-case-ignored",
       .sentence = "A token is compared without regard to case.",
       .breaks = {"SESS-WRONG-CASE-TOKEN"},
       .wrap = ignoringCase()},
      {.name = "encoded-token-refused",
       .sentence = "A token that is percent-encoded in the path is unknown.",
       .breaks = {"SESS-TOKEN-ENCODED"},
       .wrap = around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
         const bool encoded = tokenOf(request).find('%') != std::string_view::npos;
         return inside.handle(encoded ? withTarget(request, "/stok=none/ds") : request, peer);
       })},
      {.name = "read-without-session",
       .sentence = "A get that is posted to / is answered while anybody is logged in.",
       .breaks = {"SESS-NO-TOKEN"},
       .wrap = readingAtTheDoor()},
      {.name = "dead-token-writes",
       .sentence = "A set with an unknown token is refused, and carried out all the same.",
       .breaks = {"SESS-DEAD-TOKEN-WRITES-NOTHING"},
       .wrap = writingForTheDead()},
      {.name = "one-session-only",
       .sentence = "A login ends every session before it.",
       .breaks = {"SESS-TWO-COEXIST", "SESS-LOGOUT-OTHERS"},
       .changeProfile = [](Profile& p) { p.authentication.maxSessions.value = 1; }},
      {.name = "sessions-run-out",
       .sentence = "After sixty logins no further one is accepted.",
       .breaks = {"SESS-MANY-LOGINS", "SESS-NEWEST-LIVES", "SESS-OLDEST-GOES"},
       .wrap = runningOut()},
      {.name = "token-survives-logout",
       .sentence = "A logout is answered with success, and ends nothing.",
       .breaks = {"SESS-LOGOUT-ENDS", "SESS-LOGOUT-NULL", "CLIENT-LOGOUT"},
       .wrap = answering([](const HttpRequest& r) { return says(r, "\"logout\""); }, codeReply(0))},
      {.name = "logout-ends-all",
       .sentence = "A logout ends the sessions of everybody.",
       .breaks = {"SESS-LOGOUT-OTHERS"},
       .wrap = loggingEverybodyOut()},
      {.name = "logout-answer-wrong",
       .sentence = "A logout ends the session, but is answered with error_code -1.",
       .breaks = {"SESS-LOGOUT-ANSWER", "SESS-LOGOUT-NULL", "CLIENT-LOGOUT"},
       .wrap = editingAnswers([](const HttpRequest& request, Json& answer) {
         const Json* code = answer.find("error_code");
         if (says(request, "\"logout\"") && code != nullptr && *code == Json(0))
           answer.set("error_code", -1);
       })},
      {.name = "reboot-ends-nothing",
       .sentence = "A reboot is answered with success, and does not happen.",
       .breaks = {"SESS-REBOOT-ENDS"},
       .wrap = answering(
           [](const HttpRequest& r) { return hasMethod(r, "do") && says(r, "\"reboot\""); },
           codeReply(0))},
      {.name = "dead-token-nonce-useless",
       .sentence = "The nonce in the answer to an unknown token cannot be used.",
       .breaks = {"SESS-DEAD-TOKEN-LOGIN"},
       .wrap = editingAnswers(spoilNonce)},
      {.name = "get-status-202",
       .sentence = "A get is answered with HTTP status 202.",
       .breaks = {"SESS-TOKEN-IN-PATH"},
       .wrap = changingReplies([](const HttpRequest& r) { return hasMethod(r, "get"); },
                               [](HttpReply& reply) {
                                 if (reply.status == 200) reply.status = 202;
                               })},
      {.name = "token-bound-to-connection",
       .sentence = "Two commands on one connection bind the token to it.",
       .breaks = {"SESS-ANY-CONNECTION"},
       .wrap = bindingToConnections()},
      {.name = "expired-token-accepted",
       .sentence = "A session lives on when its time is over.",
       .breaks = {"SESS-EXPIRY-ENDS"},
       .lapse = [](Lapses& l) { l.sessionsStay = true; }},
  };
}

}  // namespace stoklab::emulator
