// "path=value" on the command line. The value is a string, because the protocol's settings are
// strings; "path:=json" gives any other JSON value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"
#include "stoklab/protocol/setting_path.h"

namespace stoklab::cli {

using protocol::Result;

// Splits at the first '='. "a=b=c" is a -> "b=c", "a:=3" is a -> the integer 3, "a=" is a -> "".
// Fails with ErrorKind::malformed if there is no '=', no name before it, or no JSON after ":=".
Result<std::pair<std::string, protocol::Json>> parseAssignment(std::string_view text);

// Several "key=value" as one object, in order. Fails as above, and if a key is given twice.
Result<protocol::Json> parseArguments(const std::vector<std::string>& texts);

struct Change {
  protocol::SettingPath path;  // with a field
  protocol::Json value;
};

// Several "module.section.field=value". Fails as above, if a path is not that deep, or is given
// twice.
Result<std::vector<Change>> parseChanges(const std::vector<std::string>& texts);

}  // namespace stoklab::cli
