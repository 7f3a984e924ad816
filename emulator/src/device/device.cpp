// From an HTTP request to an answer: which door it knocks at, whether it may come in, and which of
// the protocol's methods it asks for. Each of the three is a table.
#include "stoklab/emulator/device.h"

#include <algorithm>
#include <utility>

#include "actions.h"
#include "commands.h"
#include "device_impl.h"
#include "handover.h"
#include "request_body.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Method;

namespace {

constexpr std::string_view kUploadPath = "admin/system/upload_usr_def_audio";
constexpr std::string_view kWebUiFolder = "stoklab/";

using Place = Destination::Place;

Destination destinationOf(std::string_view target) {
  // One after the other: looking for either at once is many times slower.
  const std::string_view whole = target.substr(0, target.find('#'));
  const std::string_view path = whole.substr(0, whole.find('?'));
  Destination destination;
  std::string_view rest = path.substr(path.empty() ? 0 : 1);
  if (const auto session = protocol::splitSessionPath(path)) {
    destination.token.emplace(session->token);
    rest = session->rest;
  }
  if (rest.empty()) {
    destination.place = Place::root;
  } else if (destination.token && rest == "ds") {
    destination.place = Place::command;
  } else if (destination.token && rest == kUploadPath) {
    destination.place = Place::upload;
  } else if (!destination.token && rest.starts_with(kWebUiFolder)) {
    destination.place = Place::webUi;
  } else if (rest.ends_with(".htm")) {
    destination.place = Place::page;
  }
  return destination;
}

}  // namespace

DeviceModel::DeviceModel(std::shared_ptr<const fixtures::Profile> itsProfile, LoginKeys loginKeys)
    : profile(std::move(itsProfile)),
      style(wireStyleOf(*profile)),
      answers(*profile),
      webUi(*profile, WebUiBackend::emulated),
      catalogue(std::make_shared<const StateTree::Catalogue>(*profile)),
      login(std::move(loginKeys), profile->authentication),
      challengeText(usualChallenge(profile->authentication, login), style) {}

std::shared_ptr<const DeviceModel> makeDeviceModel(std::shared_ptr<const fixtures::Profile> profile,
                                                   LoginKeys loginKeys) {
  return std::make_shared<const DeviceModel>(std::move(profile), std::move(loginKeys));
}

Device::Impl::Impl(std::shared_ptr<const DeviceModel> model, DeviceOptions options,
                   Environment environment)
    : model_(std::move(model)),
      profile_(*model_->profile),
      answers_(model_->answers),
      style_(model_->style),
      options_(std::move(options)),
      environment_(environment),
      state_(model_->catalogue),
      authentication_(profile_, options_, model_->login, environment),
      started_(environment.clock.now()) {
  takeIdentity();
}

std::vector<SettingChange> Device::Impl::changedSettings() {
  const std::lock_guard lock(mutex_);
  return changesOf(state_, profile_);
}

std::size_t Device::Impl::adopt(const std::vector<SettingChange>& changes) {
  const std::lock_guard lock(mutex_);
  return carryOut(changes, state_);
}

