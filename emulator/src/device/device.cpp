// From an HTTP request to an answer: which door it knocks at, whether it may come in, and which of
// the protocol's methods it asks for. Each of the three is a table.
#include "stoklab/emulator/device.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "actions.h"
#include "answers.h"
#include "authentication.h"
#include "commands.h"
#include "state_tree.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Method;

namespace {

constexpr std::string_view kUploadPath = "admin/system/upload_usr_def_audio";
constexpr std::size_t kMaxJsonDepth = 32;

// Where a request goes; the session's token is taken off.
enum class Place { root, page, command, upload, elsewhere };

struct Destination {
  Place place = Place::elsewhere;
  std::optional<std::string> token = {};  // decoded; nullopt where the path has none
};

Destination destinationOf(std::string_view target) {
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  Destination destination;
  std::string_view rest = path.substr(path.empty() ? 0 : 1);
  if (const auto session = protocol::splitSessionPath(path)) {
    destination.token = protocol::percentDecode(session->token);
    rest = session->rest;
  }
  if (rest.empty()) {
    destination.place = Place::root;
  } else if (destination.token && rest == "ds") {
    destination.place = Place::command;
  } else if (destination.token && rest == kUploadPath) {
    destination.place = Place::upload;
  } else if (rest.ends_with(".htm")) {
    destination.place = Place::page;
  }
  return destination;
}

}  // namespace

class Device::Impl {
 public:
  Impl(std::shared_ptr<const fixtures::Profile> profile, DeviceOptions options,
       protocol::RsaPrivateKey loginKey, Environment environment)
      : profile_(std::move(profile)),
        options_(std::move(options)),
        environment_(environment),
        style_(wireStyleOf(*profile_)),
        answers_(*profile_, style_),
        state_(*profile_),
        authentication_(*profile_, options_, std::move(loginKey), environment),
        started_(environment.clock.now()) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer);
  const fixtures::Profile& profile() const { return *profile_; }

 private:
  // One request on its way through.
  struct Visit {
    const HttpRequest& request;
    const Peer& peer;
    Destination destination;
    const DeviceSession* session = nullptr;  // checked, where the place needs one
  };
  using Handler = HttpReply (Impl::*)(const Visit&);
  struct Route {
    std::string_view method;
    Place place;
    bool needsSession;
    Handler run;
  };
  static const std::array<Route, 8> kRoutes;

  // Without a session.
  using DoorHandler = HttpReply (Impl::*)(const Visit&, const Json& modules);
  struct Door {
    std::string_view module, action;  // empty action: the module key alone is the call
    DoorHandler run;
  };
  static const std::array<Door, 4> kDoors;

  HttpReply index(const Visit&);
  HttpReply page(const Visit&);
  HttpReply door(const Visit&);
  HttpReply command(const Visit&);
  HttpReply upload(const Visit&);

  HttpReply giveChallenge(const Visit&, const Json&);
  HttpReply login(const Visit&, const Json&);
  HttpReply authLog(const Visit&, const Json&);
  HttpReply setPassword(const Visit&, const Json&);

  struct ReadRequest {
    Method method = Method::get;
    Json modules = Json::object();
  };
  Checked<ReadRequest> read(std::string_view body) const;
  HttpReply perform(const Visit& visit, const Json& modules);
  std::optional<int> maxFailedLogins() const;

  std::shared_ptr<const fixtures::Profile> profile_;
  DeviceOptions options_;
  Environment environment_;
  WireStyle style_;
  Answers answers_;

  std::mutex mutex_;  // covers everything below
  StateTree state_;
  Authentication authentication_;
  AudioSlots audio_;
  Clock::Time started_;
  Clock::Time alarmUntil_ = {};
  Clock::Time downUntil_ = {};
};

const std::array<Device::Impl::Route, 8> Device::Impl::kRoutes = {{
    {"POST", Place::command, true, &Impl::command},
    {"POST", Place::root, false, &Impl::door},
    {"GET", Place::root, false, &Impl::index},
    {"HEAD", Place::root, false, &Impl::index},
    {"GET", Place::page, false, &Impl::page},
    {"HEAD", Place::page, false, &Impl::page},
    {"POST", Place::page, false, &Impl::door},  // the web UI posts to the page it stands on (H9)
    {"POST", Place::upload, true, &Impl::upload},
}};

const std::array<Device::Impl::Door, 4> Device::Impl::kDoors = {{
    {"user_management", "get_encrypt_info", &Impl::giveChallenge},
    {"login", "", &Impl::login},
    {"query_auth_log", "", &Impl::authLog},
    {"set_password", "", &Impl::setPassword},
}};

