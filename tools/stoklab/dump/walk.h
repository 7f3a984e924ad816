// Reads every section and table that a device answers: those of the profile that comes nearest,
// those of every other one, and names that the device itself tells on the way.
//
// The one thing not to get wrong: one unknown name makes a device refuse a whole request, so what
// only other devices are known to have is asked for apart from what this one should have.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dump/wire_habits.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

// In which a device says what it is.
inline constexpr std::string_view kIdentityModule = "device_info";

struct AskedName {
  std::string name = {};
  bool table = false;
};

struct AskedModule {
  std::string name = {};
  std::vector<AskedName> own = {};    // that the base has
  std::vector<AskedName> other = {};  // that only other profiles have, or that the device told of
};

// Modules of `base` first and in its order, then those that only other built-in profiles have.
// Modules without anything to read are left out.
std::vector<AskedModule> modulesToAsk(const fixtures::Profile& base);

// Modules that the answers tell of ("1" in function.module_spec, and all in smart_detection) and
// that are not among `known`, with names that such modules usually have; at most `most` of them.
std::vector<AskedModule> modulesTold(const protocol::Json& sections,
                                     const std::vector<AskedModule>& known, std::size_t most);

// What one name came to.
struct FoundSection {
  std::string name = {};
  int errorCode = 0;  // 0: the device answers it
  bool table = false;
  protocol::Json content = {};  // in wire form: fields, or an object row -> fields
};

// {"switch":{"error_code":0,"fields":{...}}}; in the journal a table has "rows".
protocol::Json toJson(const std::vector<FoundSection>& sections);
std::vector<FoundSection> sectionsFrom(const protocol::Json& json);

// {"method":"get", ...}
std::string getBody(const protocol::Json& modules);

// Sends that and returns the whole answer, strings in wire form. Fails when
// nothing more can be asked.
using AskDevice = std::function<Result<protocol::Json>(const protocol::Json& modules)>;

// One request if all goes well, else one a name; a name that is refused as a section is tried as a
// table, and the other way round.
Result<std::vector<FoundSection>> readModule(const AskedModule& module, const AskDevice& ask,
                                             WireHabits& habits);

}  // namespace stoklab::cli::dump
