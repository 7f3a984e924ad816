#include "stoklab/emulator/replay.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "replay/miss.h"
#include "replay/recorded_reply.h"
#include "replay/subjects.h"
#include "replay/timeline.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"
#include "webui/web_ui.h"

namespace stoklab::emulator {

using fixtures::Exchange;
using fixtures::Trace;
using protocol::Json;

namespace {

constexpr std::size_t kMostSessions = 1024;  // live ones that are remembered; the oldest goes
constexpr std::size_t kMostMessages = 1000;  // kinds of misses that are told apart
constexpr std::size_t kMaxJsonDepth = 32;
constexpr std::string_view kChallengeRequest =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

Json jsonOf(std::string_view body) {
  auto parsed = protocol::parseJson(body, {.maxDepth = kMaxJsonDepth});
  return parsed ? *std::move(parsed) : Json();
}

// What can be said without a session and is answered by the live device.
enum class Live { none, challenge, login };

Live liveKindOf(const Json& body) {
  if (body.find("login") != nullptr) return Live::login;
  if (body.at({"user_management", "get_encrypt_info"}) != nullptr) return Live::challenge;
  return Live::none;
}

bool isRoot(std::string_view path) { return fixtures::doorOf(path) == "root"; }

std::string_view adviceFor(OnMiss onMiss) {
  switch (onMiss) {
    case OnMiss::error:
      return "record it as well, correct the client, or answer it with --on-miss profile or "
             "--on-miss nearest";
    case OnMiss::profile:
      return "the device of the profile has answered instead (--on-miss profile)";
    case OnMiss::nearest:
      return "the answer of the nearest entry was given instead (--on-miss nearest)";
  }
  return "";
}

}  // namespace

class Replay::Impl {
 public:
  Impl(std::shared_ptr<const Trace> trace, std::unique_ptr<Device> device, ReplayOptions options);

  HttpReply handle(const HttpRequest& request, const Peer& peer);
  Effort effortOf(const HttpRequest& request) const { return device_->effortOf(request); }
  ReplayReport report() const;

 private:
  struct LiveSession {
    std::string token;  // decoded
    std::string wireToken;
    std::size_t recorded = 0;              // in sessions_
    std::vector<Position> positions = {};  // one for each of sessions_
  };
  using Recorded = std::optional<std::size_t>;  // in Trace::exchanges

  HttpReply atRoot(const HttpRequest& request, const Peer& peer, const Json& body);
  HttpReply inSession(const HttpRequest& request, const Peer& peer, const Json& body);
  HttpReply shaped(Live kind, HttpReply live, const Json& answer);
  void begin(const Json& answer);
  LiveSession& sessionOf(std::string_view target);

  Recorded choose(LiveSession& session, const std::string& key, const Json& body);
  Recorded advance(Position& position, const std::string& key, const Json& body);
  std::optional<std::string> keyApartFromMasked(const HttpRequest& request, const Json& body) const;
  HttpReply answer(std::size_t index, const HttpRequest& request, const Peer& peer,
                   std::string token);
  HttpReply miss(const HttpRequest& request, const Peer& peer, const Json& body,
                 std::string_view why, const std::string& token);
  LiveSecrets liveSecrets(const Json& body, std::string token, const Peer& peer);
  std::chrono::milliseconds delayOf(std::size_t index) const;
  void follow(std::size_t index, const HttpRequest& request, const Peer& peer);
  bool isAnswered(std::size_t index) const;
  void sayOnce(const std::string& kind, const std::string& message);

  const std::shared_ptr<const Trace> trace_;
  const std::unique_ptr<Device> device_;
  const ReplayOptions options_;
  const WebUi webUi_;
  const bool hasReplies_;
  std::vector<Timeline> sessions_;         // recorded ones, in order
  std::vector<std::size_t> recordedLive_;  // challenges and logins, in order
  Timeline root_;                          // everything else that needs no session

