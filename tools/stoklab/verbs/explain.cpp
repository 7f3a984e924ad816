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

ExitCode run(const std::string& name, Console& console) {
  if (conformance::isRequirement(name))
    return static_cast<ExitCode>(conformance::explainRequirement(name, console.out, console.err));
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
  auto name = std::make_shared<std::string>();
  addOption(command,
            {.name = "NAME",
             .help = "a requirement, a device code, or a kind of bad request",
             .required = true},
            *name);
  return [name, &console] { return run(*name, console); };
}

}  // namespace stoklab::cli
