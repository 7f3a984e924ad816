// What the files profile_*.cpp define, for the table in profile.cpp.
#pragma once

#include "verb.h"

namespace stoklab::cli {

Run declareProfileFmt(CLI::App& command, Console& console);
Run declareProfileLint(CLI::App& command, Console& console);
Run declareProfileList(CLI::App& command, Console& console);
Run declareProfileShow(CLI::App& command, Console& console);
Run declareProfileTable(CLI::App& command, Console& console);

}  // namespace stoklab::cli
