#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

#include "options.h"
#include "stoklab/conformance/conform.h"
#include "stoklab/emulator/fault.h"
#include "stoklab/emulator/scripted_faults.h"
#include "stoklab/fixtures/drift.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/device_code.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

const protocol::DeviceCode* codeNamed(const std::string& name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size())
    return protocol::findDeviceCode(number);
  return protocol::findDeviceCode(name);
}

struct Options {
  std::string name;
  std::string profile = std::string(fixtures::kDefaultProfile);
};

ExitCode explainRequirement(const Options& options, Console& console) {
  const auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  return static_cast<ExitCode>(conformance::explainRequirement(
      options.name, {profile->name, fixtures::printProfile(*profile)}, console.out, console.err));
}

ExitCode explainRule(const fixtures::DriftRule& rule, Console& console) {
  const std::string same(rule.mirror == rule.id ? "itself" : rule.mirror);
  console.out << "drift rule " << rule.id << ": " << rule.meaning << "\n"
              << rule.advice << "\n"
              << "layer: " << toText(rule.layer)
              << (rule.layer == fixtures::DriftLayer::values ? ", compared with --values" : "")
              << "\nlevel: " << toText(rule.level) << ", unless `stoklab diff --used-by` moves it\n"
              << "with the sides swapped: " << same << "\n";
  return ExitCode::asExpected;
}

ExitCode explainFault(const emulator::Fault& fault, Console& console) {
  console.out << "fault " << fault.name << ": " << fault.sentence << "\nbreaks:";
  for (const auto slug : fault.breaks) console.out << " " << slug;
  console.out << "\nPlant it with `stoklab emulate --fault " << fault.name << "`.\n";
  return ExitCode::asExpected;
}

constexpr std::string_view kScripted = "fault:";

// "fault:code" is one kind of scripted fault, "fault:all" all of them, and anything else leads
// there.
ExitCode explainScripted(std::string_view name, Console& console) {
  bool found = false;
  for (const auto& kind : emulator::scriptedFaultKinds()) {
    if (name != "all" && name != kind.name) continue;
    found = true;
    console.out << kind.name << " (" << kind.layer << "): " << kind.sentence << "\n    "
                << kind.example << "\n";
  }
  if (!found)
    return complain(console, ExitCode::usage,
                    "no kind of scripted fault is called \"" + std::string(name) +
                        "\": stoklab explain fault:all lists them");
  console.out << "Let it happen with `stoklab emulate --fault '{\"when\":{\"kind\":\"command\"},"
                 "\"do\":...}'`, or a file of them with --faults.\n";
  return ExitCode::asExpected;
}

ExitCode run(const Options& options, Console& console) {
  const std::string& name = options.name;
  if (name.starts_with(kScripted)) return explainScripted(name.substr(kScripted.size()), console);
  if (conformance::isRequirement(name)) return explainRequirement(options, console);
  if (const auto* code = codeNamed(name)) {
    console.out << protocol::describeDeviceCode(code->number) << "\n";
    return ExitCode::asExpected;
  }
  if (const auto* rule = fixtures::findDriftRule(name)) return explainRule(*rule, console);
  if (const auto* fault = emulator::findFault(name)) return explainFault(*fault, console);
  const auto kinds = fixtures::badRequestKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const auto& entry) { return entry.name == name; });
  if (kind != kinds.end()) {
    console.out << "bad request " << kind->name << ": " << kind->meaning
                << "\nThe answer to it is part of the profile; see `stoklab profile show`.\n";
    return ExitCode::asExpected;
  }
  return complain(
      console, ExitCode::usage,
      "nothing is called \"" + name +
          "\": give a requirement (see `stoklab conform --list`), the number or symbol "
          "of a device code, a rule of drift, a fault (see `stoklab emulate --list-faults`), a "
          "kind of scripted fault (see `stoklab explain fault:all`), or a kind of bad request");
}

}  // namespace

Run declareExplain(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(
      command,
      {.name = "NAME",
       .help = "a requirement, a device code, a rule of drift, a fault, a kind of scripted fault "
               "(fault:code, or fault:all), or a kind of bad request",
       .required = true},
      options->name);
  addOption(command,
            {.name = "--profile",
             .help = "the device whose settings a requirement is about",
             .value = "NAME|FILE"},
            options->profile);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
