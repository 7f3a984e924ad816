// From what a dump has found to a profile: what was measured stands in it as measured, everything
// else as the base has it, and says so.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dump/wire_habits.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

// Facts of the steps; null: the step was not taken. All of it is redacted.
struct Findings {
  bool tls = true;
  std::string username;  // who logged in
  protocol::Json challenge, tlsFacts, refusal, malformedLogin, login, deadToken, pages, connection,
      redirect, session;
  std::map<std::string, protocol::Json> wrong;                  // by kind of bad request
  std::vector<std::pair<std::string, protocol::Json>> modules;  // see toJson() in walk.h
  std::map<std::string, std::vector<std::string>> changing;     // module -> sections
  // module -> section -> what a set of its own values came to; see rewrites.h
  protocol::Json rewrites;
  WireHabits habits;
};

// What the device says it is, in its device_info and system sections; empty where it does not.
fixtures::DeviceIdentity identityIn(
    const std::vector<std::pair<std::string, protocol::Json>>& modules);

// "c350_hw1.0_fw2.3.2"
std::string profileNameFor(const fixtures::DeviceIdentity& identity);

struct Assembled {
  fixtures::Profile profile;
  std::vector<std::string> notes = {};  // what the form of a profile cannot hold
};

// `today` may be empty. Fails with ErrorKind::malformed if what was found makes no profile.
Result<Assembled> assemble(const Findings& findings, const fixtures::Profile& base,
                           const std::string& name, const std::string& today);

}  // namespace stoklab::cli::dump
