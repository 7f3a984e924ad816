#include "process_facts.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace stoklab::bench {

std::optional<ProcessFacts> factsOf(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream stat(folder + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return std::nullopt;
  // The name, which may hold anything, ends at the last parenthesis.
  std::istringstream rest(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  rest >> user >> system;
  ProcessFacts facts;
  facts.cpuSeconds =
      static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::ifstream status(folder + "/status");
  while (std::getline(status, line))
    if (line.starts_with("VmRSS:")) std::istringstream(line.substr(6)) >> facts.residentKb;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder + "/fd", failed), end;
       !failed && entry != end; entry.increment(failed))
    ++facts.descriptors;
  return facts;
}

}  // namespace stoklab::bench
