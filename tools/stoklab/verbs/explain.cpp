#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

#include "options.h"
#include "stoklab/conformance/conform.h"
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

ExitCode run(const Options& options, Console& console) {
  const std::string& name = options.name;
  if (conformance::isRequirement(name)) return explainRequirement(options, console);
  if (const auto* code = codeNamed(name)) {
    console.out << protocol::describeDeviceCode(code->number) << "\n";
    return ExitCode::asExpected;
  }
  const auto kinds = fixtures::badRequestKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const auto& entry) { return entry.name == name; });
  if (kind != kinds.end()) {
    console.out << "bad request " << kind->name << ": " << kind->meaning
                << "\nThe answer to it is part of the profile; see `stoklab profile show`.\n";
    return ExitCode::asExpected;
  }
  return complain(console, ExitCode::usage,
                  "nothing is called \"" + name +
                      "\": give a requirement (see `stoklab conform --list`), the number or symbol "
                      "of a device code, or a kind of bad request");
}

}  // namespace

Run declareExplain(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "NAME",
             .help = "a requirement, a device code, or a kind of bad request",
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
