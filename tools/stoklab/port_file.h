// How a server says where it listens to whoever started it: a file that appears, whole, once it
// serves.
#pragma once

#include <cstdint>
#include <string>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

// The port and a line break; for a server of plain HTTP a second line, "http". A reader sees the
// whole file or none.
enum class PortScheme { https, http };
protocol::Result<void> writePortFile(const std::string& name, std::uint16_t port,
                                     PortScheme scheme = PortScheme::https);

}  // namespace stoklab::cli
