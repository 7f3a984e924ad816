#include "control/routes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "control/handlers.h"
#include "control/journal_arguments.h"
#include "control/time_text.h"

namespace stoklab::emulator {
namespace {

using enum ArgumentKind;
using enum RouteScope;

constexpr std::int64_t kTenYearsMs = 315'360'000'000;
constexpr std::int64_t kYearSeconds = 31'536'000;
constexpr std::int64_t kLongestWaitMs = 60'000;

constexpr std::array<std::string_view, 5> kLockKinds = {"none", "timed", "for_good", "factory",
                                                        "clients_full"};
constexpr std::array<std::string_view, 3> kChanges = {"set", "add", "delete"};

constexpr Argument kSince{.name = "since", .kind = integer, .most = kLargestCount};
constexpr Argument kLimit{.name = "limit", .kind = integer, .least = 1, .most = 1000};
constexpr Argument kMethod{.name = "method", .words = kMethods};
constexpr Argument kModule{.name = "module"};
constexpr Argument kSection{.name = "section"};
constexpr Argument kField{.name = "field"};
constexpr Argument kSession{.name = "session", .kind = integer, .least = 1, .most = kLargestCount};
constexpr Argument kStatus{.name = "status", .kind = integer, .least = 100, .most = 599};
constexpr Argument kErrorCode{
    .name = "error_code", .kind = integer, .least = -kMostCode, .most = kMostCode};
constexpr Argument kKind{.name = "kind", .words = kKinds};

constexpr std::array kCamerasQuery = {
    Argument{.name = "first", .kind = integer, .most = kLargestCount}, kLimit};
constexpr std::array kStateQuery = {Argument{.name = "path"}};
constexpr std::array kJournalQuery = {kSince, kLimit,   kMethod, kModule,    kSection,
                                      kField, kSession, kStatus, kErrorCode, kKind};
constexpr std::array kCountQuery = {kSince,   kMethod, kModule,    kSection, kField,
                                    kSession, kStatus, kErrorCode, kKind};
constexpr std::array kWaitQuery = {
    kSince,
    Argument{.name = "count", .kind = integer, .least = 1, .most = 100'000},
    Argument{.name = "timeout_ms", .kind = integer, .most = kLongestWaitMs},
    kMethod,
    kModule,
    kSection,
    kField,
    kSession,
    kStatus,
    kErrorCode,
    kKind};

constexpr std::array kResetBody = {Argument{.name = "snapshot", .longest = 64}};
constexpr std::array kRebootBody = {
    Argument{.name = "away_ms", .kind = integer, .most = kTenYearsMs}};
constexpr std::array kChangeBody = {Argument{.name = "method", .words = kChanges},
                                    Argument{.name = "modules", .kind = object, .required = true}};
constexpr std::array kSessionBody = {
    Argument{.name = "id", .kind = integer, .least = 1, .most = kLargestCount}};
constexpr std::array kLockoutBody = {
    Argument{.name = "kind", .required = true, .words = kLockKinds},
    Argument{.name = "seconds", .kind = integer, .least = 1, .most = kYearSeconds},
    Argument{.name = "client", .longest = 64}};
constexpr std::array kClockBody = {
    Argument{.name = "advance_ms", .kind = integer, .most = kTenYearsMs},
    Argument{.name = "set_ms", .kind = integer, .most = kLatestMs},
    Argument{.name = "set", .longest = 40}, Argument{.name = "freeze", .kind = boolean},
    Argument{.name = "reset", .kind = boolean}};
constexpr std::array kVerifyBody = {Argument{.name = "expect", .kind = array, .required = true},
                                    Argument{.name = "in_order", .kind = boolean}, kSince,
                                    Argument{.name = "nothing_else", .kind = array}};

constexpr RouteBody kMembers = RouteBody::members;

const std::array kRoutes = {
    Route{"GET", "/healthz", process, getHealth},
    Route{"GET", "/readyz", process, getReadiness},
    Route{"GET", "/openapi.json", process, getDocument},
    Route{"GET", "/cameras", process, listCameras, kCamerasQuery, {}, {}, true},
    Route{"GET", "/camera", camera, getCamera},
    Route{"POST", "/reset", cameraOrAll, resetCameras, {}, kMembers, kResetBody, true},
    Route{"GET", "/snapshots", camera, listSnapshots},
    Route{"PUT", "/snapshots/{name}", camera, takeSnapshot, {}, kMembers},
    Route{"DELETE", "/snapshots/{name}", camera, dropSnapshot},
    Route{"GET", "/state", camera, getState, kStateQuery, {}, {}, true},
    Route{"PATCH", "/state", camera, patchState, {}, RouteBody::object},
    Route{"POST", "/events", camera, changeState, {}, kMembers, kChangeBody},
    Route{"GET", "/sessions", camera, listSessions},
    Route{"POST", "/sessions/expire", camera, expireSessions, {}, kMembers, kSessionBody},
    Route{"POST", "/sessions/revoke", camera, revokeSessions, {}, kMembers, kSessionBody},
    Route{"GET", "/clock", camera, getClock},
    Route{"POST", "/clock", cameraOrAll, steerClock, {}, kMembers, kClockBody},
    Route{"GET", "/lockout", camera, getLockout},
    Route{"POST", "/lockout", camera, setLockout, {}, kMembers, kLockoutBody},
    Route{"GET", "/journal", camera, readJournal, kJournalQuery, {}, {}, true},
    Route{"DELETE", "/journal", camera, clearJournal},
    Route{"GET", "/journal/counts", camera, countJournal, kCountQuery, {}, {}, true},
    Route{"GET", "/journal/wait", camera, waitForJournal, kWaitQuery, {}, {}, true},
    Route{"POST", "/verify", camera, verifyJournal, {}, kMembers, kVerifyBody, true},
    Route{"POST", "/reboot", camera, rebootCamera, {}, kMembers, kRebootBody},
    Route{"POST", "/upgrade", camera, upgradeCamera, {}, kMembers},
    Route{"GET", "/faults", camera, listFaults},
    Route{"POST", "/faults", camera, addFaults, {}, RouteBody::object, {}, true},
    Route{"DELETE", "/faults", camera, clearFaults},
    Route{"DELETE", "/faults/{name}", camera, removeFault},
};

constexpr std::string_view kCameraPath = "/camera";

std::vector<std::string_view> segmentsOf(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return segments;
}

// What stands for {name}, still encoded, or an empty view; nullopt if it is another path.
std::optional<std::string_view> match(std::string_view pattern,
                                      std::span<const std::string_view> segments) {
  std::string_view name;
  const auto wanted = segmentsOf(pattern);
  if (wanted.size() != segments.size()) return std::nullopt;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (segments[i].empty()) return std::nullopt;
      name = segments[i];
    } else if (wanted[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return name;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::vector<std::string> pathsOf(const Route& route) {
  const std::string path(route.path);
  if (route.scope == process) return {path};
  return {path, "/cameras/{id}" + (path == kCameraPath ? "" : path)};
}

RouteMatch findRoute(std::string_view method, std::string_view path) {
  RouteMatch found;
  if (!path.starts_with('/')) return found;
  const auto segments = segmentsOf(path);
  std::span<const std::string_view> rest = segments;
  bool itself = false;  // "/cameras/{id}"
  if (segments.size() >= 2 && segments[0] == "cameras" && !segments[1].empty()) {
    const auto id = decodePart(segments[1], false);
    if (!id) return found;
    found.hasId = true;
    found.id = *id;
    rest = rest.subspan(2);
    itself = rest.empty();
  }
  for (const Route& route : kRoutes) {
    const bool isItself = route.path == kCameraPath;
    if (found.hasId && (route.scope == process || (isItself && !itself))) continue;
    std::optional<std::string_view> name;
    if (itself)
      name = isItself ? std::optional(std::string_view()) : std::nullopt;
    else
      name = match(route.path, rest);
    if (!name) continue;
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method != method) continue;
    const auto decoded = decodePart(*name, false);
    if (!decoded) continue;
    found.route = &route;
    found.name = *decoded;
  }
  return found;
}

}  // namespace stoklab::emulator
