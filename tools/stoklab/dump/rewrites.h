// Which fields can be written, found by writing what is there already: a set of the value that the
// device has just told. Nothing else is ever written, and nothing where even that could cut a
// device off or lose a secret that it does not tell.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dump/walk.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli::dump {

// Whether sections of that module are left alone: addresses, users, reboots.
bool isLeftAlone(std::string_view module);

struct RewriteOperations {
  AskDevice ask;
  // Sends a set and returns the answer, strings in wire form; the body is printed by the caller.
  std::function<Result<protocol::Json>(const std::string& body)> set;
  std::function<bool(std::string_view module, std::string_view section, std::string_view field)>
      isSecret;
};

// section -> field -> error code (0: written) of the sections of a module that `found` has. A
// section that the base says is read-only is tried as a whole only; one that refuses that is left
// out, and its code stands under "error_code" of `generic`.
Result<protocol::Json> rewriteModule(const std::string& module,
                                     const std::vector<FoundSection>& found,
                                     const fixtures::Profile& base, bool percentEncoded,
                                     const RewriteOperations& device, protocol::Json& generic);

}  // namespace stoklab::cli::dump
