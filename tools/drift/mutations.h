// Changes that a firmware may bring: each is made to the profile of a device, and the drift between
// a dump from before and a dump from after must say it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dump/dump.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::drift {

struct ExpectedFinding {
  std::string rule, path;  // the path begins like this
};

struct Mutation {
  std::string name = {};
  std::vector<ExpectedFinding> findings = {};
  std::function<void(fixtures::Profile&)> change = {};
  std::function<void(fixtures::Profile&)> prepare = {};  // both sides
  cli::dump::CostlyMeasures costly = {};
};

const std::vector<Mutation>& mutations();

}  // namespace stoklab::drift
