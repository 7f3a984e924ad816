#include "stoklab/client/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/password.h"
#include "table_rows.h"

namespace stoklab::client {

using protocol::Challenge;
using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;
using protocol::Json;
using protocol::malformed;
using protocol::Reply;
using protocol::Request;
namespace code = protocol::code;

namespace {

constexpr std::array kDeadToken = {code::kUnauthorized, code::kSessionTimeout, code::kDeadSession};

bool isDead(const HttpAnswer& answer) {
  if (answer.status == 401) return true;
  // All of the codes begin like this; most answers need not be parsed a second time.
  if (answer.body.find("-404") == std::string::npos) return false;
  const auto reply = protocol::parseReply(answer.body);
  return reply &&
         std::find(kDeadToken.begin(), kDeadToken.end(), reply->errorCode) != kDeadToken.end();
}

Result<Reply> replyOf(const HttpAnswer& answer) {
  auto reply = protocol::parseReply(answer.body);
  if (!reply) {
    return malformed("the device answered HTTP " + std::to_string(answer.status) +
                     " with a body that is no reply: " + reply.error().detail);
  }
  if (reply->ok() && answer.status >= 400) {
    return malformed("the device answered HTTP " + std::to_string(answer.status) +
                     " although its error_code is 0");
  }
  return reply;
}

// data.code where there is one, as it tells more (facts.md L5, L6), else error_code.
int tellingCode(const Reply& reply) {
  const Json* inner = reply.data() == nullptr ? nullptr : reply.data()->find("code");
  if (inner == nullptr || inner->integer() == nullptr || *inner->integer() == 0) {
    return reply.errorCode;
  }
  return static_cast<int>(*inner->integer());
}

// A page of the web UI that no device shows without a session.
constexpr std::string_view kProtectedPage = "/pc/Content.htm";

// Whether the answer to a challenge request says that there is no such request: a page instead of
// a reply, or a code for what the device does not know.
bool isUnknownThere(const HttpAnswer& answer) {
  const auto reply = protocol::parseReply(answer.body);
  if (!reply) return answer.status == 404 || answer.status == 405 || answer.status == 501;
  static constexpr std::array kUnknown = {code::kUnsupportedMethod, code::kUnsupportedCommand,
                                          code::kFormatError};
  return std::find(kUnknown.begin(), kUnknown.end(), reply->errorCode) != kUnknown.end();
}

bool isLockCode(int number) { return number == code::kLocked || number == code::kLockedForGood; }

Error refusedWith(int number) {
  return {.kind = ErrorKind::refused,
          .detail = "the device answered " + protocol::describeDeviceCode(number),
          .deviceCode = number};
}

Result<Json> part(const Reply& reply, std::string_view module, std::string_view section) {
  if (const Json* found = reply.body.at({module, section})) return *found;
  return malformed("the answer of the device holds no " + std::string(module) + "." +
                   std::string(section));
}

}  // namespace

Session::Session(Transport& transport, Credentials credentials, LoginGuard guard)
    : transport_(transport), credentials_(std::move(credentials)), guard_(guard) {}

void Session::setCredentials(Credentials credentials) {
  credentials_ = std::move(credentials);
  token_.reset();
  refusal_.reset();
}

Result<HttpAnswer> Session::post(std::string path, std::string body, Repeat repeat) {
  return exchangeOn({.path = std::move(path), .body = std::move(body)}, repeat);
}

Result<HttpAnswer> Session::exchangeOn(const HttpExchange& request, Repeat repeat) {
  auto answer = transport_.exchange(request);
  if (answer || !transport_.keptConnectionDied()) return answer;
  if (answer.error().execution == Execution::mayHaveRun && repeat == Repeat::never) return answer;
  return transport_.exchange(request);
}

Result<Challenge> Session::challenge() {
  auto answer = post("/", protocol::printRequest(protocol::challengeRequest()), Repeat::allowed);
  if (!answer) return answer.error();
  auto challenge = challengeIn(*answer);
  if (challenge || !isUnknownThere(*answer)) return challenge;
  const HttpExchange page{.method = "GET", .path = std::string(kProtectedPage), .contentType = {}};
  const auto shown = exchangeOn(page, Repeat::allowed);
  if (!shown) return shown.error();
  auto fromPage = challengeIn(*shown);
  // Of two answers that are no challenge the first is the one to the question that was asked.
  const bool telling = fromPage || fromPage.error().kind != ErrorKind::malformed;
  return telling ? fromPage : challenge;
}

Result<Challenge> Session::challengeIn(const HttpAnswer& answer) const {
  auto reply = protocol::parseReply(answer.body);
  if (!reply) return replyOf(answer).error();
  const Json* data = reply->data();
  auto challenge = protocol::parseChallenge(data == nullptr ? reply->body : *data);
  if (challenge || data == nullptr) return challenge;
  // Instead of a challenge there may be the reason why there is none.
  const int number = tellingCode(*reply);
  if (isLockCode(number)) return protocol::loginError(*reply);
  if (number == code::kFactoryState || number == code::kTooManyClients) return refusedWith(number);
  return challenge;
}

Result<void> Session::checkBeforeLogin(const Challenge& challenge) const {
  const bool counting = challenge.lockedFor && challenge.lockedFor->count() > 0;
  if (counting || isLockCode(challenge.code)) {
    Error error{.kind = ErrorKind::locked,
                .detail = "the device takes no logins for now",
                .deviceCode = challenge.code,
                .retryAfter = challenge.lockedFor};
    if (counting) {
      error.detail += ": " + std::to_string(challenge.lockedFor->count()) + " seconds are left";
    }
    return error;
  }
  if (challenge.code == code::kFactoryState) {
    Error error = refusedWith(challenge.code);
    error.detail += ": it has no password yet; set one in its web page first";
    return error;
  }
  if (challenge.attemptsLeft && *challenge.attemptsLeft < guard_.minAttemptsLeft) {
    return Error{.kind = ErrorKind::safety,
                 .detail = "no login was sent, because the device takes only " +
                           std::to_string(*challenge.attemptsLeft) +
                           " more wrong password(s) before it locks; make sure of the password, "
                           "then log in through its web page or lower "
                           "LoginGuard::minAttemptsLeft (now " +
                           std::to_string(guard_.minAttemptsLeft) + ")",
                 .deviceCode = challenge.code};
  }
  return {};
}

Result<Reply> Session::attemptLogin() {
  const auto challenge = this->challenge();
  if (!challenge) return challenge.error();
  if (auto checked = checkBeforeLogin(*challenge); !checked) return checked.error();
  const auto prepared = protocol::preparePassword(credentials_.password, *challenge);
  if (!prepared) return prepared.error();
  ++loginsSent_;
  auto answer =
      post("/", protocol::printRequest(protocol::loginRequest(credentials_.username, *prepared)),
           Repeat::never);
  if (!answer) return answer.error();
  auto reply = replyOf(*answer);
  if (!reply) refusal_ = reply.error();
  return reply;
}

Result<LoginFacts> Session::login() {
  if (refusal_) {
    return Error{.kind = ErrorKind::safety,
                 .detail = "nothing was sent, because the last login was not accepted (" +
                           refusal_->detail +
                           ") and a repeat could lock the device; give the right credentials first",
                 .deviceCode = refusal_->deviceCode};
  }
  token_.reset();
  auto reply = attemptLogin();
  if (reply && !reply->ok() && tellingCode(*reply) == code::kNonceInvalid) reply = attemptLogin();
  if (!reply) return reply.error();
  if (!reply->ok()) {
    refusal_ = protocol::loginError(*reply);
    return *refusal_;
  }
  auto admission = protocol::parseAdmission(*reply);
  if (!admission) {
    refusal_ = admission.error();
    return *refusal_;
  }
  token_ = std::move(admission->token);
  return LoginFacts{.userGroup = std::move(admission->userGroup)};
}

Result<HttpAnswer> Session::command(const std::string& body, Repeat repeat) {
  const bool hadToken = token_.has_value();
  if (!hadToken) {
    if (auto admitted = login(); !admitted) return admitted.error();
  }
  auto answer = post(token_->commandPath(), body, repeat);
  if (!answer || !hadToken || !isDead(*answer)) return answer;
  if (auto admitted = login(); !admitted) return admitted.error();
  return post(token_->commandPath(), body, repeat);
}

Result<Reply> Session::exchange(const Request& request) {
  const auto repeat = protocol::changesDevice(request.method) ? Repeat::never : Repeat::allowed;
  auto answer = command(protocol::printRequest(request), repeat);
  if (!answer) return answer.error();
  return replyOf(*answer);
}

Result<Reply> Session::send(const Request& request) {
  auto reply = exchange(request);
  if (reply && !reply->ok()) return refusedWith(reply->errorCode);
  return reply;
}

Result<std::string> Session::sendRaw(const std::string& body) {
  const auto json = protocol::parseJson(body);
  const Json* method = json ? json->find("method") : nullptr;
  const bool reads = method != nullptr && method->string() != nullptr && *method->string() == "get";
  auto answer = command(body, reads ? Repeat::allowed : Repeat::never);
  if (!answer) return answer.error();
  return std::move(answer->body);
}

Result<Json> Session::get(std::string_view module, std::string_view section) {
  const auto reply = send(protocol::getSections(module, {std::string(section)}));
  if (!reply) return reply.error();
  return part(*reply, module, section);
}

Result<Json> Session::get(std::string_view module, const std::vector<std::string>& sections) {
  const auto reply = send(protocol::getSections(module, sections));
  if (!reply) return reply.error();
  if (const Json* found = reply->body.find(module)) return *found;
  return malformed("the answer of the device holds no " + std::string(module));
}

Result<Json> Session::getTable(std::string_view module, std::string_view table) {
  const auto reply = send(protocol::getTables(module, {std::string(table)}));
  if (!reply) return reply.error();
  const auto found = part(*reply, module, table);
  if (!found) return found.error();
  return rowsByName(*found);
}

Result<void> Session::set(std::string_view module, std::string_view section, Json fields) {
  const auto reply = send(protocol::setSection(module, section, std::move(fields)));
  if (!reply) return reply.error();
  return {};
}

Result<Reply> Session::perform(std::string_view module, std::string_view action, Json arguments) {
  return send(protocol::performAction(module, action, std::move(arguments)));
}

Result<void> Session::add(std::string_view module, std::string_view table, std::string_view row,
                          Json fields) {
  const auto reply = send(protocol::addRow(module, table, row, std::move(fields)));
  if (!reply) return reply.error();
  return {};
}

Result<void> Session::remove(std::string_view module, const std::vector<std::string>& rows) {
  const auto reply = send(protocol::deleteRows(module, rows));
  if (!reply) return reply.error();
  return {};
}

Result<void> Session::logout() {
  if (!token_) return {};
  const auto answer = post(
      token_->commandPath(),
      protocol::printRequest(protocol::performAction("system", "logout", "null")), Repeat::never);
  if (!answer) return answer.error();
  token_.reset();
  if (isDead(*answer)) return {};
  const auto reply = replyOf(*answer);
  if (!reply) return reply.error();
  if (!reply->ok()) return refusedWith(reply->errorCode);
  return {};
}

}  // namespace stoklab::client
