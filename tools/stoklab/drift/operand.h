// One side of a comparison as it is named on the command line: a profile that ships, the file of a
// profile or of a trace, or a device.
#pragma once

#include <string>
#include <variant>

#include "connection.h"
#include "stoklab/fixtures/drift.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct DriftOperand {
  fixtures::Profile profile = {};
  fixtures::DriftKnowledge knowledge = {};
  fixtures::DriftSubject subject = {};
};

bool isUrl(const std::string& text);

// `text` is no URL. Fails with ErrorKind::malformed; the detail says what the operand is not, and
// what it could be.
protocol::Result<DriftOperand> readDriftOperand(const std::string& text);

// `url` is one. Dumps the device that `access` tells how to reach: reads only, with one login, and
// politely unless it is on this machine. An exit code if that fails; it has been reported.
std::variant<DriftOperand, ExitCode> dumpDriftOperand(const std::string& url,
                                                      ConnectionOptions access, Console& console);

}  // namespace stoklab::cli
