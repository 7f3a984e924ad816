// `stoklab emulate --control-port`: its options, and what they make.
#pragma once

#include <optional>
#include <string>

#include "options.h"
#include "output.h"
#include "stoklab/emulator/control_server.h"
#include "stoklab/emulator/journal.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// Negative numbers and empty texts stand for "not given".
struct ControlArguments {
  int port = -1;
  std::string address = "127.0.0.1";
  std::string tokenFile = {};
  bool revealSecrets = false;
  int journalEntries = -1;
};

void addControlOptions(CLI::App& command, ControlArguments& arguments);

struct ControlSetup {
  emulator::ControlOptions server;
  emulator::JournalLimits journal;
};

// nullopt: nobody has asked for a control port. `journal`: what a camera's journal keeps unless
// --journal-entries says otherwise; its bytes grow with the entries. The token comes from the file
// ("-" is standard input), else from STOKLAB_CONTROL_TOKEN. Fails with ErrorKind::malformed for a
// token that is empty, too short or could not stand in a header, or a file that cannot be read;
// with ErrorKind::safety for an address that would let others steer the camera or see its secrets.
// The detail names the option, and never shows a token.
protocol::Result<std::optional<ControlSetup>> controlSetup(const ControlArguments& arguments,
                                                           const emulator::JournalLimits& journal,
                                                           Console& console);

}  // namespace stoklab::cli
