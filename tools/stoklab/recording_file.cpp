#include "recording_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>

namespace stoklab::cli {

using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kLargest = std::size_t{1} << 30U;

Result<std::string> readAll(std::istream& in, const std::string& name, std::size_t expected) {
  std::string text;
  text.reserve(expected);
  std::array<char, 65536> chunk{};
  while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargest) return malformed(name + " is larger than any recording (1 GiB)");
  }
  if (in.bad()) return malformed("cannot read " + name);
  return text;
}

}  // namespace

Result<std::string> readWholeFile(Console& console, const std::string& file) {
  if (file == "-") return readAll(console.in, "standard input", 0);
  std::error_code problem;
  if (std::filesystem::is_directory(file, problem))
    return malformed("cannot read " + file + ": it is a directory; name a file in it");
  std::ifstream in(file, std::ios::binary);
  if (!in) return malformed("cannot read " + file + ": " + std::strerror(errno));
  const auto size = std::filesystem::is_regular_file(file, problem)
                        ? std::filesystem::file_size(file, problem)
                        : 0;
  if (!problem && size > kLargest) return malformed(file + " is larger than any recording (1 GiB)");
  return readAll(in, file, problem ? 0 : static_cast<std::size_t>(size));
}

}  // namespace stoklab::cli
