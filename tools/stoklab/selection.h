// Settings by path, several in one request: from paths to a request, and from the answer to what
// was asked for.
#pragma once

#include <string>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"
#include "stoklab/protocol/setting_path.h"

namespace stoklab::cli {

using protocol::Result;

// The paths of the command line, none of them twice. Fails with ErrorKind::malformed.
Result<std::vector<protocol::SettingPath>> parsePaths(const std::vector<std::string>& texts);

// One get for all of `paths`, in the order of their first mention. The catalogue tells tables from
// sections, which are asked for in another way (facts.md D3), and which sections a module has, when
// a path is a module. A section that it does not know is asked for as a section. Fails with
// ErrorKind::malformed for an action, and for a whole module that it does not know.
Result<protocol::Request> requestFor(const std::vector<protocol::SettingPath>& paths,
                                     const fixtures::Profile& catalogue);

// What the answer holds of `paths`, as module -> section -> field, tables by row name.
struct Selected {
  protocol::Json values = protocol::Json::object();
  std::vector<std::string> missing = {};  // paths that the answer does not hold
};
Selected select(const protocol::Json& answer, const std::vector<protocol::SettingPath>& paths);

// The paths in a sentence: "image.switch, OSD.date".
std::string listOf(const std::vector<protocol::SettingPath>& paths);

}  // namespace stoklab::cli