HttpReply Device::Impl::handle(const HttpRequest& request, const Peer& peer) {
  Visit visit{.request = request, .peer = peer, .destination = destinationOf(request.target)};
  if (visit.destination.place == Place::elsewhere)
    return answers_.refusal({.kind = "path_unknown"});
  const auto route = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& row) {
    return row.place == visit.destination.place && row.method == request.method;
  });
  if (route == kRoutes.end()) return answers_.refusal({.kind = "http_method_not_allowed"});
  if (!route->needsSession && route->run == &Impl::door) return door(visit);

  const std::lock_guard lock(mutex_);
  if (environment_.clock.now() < downUntil_) return {.afterwards = Afterwards::drop};
  if (route->needsSession) {
    visit.session = authentication_.sessions().use(*visit.destination.token);
    if (visit.session == nullptr)
      return answers_.unauthorized(profile_->authentication.deadTokenStatus.value,
                                   profile_->authentication.deadTokenErrorCode.value,
                                   authentication_.challenge(peer.address));
  }
  return (this->*route->run)(visit);
}

HttpReply Device::Impl::index(const Visit&) {
  return {.contentType = "text/html; charset=UTF-8", .body = profile_->actions.indexPage.value};
}

// Pages of the web UI are not part of an emulator; who asks for one without a session gets the
// challenge, which is how some clients ask for it (H10).
HttpReply Device::Impl::page(const Visit& visit) {
  const bool inside = visit.destination.token &&
                      authentication_.sessions().use(*visit.destination.token) != nullptr;
  if (inside || !profile_->actions.protectedPagesChallenge.value)
    return answers_.refusal({.kind = "path_unknown"});
  return answers_.unauthorized(profile_->authentication.challengeStatus.value,
                               profile_->authentication.challengeErrorCode.value,
                               authentication_.challenge(visit.peer.address));
}

Checked<Device::Impl::ReadRequest> Device::Impl::read(std::string_view body) const {
  if (body.empty()) return Refusal{.kind = "body_empty"};
  const auto parsed = protocol::parseJson(body, {.maxDepth = kMaxJsonDepth});
  if (!parsed)
    return Refusal{.kind = protocol::jsonDepth(body) > kMaxJsonDepth ? "json_too_deep"
                                                                     : "body_not_json"};
  if (!parsed->isObject()) return Refusal{.kind = "body_not_object"};
  const Json* name = parsed->find("method");
  if (name == nullptr) return Refusal{.kind = "method_missing"};
  if (name->string() == nullptr) return Refusal{.kind = "method_not_string"};
  const auto method = protocol::methodFromText(protocol::percentDecode(*name->string()));
  if (!method) return Refusal{.kind = "method_unknown"};
  ReadRequest request{.method = *method};
  for (const auto& member : *parsed->members())
    if (member.key != "method")
      request.modules.set(member.key, protocol::decodeStrings(member.value));
  if (request.modules.size() == 0) return Refusal{.kind = "module_missing"};
  return request;
}

// What can be said without a session. Anything else is answered with a challenge (C11).
HttpReply Device::Impl::door(const Visit& visit) {
  auto request = read(visit.request.body);
  if (!request) {
    const std::lock_guard lock(mutex_);
    if (environment_.clock.now() < downUntil_) return {.afterwards = Afterwards::drop};
    return answers_.refusal(request.refusal());
  }
  if (request->method == Method::perform) {
    for (const Door& row : kDoors) {
      const Json* module = request->modules.find(row.module);
      if (module == nullptr) continue;
      if (!row.action.empty() && module->find(row.action) == nullptr) continue;
      return (this->*row.run)(visit, *module);
    }
  }
  return giveChallenge(visit, {});
}

HttpReply Device::Impl::giveChallenge(const Visit& visit, const Json&) {
  const std::lock_guard lock(mutex_);
  if (environment_.clock.now() < downUntil_) return {.afterwards = Afterwards::drop};
  return answers_.unauthorized(profile_->authentication.challengeStatus.value,
                               profile_->authentication.challengeErrorCode.value,
                               authentication_.challenge(visit.peer.address));
}

HttpReply Device::Impl::login(const Visit& visit, const Json& arguments) {
  const auto attempt = LoginAttempt::parse(arguments);
  // The one slow step, before the lock.
  const auto password =
      attempt.wellFormed ? authentication_.decryptPassword(attempt) : std::nullopt;

  const std::lock_guard lock(mutex_);
  if (environment_.clock.now() < downUntil_) return {.afterwards = Afterwards::drop};
  const auto outcome =
      authentication_.login(attempt, password, visit.peer.address, maxFailedLogins());
  using Verdict = Authentication::Verdict;
  const auto& rules = profile_->authentication;
  switch (outcome.verdict) {
    case Verdict::locked:
      return answers_.unauthorized(rules.lockedStatus.value, rules.lockedErrorCode.value,
                                   outcome.challenge);
    case Verdict::refused:
      return answers_.unauthorized(rules.refusedStatus.value, rules.refusedErrorCode.value,
                                   outcome.challenge);
    case Verdict::malformed: {
      const auto& answer = profile_->badRequests.find("login_malformed")->second.value;
      return answers_.unauthorized(answer.status, answer.errorCode, outcome.challenge);
    }
    case Verdict::admitted:
      break;
  }
  std::string body = R"({"error_code":0,"stok":)";
  appendWire(outcome.session->token, style_, body);
  body += R"(,"user_group":)";
  appendWire(outcome.session->userGroup, style_, body);
  body += '}';
  return answers_.json(200, std::move(body));
}

