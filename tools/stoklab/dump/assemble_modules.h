// The module tree of a dump.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli::dump {

struct ModuleFindings {
  const std::vector<std::pair<std::string, protocol::Json>>& found;
  const std::map<std::string, std::vector<std::string>>& changing;
  const protocol::Json& rewrites;
  bool percentEncoded = true;
  bool metaKeys = false;
};

// In the form of a profile file. `baseModules` is what stands under "modules" in the file of
// `base`. Says in `notes` what of the findings the form cannot hold.
protocol::Json assembleModules(const ModuleFindings& findings, const fixtures::Profile& base,
                               const protocol::Json& baseModules, std::vector<std::string>& notes);

// What stands for a secret in the base stands for it in the profile of a dump as well, where
// `mayStand` says so: what the device itself holds there is told to nobody.
void standInForSecrets(fixtures::Profile& profile, const fixtures::Profile& base,
                       const std::function<bool(std::string_view)>& mayStand);

}  // namespace stoklab::cli::dump