  mutable std::mutex mutex_;  // guards what follows
  std::deque<LiveSession> live_;
  std::size_t logins_ = 0;
  Position atRoot_{root_};
  std::map<std::string, std::size_t> liveAnswers_;  // kind and codes -> how many were given
  std::vector<bool> used_;
  std::size_t misses_ = 0;
  std::set<std::string> said_;
};

Replay::Impl::Impl(std::shared_ptr<const Trace> trace, std::unique_ptr<Device> device,
                   ReplayOptions options)
    : trace_(std::move(trace)),
      device_(std::move(device)),
      options_(std::move(options)),
      webUi_(device_->profile(), WebUiBackend::replayed),
      hasReplies_(std::any_of(trace_->exchanges.begin(), trace_->exchanges.end(),
                              [](const Exchange& exchange) { return exchange.reply.has_value(); })),
      root_(*trace_,
            [&] {
              std::vector<std::size_t> indices;
              for (std::size_t i = 0; i < trace_->exchanges.size(); ++i) {
                const auto& request = trace_->exchanges[i].request;
                if (isRoot(request.path) && liveKindOf(request.body) == Live::none)
                  indices.push_back(i);
              }
              return indices;
            }()),
      used_(trace_->exchanges.size(), false) {
  std::vector<std::string> labels;
  std::map<std::string, std::vector<std::size_t>> indices;
  for (std::size_t i = 0; i < trace_->exchanges.size(); ++i) {
    const Exchange& exchange = trace_->exchanges[i];
    const bool root = isRoot(exchange.request.path);
    if (root && liveKindOf(exchange.request.body) != Live::none) recordedLive_.push_back(i);
    if (root && exchange.session.empty()) continue;
    if (std::find(labels.begin(), labels.end(), exchange.session) == labels.end())
      labels.push_back(exchange.session);
    if (!root) indices[exchange.session].push_back(i);
  }
  for (const std::string& label : labels) sessions_.emplace_back(*trace_, indices[label]);
  if (sessions_.empty()) sessions_.emplace_back(*trace_, std::vector<std::size_t>{});
}

HttpReply Replay::Impl::handle(const HttpRequest& request, const Peer& peer) {
  // Pages are in no trace; those of the emulator stand in front of the recorded conversation.
  if (!device_->profile().actions.indexPage) {
    if (auto page = webUi_.find(request)) return *std::move(page);
  }
  const Json body = jsonOf(request.body);
  return isRoot(request.target) ? atRoot(request, peer, body) : inSession(request, peer, body);
}

HttpReply Replay::Impl::atRoot(const HttpRequest& request, const Peer& peer, const Json& body) {
  const Live kind = request.method == "POST" ? liveKindOf(body) : Live::none;
  if (kind == Live::none) {
    const std::string key =
        std::string(request.method) + " " + fixtures::meaningOf(request.target, body);
    std::unique_lock lock(mutex_);
    const Recorded index = advance(atRoot_, key, body);
    lock.unlock();
    if (index && isAnswered(*index)) return answer(*index, request, peer, {});
    return device_->handle(request, peer);
  }
  HttpReply live = device_->handle(request, peer);
  const Json answer = jsonOf(live.body);
  if (!answer.isObject()) return live;
  const std::lock_guard lock(mutex_);
  if (kind == Live::login && errorCodeIn(answer) == 0) begin(answer);
  return shaped(kind, std::move(live), answer);
}

// A live login has been let in.
void Replay::Impl::begin(const Json& answer) {
  const Json* stok = answer.find("stok");
  if (stok == nullptr || stok->string() == nullptr) return;
  if (live_.size() == kMostSessions) live_.pop_front();
  LiveSession session{.token = protocol::percentDecode(*stok->string()),
                      .wireToken = *stok->string(),
                      .recorded = logins_++ % sessions_.size()};
  for (const Timeline& timeline : sessions_) session.positions.emplace_back(timeline);
  live_.push_back(std::move(session));
}

// In the shape of the recorded answers of that kind with the same codes: the nth like the nth, and
// further ones like the last.
HttpReply Replay::Impl::shaped(Live kind, HttpReply live, const Json& answer) {
  const auto codesOf = [](const Json& body) {
    const Json* code = body.at({"data", "code"});
    return std::to_string(errorCodeIn(body)) + " " + (code == nullptr ? "" : printJson(*code));
  };
  const std::string codes = codesOf(answer);
  std::vector<std::size_t> alike;
  for (const std::size_t index : recordedLive_) {
    const Exchange& exchange = trace_->exchanges[index];
    if (liveKindOf(exchange.request.body) == kind && exchange.reply &&
        exchange.reply->body.isObject() && codesOf(exchange.reply->body) == codes)
      alike.push_back(index);
  }
  if (alike.empty()) return live;
  const std::string counter = (kind == Live::login ? "login " : "challenge ") + codes;
  const std::size_t index = alike[std::min(liveAnswers_[counter]++, alike.size() - 1)];
  used_[index] = true;
  const auto& recorded = *trace_->exchanges[index].reply;
  HttpReply reply = replyWith(recorded, inShapeOf(recorded.body, answer));
  reply.delay = delayOf(index);
  return reply;
}

HttpReply Replay::Impl::inSession(const HttpRequest& request, const Peer& peer, const Json& body) {
  const auto path = protocol::splitSessionPath(request.target);
  // Neither the root nor of a session: nothing of a trace lies there.
  if (!path) return device_->handle(request, peer);
  if (auto turned = device_->turnAway(request, peer)) return *std::move(turned);

  const std::string key =
      std::string(request.method) + " " + fixtures::meaningOf(request.target, body);
  std::unique_lock lock(mutex_);
  const std::string token = sessionOf(path->token).wireToken;
  Recorded index = choose(sessionOf(path->token), key, body);
  lock.unlock();
  if (!index) {
    if (const auto alike = keyApartFromMasked(request, body)) {
      lock.lock();
      index = choose(sessionOf(path->token), *alike, body);
      lock.unlock();
    }
  }
  if (!index) return miss(request, peer, body, {}, token);
  if (isAnswered(*index)) return answer(*index, request, peer, token);
  return miss(request, peer, body,
              trace_->exchanges[*index].reply ? "the body of its answer was not recorded"
                                              : "its answer was not recorded",
              token);
}

// The device lets the token pass, so it is one of its own; if it is not known here, it is taken
// for that of a further login.
Replay::Impl::LiveSession& Replay::Impl::sessionOf(std::string_view token) {
  const std::string decoded = protocol::percentDecode(std::string(token));
  const auto known = std::find_if(live_.rbegin(), live_.rend(), [&](const LiveSession& session) {
    return session.token == decoded;
  });
  if (known != live_.rend()) return *known;
  begin(Json::object({{"stok", std::string(token)}}));
  return live_.back();
}

Replay::Impl::Recorded Replay::Impl::choose(LiveSession& session, const std::string& key,
                                            const Json& body) {
  const std::size_t own = session.recorded;
  for (std::size_t back = own + 1; back-- > 0;)
    if (const Recorded found = advance(session.positions[back], key, body)) return found;
  for (std::size_t later = own + 1; later < sessions_.size(); ++later)
    if (const Recorded found = advance(session.positions[later], key, body)) return found;
  return std::nullopt;
}

Replay::Impl::Recorded Replay::Impl::advance(Position& position, const std::string& key,
                                             const Json& body) {
  const auto choice = position.advance(key);
  if (!choice) return std::nullopt;
  used_[choice->index] = true;
  if (!choice->shown)
    sayOnce("unshown " + key, "the trace does not show what " + titleOf(body) +
                                  " answers in the state that the client has made; " +
                                  describeEntry(*trace_, choice->index) + " was taken");
  return choice->index;
}

// A client that sets a name sets another than the trace holds, where names are masked; everything
// else must be as recorded.
std::optional<std::string> Replay::Impl::keyApartFromMasked(const HttpRequest& request,
                                                            const Json& body) const {
  if (trace_->redaction.policy == "none" || !body.isObject()) return std::nullopt;
  auto nearest = fixtures::nearestTo(*trace_, request.target, body);
  if (!nearest || !fixtures::exceptMasked(std::move(nearest->differences), body).empty())
    return std::nullopt;
  const auto& recorded = trace_->exchanges[nearest->index].request;
  if (recorded.http != request.method) return std::nullopt;
  return recordedKey(recorded);
}

// Where nobody was answered, the trace is one of requests only, and there is nothing to replay.
bool Replay::Impl::isAnswered(std::size_t index) const {
  const auto& reply = trace_->exchanges[index].reply;
  return reply ? isComplete(*reply) : hasReplies_;
}

HttpReply Replay::Impl::answer(std::size_t index, const HttpRequest& request, const Peer& peer,
                               std::string token) {
  follow(index, request, peer);
  const auto& recorded = trace_->exchanges[index].reply;
  if (!recorded) return {.afterwards = Afterwards::drop, .delay = delayOf(index)};
  HttpReply reply = replyWith(
      *recorded, withSecrets(recorded->body, liveSecrets(recorded->body, std::move(token), peer)));
  reply.delay = delayOf(index);
  return reply;
}

// A change that the trace has answered is made on the device as well: a logout ends the session, a
// reboot all of them, and --on-miss profile goes on from there. What the device thinks of it does
// not matter.
void Replay::Impl::follow(std::size_t index, const HttpRequest& request, const Peer& peer) {
  const Exchange& exchange = trace_->exchanges[index];
  if (exchange.reply && changesState(exchange)) device_->handle(request, peer);
}

LiveSecrets Replay::Impl::liveSecrets(const Json& body, std::string token, const Peer& peer) {
  LiveSecrets secrets;
  if (needsChallenge(body))
    secrets = secretsIn(jsonOf(
        device_->handle({.method = "POST", .target = "/", .body = kChallengeRequest}, peer).body));
  secrets.token = std::move(token);
  return secrets;
}

std::chrono::milliseconds Replay::Impl::delayOf(std::size_t index) const {
  const auto& duration = trace_->exchanges[index].duration;
  if (!duration || options_.speed <= 0) return {};
  const double delay = static_cast<double>(duration->count()) / options_.speed;
  constexpr double kLongest = 60'000;  // the server's own limit
  return std::chrono::milliseconds(std::llround(std::clamp(delay, 0.0, kLongest)));
}

HttpReply Replay::Impl::miss(const HttpRequest& request, const Peer& peer, const Json& body,
                             std::string_view why, const std::string& token) {
  Miss miss = missOf(*trace_, request.target, body);
  miss.why = why;
  // An entry without an answer is no help; the device of the profile is, and so is an error.
  const bool nearestAnswers = miss.nearest && trace_->exchanges[miss.nearest->index].reply &&
                              isComplete(*trace_->exchanges[miss.nearest->index].reply);
  const OnMiss onMiss =
      options_.onMiss == OnMiss::nearest && !nearestAnswers ? OnMiss::error : options_.onMiss;
  const std::string_view advice = adviceFor(onMiss);
  {
    const std::lock_guard lock(mutex_);
    ++misses_;
    sayOnce("miss " + fixtures::meaningOf(request.target, body), messageOf(*trace_, miss, advice));
    if (onMiss == OnMiss::nearest) used_[miss.nearest->index] = true;
  }
  switch (onMiss) {
    case OnMiss::error:
      return missReply(*trace_, miss, advice);
    case OnMiss::profile:
      return device_->handle(request, peer);
    case OnMiss::nearest:
      return answer(miss.nearest->index, request, peer, token);
  }
  return missReply(*trace_, miss, advice);
}

void Replay::Impl::sayOnce(const std::string& kind, const std::string& message) {
  if (!options_.say || said_.size() >= kMostMessages) return;
  if (said_.insert(kind).second) options_.say(message);
}

ReplayReport Replay::Impl::report() const {
  const std::lock_guard lock(mutex_);
  ReplayReport report{.exchanges = used_.size(), .misses = misses_};
  for (std::size_t i = 0; i < used_.size(); ++i)
    if (!used_[i]) report.unused.push_back(i);
  return report;
}

Replay::Replay(std::shared_ptr<const Trace> trace, std::unique_ptr<Device> device,
               ReplayOptions options)
    : impl_(std::make_unique<Impl>(std::move(trace), std::move(device), std::move(options))) {}

Replay::~Replay() = default;

HttpReply Replay::handle(const HttpRequest& request, const Peer& peer) {
  return impl_->handle(request, peer);
}

Effort Replay::effortOf(const HttpRequest& request) const { return impl_->effortOf(request); }

ReplayReport Replay::report() const { return impl_->report(); }

}  // namespace stoklab::emulator
