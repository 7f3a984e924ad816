// The program: arguments in, exit code out. Everything else is in the libraries.
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"

int main(int argc, char** argv) {
  stoklab::cli::Console console{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .environment = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        if (value == nullptr) return std::nullopt;
        return value;
      },
  };
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(stoklab::cli::runCommandLine(arguments, console));
}
