// What the files beside this one define, for the table in verbs.cpp.
#pragma once

#include "verb.h"

namespace stoklab::cli {

Run declareAdd(CLI::App& command, Console& console);
Run declareCapture(CLI::App& command, Console& console);
Run declareChallenge(CLI::App& command, Console& console);
Run declareCheck(CLI::App& command, Console& console);
Run declareConform(CLI::App& command, Console& console);
Run declareDelete(CLI::App& command, Console& console);
Run declareDiff(CLI::App& command, Console& console);
Run declareDo(CLI::App& command, Console& console);
Run declareDump(CLI::App& command, Console& console);
Run declareEmulate(CLI::App& command, Console& console);
Run declareExplain(CLI::App& command, Console& console);
Run declareGet(CLI::App& command, Console& console);
Run declareLogin(CLI::App& command, Console& console);
Run declareModules(CLI::App& command, Console& console);
Run declareProfile(CLI::App& command, Console& console);
Run declareRaw(CLI::App& command, Console& console);
Run declareReady(CLI::App& command, Console& console);
Run declareSet(CLI::App& command, Console& console);
Run declareTrace(CLI::App& command, Console& console);
Run declareVersion(CLI::App& command, Console& console);

}  // namespace stoklab::cli
