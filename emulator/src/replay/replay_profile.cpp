// What a trace shows of the device as a whole.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "replay/recorded_reply.h"
#include "replay/subjects.h"
#include "replay/timeline.h"
#include "stoklab/emulator/replay.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using fixtures::AuthenticationProfile;
using fixtures::Exchange;
using fixtures::Trace;
using protocol::Json;

namespace {

bool isLogin(const Exchange& exchange) {
  return exchange.request.body.find("login") != nullptr &&
         fixtures::doorOf(exchange.request.path) == "root";
}

std::optional<int> numberAt(const Json& data, std::string_view key) {
  const Json* value = data.find(key);
  if (value == nullptr || value->integer() == nullptr) return std::nullopt;
  return static_cast<int>(*value->integer());
}

void learnChallenge(const fixtures::TraceReply& reply, const Json& data,
                    AuthenticationProfile& rules) {
  rules.challengeStatus.value = reply.status;
  rules.challengeErrorCode.value = static_cast<int>(errorCodeIn(reply.body));
  if (const auto code = numberAt(data, "code")) rules.challengeDataCode.value = *code;
  if (const Json* type = data.find("passwdType"); type != nullptr && type->string() != nullptr)
    rules.passwdType.value = protocol::percentDecode(*type->string());
  else
    rules.passwdType.value.clear();
  // A client goes by the same sign.
  rules.passwordTransform.value = rules.passwdType.value.empty()
                                      ? fixtures::PasswordTransform::orgAuthPwd
                                      : fixtures::PasswordTransform::md5;
  const Json* types = data.find("encrypt_type");
  if (types == nullptr || types->elements() == nullptr) return;
  std::vector<std::string> known;
  for (const Json& type : *types->elements())
    if (type.string() != nullptr) known.push_back(protocol::percentDecode(*type.string()));
  if (!known.empty()) rules.encryptTypes.value = std::move(known);
}

void learnRefusal(const fixtures::TraceReply& reply, const Json& data,
                  AuthenticationProfile& rules) {
  const bool locked = data.find("sec_left") != nullptr;
  (locked ? rules.lockedStatus : rules.refusedStatus).value = reply.status;
  (locked ? rules.lockedErrorCode : rules.refusedErrorCode).value =
      static_cast<int>(errorCodeIn(reply.body));
  if (const auto code = numberAt(data, "code"))
    (locked ? rules.lockedDataCode : rules.refusedDataCode).value = *code;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace

fixtures::Profile withTraceHabits(fixtures::Profile profile, const Trace& trace) {
  AuthenticationProfile& rules = profile.authentication;
  bool knowsChallenge = false, knowsRefusal = false, knowsLock = false, knowsGroup = false;
  for (const Exchange& exchange : trace.exchanges) {
    if (!exchange.reply || fixtures::doorOf(exchange.request.path) != "root") continue;
    const Json& body = exchange.reply->body;
    const Json* data = body.find("data");
    if (isLogin(exchange)) {
      const Json* group = body.find("user_group");
      if (!std::exchange(knowsGroup, knowsGroup || group != nullptr) && group != nullptr &&
          group->string() != nullptr)
        rules.userGroup.value = protocol::percentDecode(*group->string());
      // A nonce that has grown old says nothing about how a wrong password is refused.
      const bool stale = data != nullptr && numberAt(*data, "code") == -40410;
      const bool locked = data != nullptr && data->find("sec_left") != nullptr;
      if (data != nullptr && errorCodeIn(body) != 0 && !stale &&
          !std::exchange(locked ? knowsLock : knowsRefusal, true))
        learnRefusal(*exchange.reply, *data, rules);
    } else if (data != nullptr && data->find("nonce") != nullptr &&
               data->find("sec_left") == nullptr && !std::exchange(knowsChallenge, true)) {
      learnChallenge(*exchange.reply, *data, rules);
    }
  }
  profile.transport.headers.value.clear();
  return profile;
}

std::vector<std::string> replayNotes(const Trace& trace) {
  std::size_t unanswered = 0, incomplete = 0, unread = 0, logins = 0;
  std::set<std::string> sessions;
  for (const Exchange& exchange : trace.exchanges) {
    if (!exchange.reply)
      ++unanswered;
    else if (!isComplete(*exchange.reply))
      ++incomplete;
    if (exchange.request.body.isNull() && !exchange.request.bodyNote.empty()) ++unread;
    if (isLogin(exchange))
      ++logins;
    else if (fixtures::doorOf(exchange.request.path) != "root")
      sessions.insert(exchange.session);
  }
  std::vector<std::string> notes;
  if (trace.exchanges.empty()) notes.emplace_back("the trace holds no exchange: all is a miss");
  if (unanswered == trace.exchanges.size() && unanswered > 0)
    notes.emplace_back(
        "the trace holds no answers (commands for curl have none): all that is asked in a session "
        "is a miss");
  else if (unanswered > 0)
    notes.push_back(counted(unanswered, "exchange has", "exchanges have") +
                    " no answer: the connection is dropped there, as it was");
  if (incomplete > 0)
    notes.push_back(counted(incomplete, "answer was", "answers were") +
                    " recorded without the body: who asks for that meets a miss");
  if (unread > 0)
    notes.push_back(counted(unread, "request has", "requests have") +
                    " a body that is not in the trace: any body that is no JSON matches");
  if (sessions.size() > logins)
    notes.push_back(counted(sessions.size() - logins, "session was", "sessions were") +
                    " recorded without the login: a live login begins them all the same");
  return notes;
}

}  // namespace stoklab::emulator
