// What the files trace_*.cpp define, for the table in trace.cpp.
#pragma once

#include "verb.h"

namespace stoklab::cli {

Run declareTraceExport(CLI::App& command, Console& console);
Run declareTraceFmt(CLI::App& command, Console& console);
Run declareTraceImport(CLI::App& command, Console& console);
Run declareTraceLint(CLI::App& command, Console& console);
Run declareTraceShow(CLI::App& command, Console& console);
Run declareTraceStats(CLI::App& command, Console& console);
Run declareTraceVerify(CLI::App& command, Console& console);

}  // namespace stoklab::cli
