// The device with a script around it.
#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "faults/script/fault_script.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::size_t kMostUsers = 64;  // more sessions than any camera has

// Who has logged in by which token. Thread-safe.
class Users {
 public:
  void learn(const RequestFacts& login, const HttpReply& reply) {
    const auto answer = protocol::parseJson(reply.body);
    const Json* stok = answer ? answer->find("stok") : nullptr;
    if (stok == nullptr || stok->string() == nullptr) return;
    auto pair = std::pair(protocol::percentDecode(*stok->string()), login.loginUser());
    const std::lock_guard lock(mutex_);
    if (users_.size() == kMostUsers) users_.pop_front();
    users_.push_back(std::move(pair));
  }

  std::string find(const std::string& token) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(users_.begin(), users_.end(),
                                    [&](const auto& user) { return user.first == token; });
    return found == users_.end() ? std::string() : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<std::pair<std::string, std::string>> users_;  // token, name
};

class Scripted final : public Endpoint {
 public:
  Scripted(std::unique_ptr<Endpoint> inside, std::shared_ptr<FaultScript> script,
           ScriptedDevice device)
      : inside_(std::move(inside)), script_(std::move(script)), device_(std::move(device)) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    const bool login = inside_->isSlow(request);
    if (!login && !script_->impl().hasAny()) return inside_->handle(request, peer);
    const RequestFacts facts(request);
    HttpReply reply = answer(request, peer, facts);
    if (login && facts.kind() == kLoginRequest) users_.learn(facts, reply);
    return reply;
  }

  bool isSlow(const HttpRequest& request) const override { return inside_->isSlow(request); }

 private:
  HttpReply answer(const HttpRequest& request, const Peer& peer, const RequestFacts& facts) {
    if (!script_->impl().hasAny()) return inside_->handle(request, peer);
    const auto due = script_->impl().onRequest(
        facts, peer,
        {.session = [&] { return sessionOf(facts); }, .user = [&] { return userOf(facts); }});
    if (!due) return inside_->handle(request, peer);
    SeededRandom chance(due->chance);
    // Before the answer, which may end the session.
    const std::uint64_t session = sessionOf(facts);
    const Effect& effect = *due->effect;
    HttpReply reply = effect.answer ? effect.answer({.inside = *inside_,
                                                     .request = request,
                                                     .peer = peer,
                                                     .facts = facts,
                                                     .device = device_,
                                                     .chance = chance})
                                    : inside_->handle(request, peer);
    if (effect.delay) reply.delay += effect.delay->draw(chance);
    if (reply.session == 0) reply.session = session;
    reply.fault = due->label;
    return reply;
  }

  std::uint64_t sessionOf(const RequestFacts& facts) const {
    if (device_.control == nullptr) return 0;
    const std::string token = facts.token();
    if (token.empty()) return 0;
    for (const SessionFacts& session : device_.control->sessions())
      if (session.token == token) return session.number;
    return 0;
  }

  std::string userOf(const RequestFacts& facts) const {
    return facts.kind() == kLoginRequest ? facts.loginUser() : users_.find(facts.token());
  }

  std::unique_ptr<Endpoint> inside_;
  const std::shared_ptr<FaultScript> script_;
  const ScriptedDevice device_;
  Users users_;
};

}  // namespace

std::unique_ptr<Endpoint> makeScripted(std::unique_ptr<Endpoint> inside,
                                       std::shared_ptr<FaultScript> script, ScriptedDevice device) {
  return std::make_unique<Scripted>(std::move(inside), std::move(script), std::move(device));
}

}  // namespace stoklab::emulator
