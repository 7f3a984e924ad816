// What the control interface answers to: one row for each call.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/arguments.h"
#include "control/call.h"

namespace stoklab::emulator {

enum class RouteScope {
  process,      // "/healthz"
  camera,       // "/state" and "/cameras/{id}/state"; the first only if there is one camera
  cameraOrAll,  // likewise, and the first means all of several
};

enum class RouteBody { none, members, object };

struct Route {
  std::string_view method;
  std::string_view path;  // "/snapshots/{name}"; "/camera" is "/cameras/{id}" for one of several
  RouteScope scope;
  ControlAnswer (*run)(ControlState&, const ControlCall&);
  std::span<const Argument> query = {};
  RouteBody takes = RouteBody::none;  // members: those of `body`; object: any
  std::span<const Argument> body = {};
  bool slow = false;  // waits, or makes much JSON: not on the loop's thread
};

std::span<const Route> routes();

// openapi.json, which describes them; it has the same rows.
std::string_view controlDocument();

// As the document writes them: "/state" and "/cameras/{id}/state".
std::vector<std::string> pathsOf(const Route& route);

// Which route a path leads to. `path` has no query.
struct RouteMatch {
  const Route* route = nullptr;  // null: none of that method
  std::string allowed = {};      // the methods that there are for the path: "GET, POST"
  bool hasId = false;
  std::string id = {}, name = {};  // what stands for {id} and {name}
};
RouteMatch findRoute(std::string_view method, std::string_view path);

}  // namespace stoklab::emulator
