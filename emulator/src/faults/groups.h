// The faults by subject, one file each. A new one is a row in one of these; a new subject is a file
// and a line in fault.cpp.
#pragma once

#include <vector>

#include "stoklab/emulator/fault.h"

namespace stoklab::emulator {

std::vector<Fault> actionFaults();
std::vector<Fault> challengeFaults();
std::vector<Fault> clientFaults();
std::vector<Fault> errorFaults();
std::vector<Fault> httpFaults();
std::vector<Fault> lockoutFaults();
std::vector<Fault> loginFaults();
std::vector<Fault> readFaults();
std::vector<Fault> sessionFaults();
std::vector<Fault> settingFaults();
std::vector<Fault> tlsFaults();
std::vector<Fault> valueFaults();
std::vector<Fault> writeFaults();

}  // namespace stoklab::emulator
