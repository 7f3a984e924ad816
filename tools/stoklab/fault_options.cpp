#include "fault_options.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace stoklab::cli {

using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kMostBytes = 4 * 1024 * 1024;

bool isScripted(const std::string& fault) {
  const auto first = fault.find_first_not_of(" \t\r\n");
  return first != std::string::npos && fault[first] == '{';
}

Result<std::string> wholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kMostBytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad() || (text.empty() && !file.eof()))
    return malformed("--faults: cannot read " + path + ": " + std::strerror(errno));
  if (text.size() > kMostBytes)
    return malformed("--faults: " + path + " is longer than " + std::to_string(kMostBytes) +
                     " bytes, which is no script of faults");
  return text;
}

// A script of its own each, so that a mistake is named by its place in the text that a person
// wrote.
Result<Json> parsed(const std::string& text, const std::string& origin) {
  auto script = protocol::parseJson(text, {.duplicateKeys = protocol::DuplicateKeys::reject});
  if (!script) return malformed(origin + ": " + script.error().detail);
  emulator::FaultScript trial;
  if (auto added = trial.add(*script); !added)
    return malformed(origin + ": " + added.error().detail);
  return script;
}

Result<Json> readFile(const std::string& path) {
  const auto text = wholeFile(path);
  if (!text) return text.error();
  auto script = parsed(*text, path);
  if (script && script->find("faults") != nullptr && script->find("schema_version") == nullptr)
    return malformed(path + ": must have \"schema_version\", which is 1");
  return script;
}

void append(const Json& script, Json& whole) {
  Json& faults = *whole.find("faults");
  const Json* const several = script.find("faults");
  if (several == nullptr) {
    faults.push(script);
    return;
  }
  for (const Json& fault : *several->elements()) faults.push(fault);
  if (const Json* seed = script.find("seed")) whole.set("seed", *seed);
}

std::string describe(const emulator::ScriptedFaultFacts& fault) {
  std::string text = fault.name.empty() ? "fault " + std::to_string(fault.id) : fault.name;
  text += ": used " + std::to_string(fault.used);
  if (fault.left) text += " of " + std::to_string(fault.used + *fault.left);
  return text + " times, its \"when\" held " + std::to_string(fault.met) +
         " times: " + printJson(fault.fault);
}

}  // namespace

void addFaultOptions(CLI::App& command, FaultArguments& arguments) {
  addOption(command,
            {.name = "--fault",
             .help = "plant a defect, to see who notices, by a name of --list-faults; or let one "
                     "happen by script: '{\"when\":{\"method\":\"set\"},\"do\":{\"code\":-40109}}' "
                     "(stoklab explain fault:code tells of a kind, explain fault:all of all); "
                     "repeatable",
             .value = "NAME|JSON"},
            arguments.faults);
  addOption(command,
            {.name = "--faults",
             .help = "a file of faults by script: when they happen, how often, and what they do",
             .value = "FILE"},
            arguments.file);
  addFlag(
      command,
      {.name = "--strict-faults",
       .help = "end with exit code 1 if a scripted fault has not happened as often as it should"},
      arguments.strict);
}

Result<std::vector<const emulator::Fault*>> plantedFaults(const FaultArguments& arguments) {
  std::vector<const emulator::Fault*> planted;
  for (const std::string& name : arguments.faults) {
    if (isScripted(name)) continue;
    const auto* fault = emulator::findFault(name);
    if (fault == nullptr)
      return malformed("there is no fault " + name +
                       ": see stoklab emulate --list-faults; a scripted one begins with {");
    planted.push_back(fault);
  }
  return planted;
}

Result<Json> readFaultScript(const FaultArguments& arguments) {
  Json whole = Json::object({{"schema_version", 1}, {"faults", Json::array()}});
  if (!arguments.file.empty()) {
    const auto script = readFile(arguments.file);
    if (!script) return script.error();
    append(*script, whole);
  }
  for (const std::string& fault : arguments.faults) {
    if (!isScripted(fault)) continue;
    const auto script = parsed(fault, "--fault");
    if (!script) return script.error();
    append(*script, whole);
  }
  return whole.find("faults")->size() == 0 ? Json() : whole;
}

ExitCode reportUnusedFaults(const FaultArguments& arguments, std::string_view camera,
                            const std::vector<emulator::ScriptedFaultFacts>& unused,
                            Console& console) {
  if (!arguments.strict || unused.empty()) return ExitCode::asExpected;
  std::string message = "--strict-faults: not all scripted faults have happened";
  if (!camera.empty()) message += " to camera " + std::string(camera);
  for (const auto& fault : unused) message += "\n  " + describe(fault);
  return complain(console, ExitCode::findings, message);
}

}  // namespace stoklab::cli
