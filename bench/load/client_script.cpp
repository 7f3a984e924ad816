#include "client_script.h"

#include <array>

namespace stoklab::bench {
namespace {

using enum Step;

constexpr auto kConnect = std::to_array({connect});
constexpr auto kGet = std::to_array({get});
constexpr auto kSet = std::to_array({set});
constexpr auto kStay = std::to_array({stay});
constexpr auto kLogin = std::to_array({challenge, login});
constexpr auto kHandshake = std::to_array({connect, get, close});
constexpr auto kResume = std::to_array({resume, get, close});
constexpr auto kSession = std::to_array({connect, challenge, login, get, close});
constexpr auto kEnter = std::to_array({connect, challenge, login});
constexpr auto kMixedLogin = std::to_array({challenge, login, get});
constexpr auto kMixedAnew = std::to_array({close, resume, get});

// Of a hundred operations: 60 gets, 25 sets, 10 logins, 5 new connections.
std::span<const Step> mixedSteps(std::uint64_t chance) {
  const auto part = chance % 100;
  if (part < 60) return kGet;
  if (part < 85) return kSet;
  if (part < 95) return kMixedLogin;
  return kMixedAnew;
}

}  // namespace

Steps stepsOf(Mode mode, std::uint64_t chance) {
  switch (mode) {
    case Mode::get:
      return {kConnect, kGet};
    case Mode::set:
      return {kConnect, kSet};
    case Mode::handshake:
      return {{}, kHandshake};
    case Mode::resume:
      return {{}, kResume};
    case Mode::login:
      return {kConnect, kLogin};
    case Mode::session:
      return {{}, kSession};
    case Mode::mixed:
      return {kEnter, mixedSteps(chance)};
    case Mode::hold:
      return {kConnect, kStay};
  }
  return {};
}

std::string ClientScript::requestOf(Step step, bool lastOnConnection) {
  const std::string& path = path_.empty() ? shared_.path : path_;
  if (step == challenge) return postText("/", kChallengeBody, !lastOnConnection);
  if (step == get) return postText(path, shared_.options.getBody, !lastOnConnection);
  if (step == set) {
    odd_ = !odd_;
    const std::string value = odd_ ? "60hz" : "50hz";
    return postText(path, R"({"method":"set","image":{"switch":{"flicker":")" + value + R"("}}})",
                    !lastOnConnection);
  }
  const auto body = shared_.passwords.loginBody(challenge_);
  return body ? postText("/", *body, !lastOnConnection) : std::string();
}

std::optional<std::string> ClientScript::judge(Step step, const Answer& answer) {
  if (step == challenge) {
    challenge_ = answer.body;
    if (memberText(answer.body, "nonce")) return std::nullopt;
    return "an answer without a challenge, HTTP " + std::to_string(answer.status);
  }
  if (answer.status != 200) return "HTTP " + std::to_string(answer.status);
  if (!saysSuccess(answer.body)) return "an answer without \"error_code\":0";
  if (step == login) {
    const auto token = memberText(answer.body, "stok");
    if (!token) return "a login without a token";
    path_ = "/stok=" + *token + "/ds";
  }
  return std::nullopt;
}

}  // namespace stoklab::bench