// Who failed to log in is not kept; the caller's own address is (L10).
HttpReply Device::Impl::authLog(const Visit& visit, const Json&) {
  std::string body = R"({"error_code":0,"unauth_log_list":[],"curIP":)";
  appendWire(visit.peer.address, style_, body);
  body += '}';
  return answers_.json(200, std::move(body));
}

// The first-start call; an emulated device always has a password (L11).
HttpReply Device::Impl::setPassword(const Visit&, const Json&) {
  return answers_.refusal({.kind = "password_already_set"});
}

HttpReply Device::Impl::command(const Visit& visit) {
  auto request = read(visit.request.body);
  if (!request) return answers_.refusal(request.refusal());
  const LiveContext live{.now = environment_.clock.now(), .started = started_};
  const auto reply = [this](Checked<std::string> members) {
    return members ? answers_.success(*members) : answers_.refusal(members.refusal());
  };
  switch (request->method) {
    case Method::get:
      return reply(getFromState(state_, request->modules, live, style_));
    case Method::set:
      return reply(setInState(state_, request->modules));
    case Method::add:
      return reply(addToState(state_, request->modules));
    case Method::remove:
      return reply(deleteFromState(state_, request->modules));
    case Method::perform:
      return perform(visit, request->modules);
  }
  return answers_.refusal({.kind = "method_unknown"});
}

HttpReply Device::Impl::perform(const Visit& visit, const Json& modules) {
  const DeviceSession session = *visit.session;  // an action may end the original
  ActionContext context{.profile = *profile_,
                        .state = state_,
                        .authentication = authentication_,
                        .audio = audio_,
                        .session = session,
                        .client = visit.peer.address,
                        .now = environment_.clock.now(),
                        .alarmUntil = alarmUntil_};
  auto answer = performActions(context, modules);
  if (!answer) return answers_.refusal(answer.refusal());
  std::string members;
  for (const auto& member : *answer->members()) {
    if (!members.empty()) members += ',';
    protocol::appendJson(Json(member.key), members);
    members += ':';
    appendWire(member.value, style_, members);
  }
  HttpReply reply = answers_.success(members);
  if (context.sessionEnded) authentication_.sessions().end(session.token);
  if (context.rebootRequested) {
    authentication_.restart();
    audio_.clear();
    alarmUntil_ = {};
    const Clock::Time::duration away =
        options_.rebootTime ? Clock::Time::duration(*options_.rebootTime)
                            : Clock::Time::duration(profile_->actions.rebootTime.value);
    downUntil_ = context.now + away;
    started_ = downUntil_;
    reply.afterwards = Afterwards::close;
  }
  return reply;
}

HttpReply Device::Impl::upload(const Visit& visit) {
  const auto& actions = profile_->actions;
  const auto file = filePart(visit.request.header("Content-Type"), visit.request.body);
  if (!file || !isAcceptableAudio(*file, {.wavMaxBytes = actions.audioWavMaxBytes.value,
                                          .mp3MaxBytes = actions.audioMp3MaxBytes.value,
                                          .maxTime = actions.audioMaxTime.value}))
    return answers_.refusal({.kind = "upload_refused"});
  if (const auto sound = audio_.takeAnnounced())
    storeSound(state_, *sound);
  else
    audio_.holdFile();
  return answers_.success({});
}

// The device's own settings decide, where it has them (L8).
std::optional<int> Device::Impl::maxFailedLogins() const {
  const auto* enabled = state_.text("unusual_detection", "login_error", "enabled");
  const auto* most = state_.text("unusual_detection", "login_error", "max_num_err");
  if (enabled != nullptr && *enabled == "off") return std::nullopt;
  if (most == nullptr) return profile_->authentication.maxFailedLogins.value;
  return std::max(1, std::atoi(most->c_str()));
}

Device::Device(std::shared_ptr<const fixtures::Profile> profile, DeviceOptions options,
               protocol::RsaPrivateKey loginKey, Environment environment)
    : impl_(std::make_unique<Impl>(std::move(profile), std::move(options), std::move(loginKey),
                                   environment)) {}

Device::~Device() = default;

HttpReply Device::handle(const HttpRequest& request, const Peer& peer) {
  return impl_->handle(request, peer);
}

bool Device::isSlow(const HttpRequest& request) const {
  return request.method == "POST" && request.body.find("\"login\"") != std::string_view::npos &&
         !request.target.starts_with("/stok=");
}

const fixtures::Profile& Device::profile() const { return impl_->profile(); }

}  // namespace stoklab::emulator
