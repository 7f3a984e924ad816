#include "kept_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "descriptor.h"

namespace stoklab::emulator {

using protocol::malformed;
using protocol::Result;
namespace fs = std::filesystem;

namespace {

std::string systemReason() { return std::strerror(errno); }

Result<void> makeDirectory(const fs::path& directory) {
  std::error_code failure;
  if (directory.has_parent_path()) fs::create_directories(directory.parent_path(), failure);
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return malformed("cannot make the directory " + directory.string() + ": " + systemReason());
}

Result<void> writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0) return malformed(systemReason());
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// Under another name first, so that nobody ever reads half of it.
Result<void> store(const fs::path& file, std::string_view text) {
  std::string temporary = file.string() + ".XXXXXX";
  const Descriptor out(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  const auto failure = [&](const std::string& why) {
    ::unlink(temporary.c_str());
    return malformed("cannot store " + file.string() + ": " + why);
  };
  if (out.get() < 0) return failure(systemReason());
  if (auto written = writeAll(out.get(), text); !written) return failure(written.error().detail);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return failure(systemReason());
  return {};
}

}  // namespace

std::optional<std::string> contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) return std::nullopt;
  return content.str();
}

Result<std::string> keptFile(const fs::path& directory, const std::string& name,
                             const std::function<bool(std::string_view)>& isUsable,
                             const std::function<Result<std::string>()>& make) {
  const fs::path file = directory / name;
  const auto usable = [&] {
    auto text = contentOf(file);
    return text && isUsable(*text) ? text : std::nullopt;
  };
  if (auto found = usable()) return *std::move(found);
  if (auto made = makeDirectory(directory); !made) return made.error();
  // Whoever comes second waits here and then finds what the first has made. Where locks do not
  // work (some network file systems), both make one and the last stays.
  const Descriptor lock(
      ::open((directory / (name + ".lock")).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() >= 0) ::flock(lock.get(), LOCK_EX);
  if (auto found = usable()) return *std::move(found);
  auto text = make();
  if (!text) return text;
  if (auto done = store(file, *text); !done) return done.error();
  return text;
}

}  // namespace stoklab::emulator
