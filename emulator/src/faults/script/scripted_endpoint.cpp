// The device with a script around it.
#include <utility>

#include "faults/script/fault_script.h"
#include "stoklab/emulator/scripted_faults.h"

namespace stoklab::emulator {

namespace {

class Scripted final : public Endpoint {
 public:
  Scripted(std::unique_ptr<Endpoint> inside, std::shared_ptr<FaultScript> script,
           ScriptedDevice device)
      : inside_(std::move(inside)), script_(std::move(script)), device_(std::move(device)) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    if (!script_->impl().hasAny()) return inside_->handle(request, peer);
    const RequestFacts facts(request);
    const auto due = script_->impl().onRequest(
        facts, peer,
        {.session = [&] { return sessionOf(facts).number; },
         .user =
             [&] {
               return facts.kind() == kLoginRequest ? facts.loginUser() : sessionOf(facts).user;
             }});
    if (!due) return inside_->handle(request, peer);
    return suffer(request, peer, facts, *due);
  }

  Effort effortOf(const HttpRequest& request) const override { return inside_->effortOf(request); }

 private:
  HttpReply suffer(const HttpRequest& request, const Peer& peer, const RequestFacts& facts,
                   const DueFault& due) {
    SeededRandom chance(due.chance);
    // Before the answer, which may end the session.
    const std::uint64_t session = sessionOf(facts).number;
    const Effect& effect = *due.effect;
    HttpReply reply = effect.answer ? effect.answer({.inside = *inside_,
                                                     .request = request,
                                                     .peer = peer,
                                                     .facts = facts,
                                                     .device = device_,
                                                     .chance = chance})
                                    : inside_->handle(request, peer);
    if (effect.delay) reply.delay += effect.delay->draw(chance);
    if (reply.session == 0) reply.session = session;
    reply.fault = due.label;
    return reply;
  }

  // Without a number: of none.
  SessionFacts sessionOf(const RequestFacts& facts) const {
    const std::string token = device_.control == nullptr ? std::string() : facts.token();
    if (token.empty()) return {};
    for (SessionFacts& session : device_.control->sessions())
      if (session.token == token) return std::move(session);
    return {};
  }

  std::unique_ptr<Endpoint> inside_;
  const std::shared_ptr<FaultScript> script_;
  const ScriptedDevice device_;
};

}  // namespace

std::unique_ptr<Endpoint> makeScripted(std::unique_ptr<Endpoint> inside,
                                       std::shared_ptr<FaultScript> script, ScriptedDevice device) {
  return std::make_unique<Scripted>(std::move(inside), std::move(script), std::move(device));
}

}  // namespace stoklab::emulator
