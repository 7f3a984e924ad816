#include <charconv>

#include "control/handlers.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

Json asInteger(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Json factsAsJson(const ScriptedFaultFacts& facts) {
  return Json::object({{"id", asInteger(facts.id)},
                       {"name", facts.name},
                       {"fault", facts.fault},
                       {"met", asInteger(facts.met)},
                       {"used", asInteger(facts.used)},
                       {"left", facts.left ? asInteger(*facts.left) : Json()}});
}

}  // namespace

ControlAnswer listFaults(ControlState&, const ControlCall& call) {
  Json faults = Json::array(), unused = Json::array(), planted = Json::array();
  for (const auto& facts : call.camera->faults().facts()) faults.push(factsAsJson(facts));
  for (const auto& facts : call.camera->faults().unused()) unused.push(asInteger(facts.id));
  for (const auto& name : call.camera->plantedFaults()) planted.push(name);
  return {.body = Json::object({{"faults", std::move(faults)},
                                {"unused", std::move(unused)},
                                {"planted", std::move(planted)}})};
}

ControlAnswer addFaults(ControlState&, const ControlCall& call) {
  const auto added = call.camera->faults().add(call.body);
  if (!added) return refuse(422, "bad_fault", added.error().detail);
  Json ids = Json::array();
  for (const auto id : *added) ids.push(asInteger(id));
  return {.status = 201, .body = Json::object({{"ids", std::move(ids)}})};
}

ControlAnswer clearFaults(ControlState&, const ControlCall& call) {
  const auto before = call.camera->faults().facts().size();
  call.camera->faults().clear();
  return {.body = Json::object({{"dropped", asInteger(before)}})};
}

ControlAnswer removeFault(ControlState&, const ControlCall& call) {
  std::uint64_t id = 0;
  const char* const end = call.name.data() + call.name.size();
  const auto read = std::from_chars(call.name.data(), end, id);
  if (read.ec != std::errc{} || read.ptr != end || !call.camera->faults().remove(id))
    return refuse(404, "no_such_fault",
                  "there is no scripted fault " + call.name + "; GET faults lists them");
  return {.body = Json::object({{"dropped", 1}})};
}

}  // namespace stoklab::emulator
