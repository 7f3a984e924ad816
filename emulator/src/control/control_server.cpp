#include "stoklab/emulator/control_server.h"

#include <Poco/Net/IPAddress.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "control/call.h"
#include "control/doorkeeper.h"
#include "control/routes.h"
#include "stoklab/emulator/https_server.h"

namespace stoklab::emulator {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;
using protocol::Result;

namespace {

// As many as may wait at once, and a few for what is quick.
constexpr std::size_t kWorkers = 36;
constexpr std::size_t kMostConnections = 1024;

constexpr std::string_view kJson = "application/json";

bool isJson(std::string_view contentType) {
  std::string type(contentType.substr(0, contentType.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type == kJson;
}

HttpReply send(ControlAnswer answer) {
  HttpReply reply{.status = answer.status,
                  .contentType = std::string(kJson),
                  .headers = std::move(answer.headers)};
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!answer.text.empty()) {
    reply.body = answer.text;
    return reply;
  }
  Json body = Json::object({{"schema_version", 1}});
  for (auto& [key, value] : *answer.body.members()) body.set(key, std::move(value));
  reply.body = printJson(body);
  return reply;
}

std::string_view pathOf(const HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

std::string_view queryOf(const HttpRequest& request) {
  const std::size_t mark = request.target.find('?');
  return mark == std::string_view::npos ? std::string_view() : request.target.substr(mark + 1);
}

// What a call says, checked; or why it is refused.
std::optional<ControlAnswer> readArguments(const HttpRequest& request, const Route& route,
                                           ControlCall& call) {
  auto query = readQuery(queryOf(request), route.query);
  if (!query) return refuse(400, "bad_query", query.error().detail);
  call.query = *std::move(query);
  if (request.body.empty()) {
    if (route.takes == RouteBody::object)
      return refuse(400, "bad_body", "the body is missing; it must be an object in JSON");
  } else if (route.takes == RouteBody::none) {
    return refuse(400, "bad_body", std::string(route.method) + " takes no body here");
  } else if (!isJson(request.header("Content-Type"))) {
    return refuse(415, "bad_content_type",
                  "a body must come with the header Content-Type: application/json");
  } else {
    auto body =
        protocol::parseJson(request.body, {.duplicateKeys = protocol::DuplicateKeys::reject});
    if (!body) return refuse(400, "bad_body", body.error().detail);
    call.body = *std::move(body);
  }
  const auto good = route.takes == RouteBody::object && call.body.isObject()
                        ? Result<void>()
                        : checkMembers(call.body, route.body);
  if (!good) return refuse(400, "bad_body", good.error().detail);
  return std::nullopt;
}

class ControlEndpoint final : public Endpoint {
 public:
  ControlEndpoint(CameraDirectory& cameras, const ControlOptions& options)
      : state_(cameras, options), doorkeeper_(cameras, options.token) {}

  HttpReply handle(const HttpRequest& request, const Peer&) override {
    DoorDecision decision = doorkeeper_.check(request);
    HttpReply reply;
    if (decision.answer)
      reply = send(*std::move(decision.answer));
    else
      reply = send(carryOut(request));
    if (request.method == "OPTIONS" && reply.status == 204) {
      reply.contentType.clear();
      reply.body.clear();
    }
    for (auto& header : decision.headers) reply.headers.push_back(std::move(header));
    return reply;
  }

  Effort effortOf(const HttpRequest& request) const override {
    const RouteMatch found = findRoute(request.method, pathOf(request));
    return found.route != nullptr && found.route->slow ? Effort::lengthy : Effort::light;
  }

  void interruptWaits() {
    const std::lock_guard lock(state_.mutex);
    state_.stopping = true;
    for (Journal* journal : state_.waits) journal->interrupt();
  }

 private:
  ControlAnswer carryOut(const HttpRequest& request) {
    const RouteMatch found = findRoute(request.method, pathOf(request));
    if (found.route == nullptr) return noRoute(request, found);
    ControlCall call{.id = found.id, .name = found.name};
    if (found.route->scope != RouteScope::process) {
      if (auto refusal = chooseCamera(found, call)) return *std::move(refusal);
    }
    if (auto refusal = readArguments(request, *found.route, call)) return *std::move(refusal);
    return found.route->run(state_, call);
  }

  static ControlAnswer noRoute(const HttpRequest& request, const RouteMatch& found) {
    if (found.allowed.empty())
      return refuse(404, "no_such_path", "there is no such path; GET /openapi.json lists all");
    if (found.allowed.find(request.method) != std::string::npos)
      return refuse(400, "bad_path", "the path holds a wrong percent sequence");
    ControlAnswer answer =
        refuse(405, "no_such_method", "this path takes " + found.allowed + " and nothing else");
    answer.headers.emplace_back("Allow", found.allowed);
    return answer;
  }

  std::optional<ControlAnswer> chooseCamera(const RouteMatch& found, ControlCall& call) {
    if (!found.hasId) {
      const auto first = state_.cameras.list(0, 2);
      if (first.size() == 1) {
        call.id = first.front().id;
      } else if (found.route->scope == RouteScope::cameraOrAll) {
        return std::nullopt;
      } else {
        return refuse(409, "which_camera",
                      "there are " + std::to_string(state_.cameras.size()) +
                          " cameras: begin the path with /cameras/{id}; GET /cameras lists them");
      }
    }
    call.camera = state_.cameras.find(call.id);
    if (call.camera != nullptr) return std::nullopt;
    return refuse(404, "no_such_camera", "there is no camera of that id; GET /cameras lists them");
  }

  ControlState state_;
  const Doorkeeper doorkeeper_;
};

Result<void> checkOptions(const ControlOptions& options) {
  Poco::Net::IPAddress address;
  const bool loopback =
      Poco::Net::IPAddress::tryParse(options.address, address) && address.isLoopback();
  if (loopback) return {};
  if (options.revealSecrets)
    return Error{.kind = ErrorKind::safety,
                 .detail = "secrets are revealed on a loopback address only, and " +
                           options.address + " is none"};
  if (options.token.empty())
    return Error{.kind = ErrorKind::safety,
                 .detail = "the control port on " + options.address +
                           ", which is no loopback address, needs a token: anybody who reaches it "
                           "could steer the camera"};
  return {};
}

}  // namespace

class ControlServer::Impl {
 public:
  Impl(CameraDirectory& cameras, const ControlOptions& options)
      : address_(options.address), endpoint_(cameras, options) {}

  Result<void> start(std::uint16_t port) {
    ServerOptions server{.address = address_, .port = port, .workers = kWorkers};
    server.tls.enabled = false;
    server.limits.maxConnections = kMostConnections;
    auto started = HttpsServer::start(endpoint_, server);
    if (!started) return std::move(started).error();
    server_ = *std::move(started);
    return {};
  }

  std::uint16_t port() const { return server_->port(); }
  const std::string& address() const { return address_; }

  void stop(std::chrono::milliseconds patience) {
    endpoint_.interruptWaits();
    server_->stop(patience);
  }

 private:
  const std::string address_;
  ControlEndpoint endpoint_;
  std::unique_ptr<HttpsServer> server_;
};

Result<std::unique_ptr<ControlServer>> ControlServer::start(CameraDirectory& cameras,
                                                            const ControlOptions& options) {
  if (auto safe = checkOptions(options); !safe) return safe.error();
  auto impl = std::make_unique<Impl>(cameras, options);
  if (auto started = impl->start(options.port); !started) return started.error();
  std::unique_ptr<ControlServer> server(new ControlServer(std::move(impl)));
  cameras.controlledFrom(server->url());
  return server;
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ControlServer::~ControlServer() { stop(std::chrono::milliseconds(0)); }

std::uint16_t ControlServer::port() const { return impl_->port(); }

std::string ControlServer::url() const {
  const std::string& address = impl_->address();
  const bool literal6 = address.find(':') != std::string::npos;
  return "http://" + (literal6 ? "[" + address + "]" : address) + ":" +
         std::to_string(impl_->port());
}

void ControlServer::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

}  // namespace stoklab::emulator
