// Texts of devices in reports: what each format must not take for its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stoklab::cli {

// Control characters become spaces.
std::string printable(std::string_view text);

// For text and attributes of XML; line breaks survive in both.
std::string xmlEscaped(std::string_view text);

// For text and attributes of HTML.
std::string htmlEscaped(std::string_view text);

// "1 call", "2 calls"
std::string counted(std::size_t count, std::string_view one);

}  // namespace stoklab::cli