const std::array<Device::Impl::Route, 10> Device::Impl::kRoutes = {{
    {"POST", Place::command, true, &Impl::command},
    {"POST", Place::root, false, &Impl::door},
    {"GET", Place::root, false, &Impl::index},
    {"HEAD", Place::root, false, &Impl::index},
    {"GET", Place::page, false, &Impl::page},
    {"HEAD", Place::page, false, &Impl::page},
    {"POST", Place::page, false, &Impl::door},  // the web UI posts to the page it stands on (H9)
    {"GET", Place::webUi, false, &Impl::webUiFile},
    {"HEAD", Place::webUi, false, &Impl::webUiFile},
    {"POST", Place::upload, true, &Impl::upload},
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
  if (isAway()) return {.afterwards = Afterwards::drop};
  std::uint64_t session = 0;
  if (route->needsSession) {
    visit.session = authentication_.sessions().use(visit.destination.token->text());
    if (visit.session == nullptr) return deadTokenReply(peer);
    session = visit.session->number;  // the session itself may end on the way
  }
  HttpReply reply = (this->*route->run)(visit);
  if (session != 0) reply.session = session;
  return reply;
}

std::optional<HttpReply> Device::Impl::turnAway(const HttpRequest& request, const Peer& peer) {
  const Destination destination = destinationOf(request.target);
  const std::lock_guard lock(mutex_);
  if (isAway()) return HttpReply{.afterwards = Afterwards::drop};
  if (!destination.token || authentication_.sessions().use(destination.token->text()) != nullptr)
    return std::nullopt;
  return deadTokenReply(peer);
}

// The profile's own page, or else the web UI: the same for everybody, with a session or without.
HttpReply Device::Impl::index(const Visit& visit) {
  if (const auto& own = profile_.actions.indexPage; own)
    return {.contentType = "text/html; charset=UTF-8", .body = own->value};
  HttpRequest request = visit.request;
  request.target = "/";
  return model_->webUi.find(request).value_or(answers_.refusal({.kind = "path_unknown"}));
}

// A device with a page of its own has no files of ours.
HttpReply Device::Impl::webUiFile(const Visit& visit) {
  std::optional<HttpReply> file;
  if (!profile_.actions.indexPage) file = model_->webUi.find(visit.request);
  return file ? *std::move(file) : answers_.refusal({.kind = "path_unknown"});
}

// Pages of the web UI are not part of an emulator; who asks for one without a session gets the
// challenge, which is how some clients ask for it (H10).
HttpReply Device::Impl::page(const Visit& visit) {
  const auto& token = visit.destination.token;
  const DeviceSession* session = token ? authentication_.sessions().use(token->text()) : nullptr;
  if (session == nullptr && profile_.actions.protectedPagesChallenge.value)
    return challengeReply(visit.peer);
  HttpReply reply = answers_.refusal({.kind = "path_unknown"});
  if (session != nullptr) reply.session = session->number;
  return reply;
}

HttpReply Device::Impl::command(const Visit& visit) {
  const auto reply = [this](Checked<std::string> members) {
    return members ? answers_.success(*std::move(members)) : answers_.refusal(members.refusal());
  };
  if (const auto get = readSimpleGet(visit.request.body))
    return reply(getFromState(state_, *get, live(), style_));
  auto request = readRequestBody(visit.request.body);
  if (!request) return answers_.refusal(request.refusal());
  switch (request->method) {
    case Method::get:
      return reply(getFromState(state_, request->modules, live(), style_));
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
  ActionContext context{.profile = profile_,
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
  HttpReply reply = answers_.success(std::move(members));
  if (context.sessionEnded) authentication_.sessions().end(session.token);
  if (context.upgradeRequested && options_.onFirmwareUpgrade) {
    options_.onFirmwareUpgrade();
    // Whoever asks before the server has ended gets no answer, and none of this firmware.
    downUntil_ = Clock::Time::max();
    reply.afterwards = Afterwards::close;
  }
  if (context.rebootRequested) {
    restart({});
    reply.afterwards = Afterwards::close;
  }
  return reply;
}

HttpReply Device::Impl::upload(const Visit& visit) {
  const auto& actions = profile_.actions;
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

Device::Device(std::shared_ptr<const DeviceModel> model, DeviceOptions options,
               Environment environment)
    : impl_(std::make_unique<Impl>(std::move(model), std::move(options), environment)) {}

Device::Device(std::shared_ptr<const fixtures::Profile> profile, DeviceOptions options,
               LoginKeys loginKeys, Environment environment)
    : Device(makeDeviceModel(std::move(profile), std::move(loginKeys)), std::move(options),
             environment) {}

Device::~Device() = default;

HttpReply Device::handle(const HttpRequest& request, const Peer& peer) {
  return impl_->handle(request, peer);
}

std::optional<HttpReply> Device::turnAway(const HttpRequest& request, const Peer& peer) {
  return impl_->turnAway(request, peer);
}

Effort Device::effortFor(const HttpRequest& request) {
  // The body comes last: it is the longest, and few requests get that far.
  const bool login = request.method == "POST" && !request.target.starts_with("/stok=") &&
                     request.body.find("\"login\"") != std::string_view::npos;
  return login ? Effort::heavy : Effort::light;
}

const fixtures::Profile& Device::profile() const { return impl_->profile(); }

DeviceControl& Device::control() { return *impl_; }

std::vector<SettingChange> Device::changedSettings() const { return impl_->changedSettings(); }

std::size_t Device::adopt(const std::vector<SettingChange>& changes) {
  return impl_->adopt(changes);
}

}  // namespace stoklab::emulator
