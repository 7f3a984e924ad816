#include "faults/around.h"

#include <algorithm>
#include <thread>

#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

class Around final : public Endpoint {
 public:
  Around(std::unique_ptr<Endpoint> inside, Step step)
      : inside_(std::move(inside)), step_(std::move(step)) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    return step_(*inside_, request, peer);
  }
  Effort effortOf(const HttpRequest& request) const override { return inside_->effortOf(request); }

 private:
  std::unique_ptr<Endpoint> inside_;
  Step step_;
};

// Waits on a worker thread of the server, not on the one that serves everybody.
class Delaying final : public Endpoint {
 public:
  Delaying(std::unique_ptr<Endpoint> inside, Condition when, std::chrono::milliseconds delay)
      : inside_(std::move(inside)), when_(std::move(when)), delay_(delay) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer) override {
    if (when_(request)) std::this_thread::sleep_for(delay_);
    return inside_->handle(request, peer);
  }
  Effort effortOf(const HttpRequest& request) const override {
    return when_(request) ? Effort::lengthy : inside_->effortOf(request);
  }

 private:
  std::unique_ptr<Endpoint> inside_;
  Condition when_;
  std::chrono::milliseconds delay_;
};

}  // namespace

Fault::Wrap aroundEach(std::function<Step()> make) {
  return [make = std::move(make)](std::unique_ptr<Endpoint> inside) -> std::unique_ptr<Endpoint> {
    return std::make_unique<Around>(std::move(inside), make());
  };
}

Fault::Wrap around(Step step) {
  return aroundEach([step = std::move(step)] { return step; });
}

Fault::Wrap answering(Condition when, HttpReply reply) {
  return around([when = std::move(when), reply = std::move(reply)](
                    Endpoint& inside, const HttpRequest& request, const Peer& peer) {
    return when(request) ? reply : inside.handle(request, peer);
  });
}

Fault::Wrap changingReplies(Condition when, void (*change)(HttpReply& reply)) {
  return around([when = std::move(when), change](Endpoint& inside, const HttpRequest& request,
                                                 const Peer& peer) {
    HttpReply reply = inside.handle(request, peer);
    if (when(request)) change(reply);
    return reply;
  });
}

Fault::Wrap delayingWhere(Condition when, std::chrono::milliseconds delay) {
  return [when = std::move(when),
          delay](std::unique_ptr<Endpoint> inside) -> std::unique_ptr<Endpoint> {
    return std::make_unique<Delaying>(std::move(inside), when, delay);
  };
}

Fault::Wrap droppingWhere(Condition when) {
  return answering(std::move(when), {.afterwards = Afterwards::drop});
}

Fault::Wrap editingRequests(std::function<void(const HttpRequest&, std::string& body)> edit) {
  return around(
      [edit = std::move(edit)](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
        std::string body(request.body);
        edit(request, body);
        return inside.handle(withBody(request, body), peer);
      });
}

Fault::Wrap editingAnswers(JsonEdit edit) {
  return around(
      [edit = std::move(edit)](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
        HttpReply reply = inside.handle(request, peer);
        Json answer = jsonOf(reply.body);
        if (!answer.isObject()) return reply;
        edit(request, answer);
        reply.body = printJson(answer);
        return reply;
      });
}

Fault::Wrap replacingInAnswers(std::string_view from, std::string_view to) {
  return around([from, to](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
    HttpReply reply = inside.handle(request, peer);
    reply.body = replaced(reply.body, from, to);
    return reply;
  });
}

HttpRequest withBody(const HttpRequest& request, std::string_view body) {
  HttpRequest changed = request;
  changed.body = body;
  return changed;
}

HttpRequest withTarget(const HttpRequest& request, std::string_view target) {
  HttpRequest changed = request;
  changed.target = target;
  return changed;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out += text.substr(0, at);
    out += to;
    text.remove_prefix(at + from.size());
  }
  out += text;
  return out;
}

Json jsonOf(std::string_view body) {
  auto parsed = protocol::parseJson(body);
  return parsed ? *std::move(parsed) : Json();
}

int codeOf(const HttpReply& reply) {
  const Json answer = jsonOf(reply.body);
  const Json* code = answer.find("error_code");
  const auto* number = code == nullptr ? nullptr : code->integer();
  return number == nullptr ? 0 : static_cast<int>(*number);
}

HttpReply jsonReply(std::string body) { return {.body = std::move(body)}; }

HttpReply codeReply(int errorCode) {
  return jsonReply(R"({"error_code":)" + std::to_string(errorCode) + "}");
}

bool isCommand(const HttpRequest& request) {
  const auto session = protocol::splitSessionPath(request.target);
  return request.method == "POST" && session && session->rest == "ds";
}

bool isLogin(const HttpRequest& request) {
  return request.method == "POST" && request.target == "/" && jsonOf(request.body).find("login");
}

bool isChallenge(const HttpReply& reply) {
  return reply.body.find("\"nonce\"") != std::string::npos;
}

bool hasMethod(const HttpRequest& request, std::string_view method) {
  if (!isCommand(request)) return false;
  const Json body = jsonOf(request.body);
  const Json* name = body.find("method");
  return name != nullptr && name->string() != nullptr && *name->string() == method;
}

bool says(const HttpRequest& request, std::string_view text) {
  return isCommand(request) && request.body.find(text) != std::string_view::npos;
}

void Tokens::learn(const HttpReply& reply) {
  const Json answer = jsonOf(reply.body);
  const Json* stok = answer.find("stok");
  if (stok == nullptr || stok->string() == nullptr) return;
  const std::lock_guard lock(mutex_);
  tokens_.push_back(*stok->string());
}

std::vector<std::string> Tokens::all() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

std::string Tokens::newest() const {
  const std::lock_guard lock(mutex_);
  return tokens_.empty() ? std::string() : tokens_.back();
}

Fault::Wrap rememberingTokens(WithTokens then) {
  return aroundEach([then = std::move(then)]() -> Step {
    return [then, tokens = std::make_shared<Tokens>()](Endpoint& inside, const HttpRequest& request,
                                                       const Peer& peer) {
      HttpReply reply = inside.handle(request, peer);
      tokens->learn(reply);
      return then(inside, request, peer, std::move(reply), *tokens);
    };
  });
}

std::string commandTarget(std::string_view token) { return "/stok=" + std::string(token) + "/ds"; }

fixtures::Section& sectionOf(fixtures::Profile& profile, std::string_view module,
                             std::string_view section) {
  const auto found =
      std::find_if(profile.modules.begin(), profile.modules.end(),
                   [&](const fixtures::Module& candidate) { return candidate.name == module; });
  return *std::find_if(
      found->sections.begin(), found->sections.end(),
      [&](const fixtures::Section& candidate) { return candidate.name == section; });
}

}  // namespace stoklab::emulator
