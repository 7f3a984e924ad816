#include "port_file.h"

#include <stdio.h>
#include <unistd.h>

#include <fstream>

namespace stoklab::cli {

protocol::Result<void> writePortFile(const std::string& name, std::uint16_t port,
                                     PortScheme scheme) {
  const std::string temporary = name + ".tmp" + std::to_string(::getpid());
  std::ofstream file(temporary);
  file << port << "\n";
  if (scheme == PortScheme::http) file << "http\n";
  file.close();
  if (!file || ::rename(temporary.c_str(), name.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return protocol::malformed("cannot write the port file " + name);
  }
  return {};
}

}  // namespace stoklab::cli
