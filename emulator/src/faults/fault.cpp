#include "stoklab/emulator/fault.h"

#include <algorithm>
#include <iterator>

#include "faults/groups.h"

namespace stoklab::emulator {

namespace {

std::vector<Fault> allFaults() {
  std::vector<Fault> all;
  for (const auto group : {actionFaults, challengeFaults, clientFaults, errorFaults, httpFaults,
                           lockoutFaults, loginFaults, readFaults, sessionFaults, settingFaults,
                           tlsFaults, valueFaults, writeFaults}) {
    auto some = group();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Fault& a, const Fault& b) { return a.name < b.name; });
  return all;
}

}  // namespace

std::span<const Fault> faults() {
  static const std::vector<Fault> all = allFaults();
  return all;
}

const Fault* findFault(std::string_view name) {
  const auto all = faults();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Fault& fault) { return fault.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace stoklab::emulator
