// The password of an emulated account, and where it came from.
#pragma once

#include <string>

#include "emulate/arguments.h"
#include "output.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct AccountPassword {
  enum class Origin { given, generated, none };
  std::string text = {};
  Origin origin = Origin::given;
};

// The given one; without any, one is made up, or none is asked for if a trace is replayed. Fails as
// readPassword() does.
protocol::Result<AccountPassword> passwordFor(const EmulateArguments& arguments, Console& console);

}  // namespace stoklab::cli
